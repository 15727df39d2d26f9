// Commits and their files, answered by libgit2 inside this process.
// It does not know when its answer may be believed: History asks it only where docs/design/git.md says that libgit2 and
// git agree. Every function returns nullopt when libgit2 cannot answer, and then git is asked; never an error.
#pragma once

#include "adapters/git/location.h"
#include "model/change_set.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

class LibraryHistory {
public:
  // null when libgit2 finds no repository at `path` or cannot read it.
  static std::unique_ptr<LibraryHistory> open(const std::string& path);
  ~LibraryHistory();

  // Where the repository lies; the environment and the kind of clone are not filled in.
  Location location() const;

  std::optional<std::string> commit_id(const std::string& revision) const;
  // Sorted; empty when there is no common ancestor.
  bool has_reference(const std::string& full_name) const;
  std::optional<std::vector<std::string>> merge_bases(const std::string& one, const std::string& other) const;
  // Commits reachable from `from` and not from `except` (may be empty), newest first.
  std::optional<std::vector<Commit>> commits(const std::string& from, const std::string& except) const;
  std::optional<Commit> commit(const std::string& id) const;
  std::optional<std::string> tree_of(const std::string& commit) const;
  // The inner nullopt says for certain that the commit has no such file.
  std::optional<std::optional<std::string>> read(const std::string& commit, std::string_view path) const;

private:
  struct Impl;
  explicit LibraryHistory(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

} // namespace sluice::git
