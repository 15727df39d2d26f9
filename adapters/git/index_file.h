// git's index file, read in place: a pure function from its bytes to entries, so that it can be fuzzed.
// Read natively because it is the one thing asked at every start whose size is the repository's: six times cheaper than
// `git ls-files`, twelve times cheaper than libgit2 (docs/design/git.md). It does not know split and sparse indexes nor
// extensions that a reader must understand: then it says so, and git is asked.
// Format: gitformat-index(5), versions 2 to 4, SHA-1 and SHA-256.
#pragma once

#include "adapters/git/git_output.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice::git {

// Which entries the caller is going to look at; the others are read over.
enum class Wanted { every_entry, special_entries };

// Those that git was told not to compare with the disk.
inline bool is_hidden(const IndexEntry& entry)
{
  return entry.assume_unchanged || entry.skip_worktree;
}

// Those that git's own comparison with the disk leaves out, and that have to be looked at besides.
inline bool is_special(const IndexEntry& entry)
{
  return is_hidden(entry) || entry.mode == k_mode_submodule;
}

// Entries in the order of the file (by path, then stage). nullopt: git has to be asked. `id_size` is 20 or 32.
std::optional<std::vector<IndexEntry>> parse_index(std::string_view bytes, std::size_t id_size,
                                                   Wanted wanted = Wanted::every_entry);

} // namespace sluice::git
