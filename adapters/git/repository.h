// git as a source of values: what changed, which files there are with which content, a file as of some commit.
// It does not know tests, builds or policies. libgit2 answers where it is right; git's own plumbing answers where
// Debian's libgit2 is wrong or fails (docs/design/git.md lists the cases; each is detected, none is guessed).
// Nothing here writes to the repository but write_note(). Not thread-safe.
#pragma once

#include "model/change_set.h"
#include "model/digest.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

// What to compare. With neither base nor head: the working tree against HEAD, as a developer means it.
struct Range {
  std::string base; // revision; empty with a given head: head's first parent
  std::string head; // revision; empty: the working tree
};

// "BASE..HEAD" and "BASE...HEAD", where a missing end is HEAD; nullopt for words that are no range.
std::optional<Range> parse_range(std::string_view words);

// A file of the tree as it lies on disk.
struct TreeFile {
  std::string path; // repository-relative, raw bytes
  Digest digest;    // git's blob id when the file is tracked and git's index vouches that it is unchanged; else
                    // absent: the caller must look at the file
  bool tracked = true;
  bool executable = false;
  bool link = false;       // symbolic
  bool repository = false; // a folder with one of its own: a submodule, or one that git does not know
};

// What changed and which files there are, from one look at the working tree.
struct Snapshot {
  ChangeSet changes;
  std::vector<TreeFile> files;
  std::vector<ChangedPath> uncommitted; // staged, unstaged and untracked, against HEAD
};

// Files of another commit that take the place of those that a commit has, with their modes and as the links that they
// are. What the other commit does not have is left out.
struct PutBack {
  std::string commit;
  std::vector<std::string> files;
};

// What squashes were made of, as far as it is here.
struct BehindSquashes {
  std::map<std::string, std::vector<Commit>> commits; // by the squash's id
  std::set<std::string> unread;                       // squashes of which there are too many commits to read
};

class Repository {
public:
  // Finds the repository that contains `path` (also a linked worktree or a submodule's checkout).
  // Throws Error{usage} when there is none, Error{world} when git cannot read it.
  static Repository open(const std::string& path);
  ~Repository();
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;

  // Of the working tree: absolute, no trailing '/'. Of a bare repository: the repository itself; everything below that
  // needs a working tree then throws Error{usage}.
  const std::string& root() const;

  // Where git keeps what it believes about this repository, absolute: its folder, and what is shared with linked
  // worktrees.
  std::vector<std::string> git_folders() const;
  // Of other repositories, from which this one borrows objects (alternates, and theirs).
  std::vector<std::string> borrowed_git_folders() const;

  // The change set of `range`. Paths come from comparing the merge base with head (and with the working tree when head
  // is empty). Whatever keeps the set from being complete (shallow history, no common ancestor) is in
  // ChangeSet::incomplete, never an error. Throws Error{usage} for a revision that does not exist.
  ChangeSet changes(const Range& range) const;

  // Every file of the working tree except ignored ones, sorted by path; deleted ones are left out. Submodules appear as
  // one entry with the id of the commit that is checked out.
  // git looks at every file for this, as `git status` does (0.25 s of CPU for 100,000 files).
  std::vector<TreeFile> files() const;

  // What lies in a TreeFile that is a repository, and in those in it, each with the path from this root; ignored files
  // are left out in a submodule whose git is believed. Sorted.
  std::vector<TreeFile> files_in(const TreeFile& repository) const;

  // changes() and files() for the price of one look, and consistent with each other. The files are those on disk, even
  // when `range` names a head.
  Snapshot snapshot(const Range& range) const;

  // Differences between two trees or commits (hexadecimal ids or revisions), sorted by path; no files are looked at.
  // nullopt when one of them is not here (never fetched, pruned): then nothing is known.
  std::optional<std::vector<ChangedPath>> changes_between(const std::string& from, const std::string& to) const;

  // Differences between a tree or commit and the working tree on disk, untracked files included: what is not named is
  // as it was. A path that changed and changed back is named all the same. nullopt when `from` is not here.
  std::optional<std::vector<ChangedPath>> changes_since(const std::string& from) const;

  // Name of the filter that git's configuration here defines and attributes give to a path (git-lfs, git-crypt); empty:
  // none. What lies there can be compared by its dates only (adapters/git/filtered_files.h).
  std::string filter_of(const std::string& path) const;
  // A file of this tree with a filter that the configuration of `other` defines and the one here does not, so that git
  // has not written it as it does there: "x.dat has the filter lfs"; empty: none.
  std::string without_filter_of(const Repository& other) const;

  // Content of `path` in `revision`; nullopt if it is not there.
  std::optional<std::string> read(const std::string& revision, std::string_view path) const;

  // True if that is a symbolic link, whose content is where it leads. Asks git: for what read() has found.
  bool is_link(const std::string& revision, const std::string& path) const;

  // Hexadecimal commit id; nullopt if there is no such revision (an empty repository has no HEAD).
  std::optional<std::string> resolve(const std::string& revision) const;

  // Hexadecimal id of the tree of a revision; nullopt if there is no such revision.
  std::optional<std::string> tree_of(const std::string& revision) const;

  // Notes about these commits, by commit id (adapters/git/commit_notes.h has the details of these).
  std::map<std::string, std::string> notes(const std::string& ref, const std::vector<std::string>& commits) const;
  BehindSquashes commits_behind(const std::vector<Commit>& commits) const;
  std::string patch_id(const std::string& from, const std::string& to) const;
  // The one thing that is written to the repository, and only where the caller asks for it.
  void write_note(const std::string& ref, const std::string& object, const std::string& text) const;

  // A repository of its own at `folder` that borrows this one's objects, with `commit` checked out. None of this
  // repository's hooks, filters or settings hold there. With files put back it is a new commit, of that repository
  // only. Returns the id of what HEAD is there. Throws Error{world}.
  std::string check_out_to(const std::string& folder, const std::string& commit, const PutBack& put_back = {}) const;

  // True if nothing staged, unstaged or untracked differs from HEAD.
  bool clean() const;

private:
  struct Impl;
  explicit Repository(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

} // namespace sluice::git
