// Where a repository lies on disk and which of git's formats it uses.
// It does not open objects. Found by libgit2 when that can read the repository and by git itself when it cannot
// (SHA-256, newer extensions), so that both kinds of repository look the same from here on.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sluice::git {

struct Location {
  std::string git_dir;      // of this worktree, absolute, no trailing '/'
  std::string common_dir;   // shared by all linked worktrees; equals git_dir in the main one
  std::string root;         // of the working tree, absolute, no trailing '/'; empty in a bare repository
  std::string index_file;   // absolute; the index of a running hook when that belongs to this repository
  std::size_t id_size = 20; // bytes of an object id: 20, or 32 in a SHA-256 repository
  bool shallow = false;     // parents of some commits were never fetched
  bool partial = false;     // objects may be missing until git fetches them on demand

  // What every git command is started with: variables that must not be inherited because they speak of some other
  // repository or change what git reports, and those that are set.
  std::vector<std::string> unset;
  std::vector<std::string> environment;
};

// Reads the variables of a surrounding git hook. `path` decides which repository is meant, never GIT_DIR: a hook of one
// repository may well ask about another. Only when the hook's GIT_DIR is the repository that was found are its index
// and its quarantined objects honoured: they are what git is about to commit or to receive.
void take_environment(Location& location);

// Variables of the environment that change what a git command is about; those that are set right now.
std::vector<std::string> foreign_variables();

// Asks git. nullopt when git finds no repository it can read; `complaint` then holds git's words.
std::optional<Location> locate_with_git(const std::string& path, std::string& complaint);

// Where a file ".git" in this folder leads to, as it is written; empty if there is none.
std::string git_folder_named_in(const std::filesystem::path& checkout);

// Of a folder of git and the working tree that belongs to it, as they are named; nothing is looked for.
Location location_of(const std::string& git_dir, const std::string& root, std::size_t id_size);

// The folders of git from which the one at `common_dir` borrows objects, and those from which these do; of one that is
// only objects these. Absolute.
std::vector<std::string> folders_of_alternates(const std::string& common_dir);

// Throws Error{usage} for files of a tree that are made like a repository: one with a working tree that is not found
// through an entry ".git", which git lets nobody commit, or a bare one that lies in another's working tree.
void refuse_embedded(const Location& location);

// Reads the files that say what kind of clone this is (shallow, partial).
void inspect(Location& location);

} // namespace sluice::git
