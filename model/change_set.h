// What a change consists of, as git tells it: the commits between base and head with their raw authorship, and the
// paths that differ. It does not know which tests exist, what a path is used for, or whether a commit counts as
// AI-authored (policy/ decides that from the raw fields kept here).
#pragma once

#include "model/digest.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

enum class ChangeKind {
  added,
  modified,
  deleted,
  renamed,    // content may differ too; `old_path` is set and counts as changed
  mode,       // executable bit only
  type,       // file became symbolic link, or the like
  submodule,  // the recorded commit of a submodule moved, or its checkout differs from it
  conversion, // the same content in git, which .gitattributes has git write to disk in another way
};

// Paths are raw bytes relative to the repository's root, '/'-separated, exactly as git stores them.
struct ChangedPath {
  ChangeKind kind = ChangeKind::modified;
  std::string path;
  std::string old_path = {}; // only for renamed
  // Where a merge would carry this: the names that its base has given these names since the change left it.
  std::vector<std::string> base_paths = {};
  // The base has moved or removed it since, and where to is not known: it may be any path there.
  bool lost_at_base = false;
  friend bool operator==(const ChangedPath&, const ChangedPath&) = default;
};

struct Identity {
  std::string name;
  std::string email;
  friend bool operator==(const Identity&, const Identity&) = default;
};

// The raw commit object: no mailmap, no trailer parsing, message bytes as stored.
struct Commit {
  std::string id; // hexadecimal object id
  std::vector<std::string> parents;
  Identity author;
  Identity committer;
  std::int64_t author_time = 0; // seconds since the epoch
  std::string message;
  std::string encoding; // of the message, as the commit says; empty: UTF-8
  friend bool operator==(const Commit&, const Commit&) = default;
};

// Why the change set cannot be trusted to be complete, and what would mend it.
// Each one widens the plan to every test: fewer facts may never mean fewer tests.
struct Incompleteness {
  std::string what; // "the history is shallow: no merge base of main and HEAD is here"
  std::string mend; // "git fetch --deepen=200 origin main"
  friend bool operator==(const Incompleteness&, const Incompleteness&) = default;
};

struct ChangeSet {
  // Hexadecimal commit ids. `base` is what the caller named; paths are compared from `merge_base`.
  // All three are empty in a repository without commits; merge_base is empty too when it cannot be found.
  std::string base;
  std::string head;
  std::string merge_base;
  // After criss-cross merges a change has left its base in more places than `merge_base`. What differs from any of them
  // is among `paths`, and what any of them had must still be there: whoever merges chooses which one git names first.
  std::vector<std::string> other_merge_bases;

  // Tree that the paths are compared with, and the tree of head (hexadecimal; empty if there is none).
  std::string base_tree;
  std::string head_tree;

  bool includes_working_tree = false; // staged, unstaged and untracked changes are among `paths`
  std::vector<Commit> commits;        // merge_base..head, newest first
  std::vector<ChangedPath> paths;     // sorted by path, each path once
  std::vector<Incompleteness> incomplete;

  friend bool operator==(const ChangeSet&, const ChangeSet&) = default;
};

} // namespace sluice
