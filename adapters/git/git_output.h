// Parsers of git's NUL-separated output: pure functions from bytes to values, so that they can be fuzzed.
// They do not run git. Output that does not have the documented form throws Error{world}: a record that is passed over
// in silence would be a change that nobody tests. Formats: git-diff-tree(1) "raw output", git-status(1) "porcelain v2",
// git-ls-files(1) and git-config(1), each with -z.
#pragma once

#include "model/digest.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

constexpr std::uint32_t k_mode_file = 0100644;
constexpr std::uint32_t k_mode_link = 0120000;
constexpr std::uint32_t k_mode_submodule = 0160000;
constexpr std::uint32_t k_mode_executable = 0100755;

constexpr std::uint32_t type_of_mode(std::uint32_t mode)
{
  return mode & 0170000u;
}

// One difference between two trees. Mode 0: there is no such file on that side.
struct TreeDifference {
  char status = 'M'; // A, C, D, M, R, T, U or X
  std::uint32_t old_mode = 0;
  std::uint32_t new_mode = 0;
  Digest old_id;
  Digest new_id;
  std::string path;
  std::string old_path; // only for R and C
};
std::vector<TreeDifference> parse_raw_diff(std::string_view text);

// One path that differs between HEAD, the index and the working tree.
struct StatusEntry {
  enum class Kind : char { ordinary = '1', renamed = '2', unmerged = 'u', untracked = '?' };
  Kind kind = Kind::ordinary;
  char staged = '.';   // HEAD against the index
  char unstaged = '.'; // index against the working tree
  bool submodule = false;
  bool submodule_moved = false; // its checkout is at another commit than the index says
  bool submodule_dirty = false; // its checkout has modified or untracked files
  std::uint32_t head_mode = 0;  // unmerged: of stage 2 ("ours")
  std::uint32_t index_mode = 0; // unmerged: 0
  std::uint32_t disk_mode = 0;
  Digest head_id;
  Digest index_id;
  Digest disk_id;       // of a submodule: the commit that is checked out there; absent: not known
  std::string path;     // an untracked repository inside this one ends in '/'
  std::string old_path; // only for renamed
};
struct Status {
  std::string head; // hexadecimal commit id that the index was compared with; empty before the first commit
  std::vector<StatusEntry> entries;
};
// Output of `git status --porcelain=v2 -z --branch`.
Status parse_status(std::string_view text);

// One entry of the index.
struct IndexEntry {
  std::string path;
  Digest id;
  std::uint32_t mode = 0;
  std::uint8_t stage = 0;
  bool assume_unchanged = false; // git does not look at the file at all
  bool skip_worktree = false;    // the same; usual outside a sparse checkout's patterns
  std::uint32_t changed_at = 0;  // when the file's inode had last changed, in seconds since the epoch; 0: not known
  // git compares that in whole seconds: what happened to the file in the rest of that second it may not see.
  bool too_new = false;
};
// Output of `git ls-files -s -v -z`.
std::vector<IndexEntry> parse_index_listing(std::string_view text);

struct Setting {
  std::string name; // section and key in lower case, subsection as written
  std::string value;
};
// Whether git takes the value for no, in any case of its letters; an empty one is no, too.
bool is_no(std::string_view value);
// Output of `git config -z --list`.
std::vector<Setting> parse_settings(std::string_view text);

// The parts of `text`, each of which ends in a NUL; views into it.
std::vector<std::string_view> split_records(std::string_view text);

} // namespace sluice::git
