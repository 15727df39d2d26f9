#include "adapters/git/repository.h"

#include "adapters/git/commit_notes.h"
#include "adapters/git/commit_range.h"
#include "adapters/git/conversion.h"
#include "adapters/git/filtered_files.h"
#include "adapters/git/history.h"
#include "adapters/git/inner_files.h"
#include "adapters/git/library_history.h"
#include "adapters/git/location.h"
#include "adapters/git/path_changes.h"
#include "adapters/git/plumbing.h"
#include "adapters/git/tree_files.h"
#include "adapters/git/working_tree.h"
#include "model/error.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace sluice::git {

namespace {

[[noreturn]] void refuse_folder(const std::string& folder, const std::string& complaint)
{
  struct stat status {};
  std::string trusted = folder; // git compares names as they are written, without "/" at the end
  while (trusted.size() > 1 && trusted.back() == '/') trusted.pop_back();
  if (::stat((folder + "/.git").c_str(), &status) == 0 && status.st_uid != ::geteuid())
    throw Error(ErrorKind::world, "the repository at " + folder + " belongs to another user, so git refuses to read it",
                "if you trust it: git config --global --add safe.directory '" + trusted + "'");
  throw Error(ErrorKind::world,
              "git cannot read the repository at " + folder + ": " + complaint.substr(0, complaint.find('\n')),
              "see whether git status works there");
}

// Where a .git lies there is a repository, but one that git cannot read.
[[noreturn]] void refuse(const std::string& path, const std::string& complaint)
{
  std::error_code error;
  const std::filesystem::path start = std::filesystem::absolute(path, error).lexically_normal();
  for (std::filesystem::path folder = start;; folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / ".git", error)) refuse_folder(folder.string(), complaint);
    if (!folder.has_relative_path()) break;
  }
  throw Error(ErrorKind::usage, path + " is not in a git repository",
              "run git init there, or name another folder with -C");
}

std::string without_newline(std::string text)
{
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

// A commit that is `commit` but for the files put back.
std::string with_put_back(const Plumbing& git, const std::string& commit, const PutBack& put_back)
{
  constexpr std::size_t k_at_once = 500; // a command line has an end
  git.output({"read-tree", "--reset", commit});
  const std::string nothing(2 * git.location().id_size, '0');
  std::string gone, there;
  for (std::size_t at = 0; at < put_back.files.size(); at += k_at_once) {
    std::vector<std::string> ask = {"--literal-pathspecs", "ls-tree", "-z", "--full-tree", put_back.commit, "--"};
    for (std::size_t i = at; i < std::min(at + k_at_once, put_back.files.size()); ++i) {
      ask.push_back(put_back.files[i]);
      gone += "0 " + nothing + "\t" + put_back.files[i] + '\0';
    }
    // "<mode> <type> <id>\t<path>\0": what update-index reads. What was a folder then has its files named one by one.
    const std::string listed = git.output(std::move(ask));
    for (std::size_t from = 0; from < listed.size();) {
      const std::size_t end = std::min(listed.find('\0', from), listed.size());
      const std::string line = listed.substr(from, end - from);
      if (line.find(" tree ") >= line.find('\t')) there += line + '\0';
      from = end + 1;
    }
  }
  git.output({"update-index", "-z", "--index-info"}, gone + there);
  const std::string tree = without_newline(git.output({"write-tree"}));
  return without_newline(git.output({"-c", "user.name=sluice", "-c", "user.email=sluice@localhost", "-c",
                                     "commit.gpgSign=false", "commit-tree", tree, "-p", commit, "-m", "Put back"}));
}

// libgit2 is wrong about parents that were never fetched and does not see objects that a push has quarantined.
bool library_is_right(const Location& location)
{
  const auto& set = location.environment;
  const bool quarantined = std::any_of(set.begin(), set.end(), [](const std::string& variable) {
    return variable.find("OBJECT_DIRECTOR") != std::string::npos;
  });
  return !location.shallow && !quarantined;
}

} // namespace

struct Repository::Impl {
  Impl(Location location, std::unique_ptr<LibraryHistory> usable_library)
    : git(std::move(location)), library(std::move(usable_library)), history(&git, library.get()), range(git, history),
      root(git.location().root.empty() ? git.location().git_dir : git.location().root)
  {
  }

  std::vector<std::string> filters() const
  {
    return filter_names(parse_settings(git.output({"config", "-z", "--list"})));
  }

  WorkingTree look(Wanted wanted) const
  {
    if (git.location().root.empty())
      throw Error(ErrorKind::usage, root + " is a bare repository: it has no working tree",
                  "name two revisions with --base and --head");
    return look_at_working_tree(git, wanted);
  }

  ChangeSet with_working_tree(const std::string& base, const WorkingTree& tree) const
  {
    ChangeSet set;
    if (!base.empty() || !tree.head.empty()) set = range.from_base(base.empty() ? tree.head : base, tree.head);
    set.includes_working_tree = true;
    set.paths = one_after_another(set.paths, changes_of(tree.status));
    return set;
  }

  ChangeSet between_commits(const Range& wanted) const
  {
    const std::string head = range.require(wanted.head);
    return wanted.base.empty() ? range.of_commit(head) : range.from_base(wanted.base, head);
  }

  Plumbing git;
  std::unique_ptr<LibraryHistory> library;
  History history;
  CommitRange range;
  std::string root;
};

Repository::Repository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Repository::~Repository() = default;
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;

std::optional<Range> parse_range(std::string_view words)
{
  const std::size_t dots = words.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const std::string_view base = words.substr(0, dots);
  const std::string_view head = words.substr(std::min(words.find_first_not_of('.', dots), words.size()));
  return Range{std::string(base.empty() ? "HEAD" : base), std::string(head.empty() ? "HEAD" : head)};
}

Repository Repository::open(const std::string& path)
{
  std::unique_ptr<LibraryHistory> library = LibraryHistory::open(path);
  Location location;
  if (library) location = library->location();
  else {
    std::string complaint;
    auto found = locate_with_git(path, complaint);
    if (!found) refuse(path, complaint);
    location = std::move(*found);
  }
  refuse_embedded(location);
  take_environment(location);
  inspect(location);
  if (!library_is_right(location)) library.reset();
  return Repository(std::make_unique<Impl>(std::move(location), std::move(library)));
}

const std::string& Repository::root() const
{
  return impl_->root;
}

std::vector<std::string> Repository::git_folders() const
{
  const Location& location = impl_->git.location();
  std::vector<std::string> folders{location.git_dir};
  if (location.common_dir != location.git_dir) folders.push_back(location.common_dir);
  return folders;
}

std::vector<std::string> Repository::borrowed_git_folders() const
{
  return folders_of_alternates(impl_->git.location().common_dir);
}

ChangeSet Repository::changes(const Range& range) const
{
  return range.head.empty() ? impl_->with_working_tree(range.base, impl_->look(Wanted::special_entries))
                            : impl_->between_commits(range);
}

std::vector<TreeFile> Repository::files() const
{
  return files_of(impl_->git, impl_->look(Wanted::every_entry));
}

std::vector<TreeFile> Repository::files_in(const TreeFile& repository) const
{
  return git::files_in(impl_->git, repository.path);
}

Snapshot Repository::snapshot(const Range& range) const
{
  Snapshot snapshot;
  WorkingTree tree = impl_->look(Wanted::every_entry);
  snapshot.changes = range.head.empty() ? impl_->with_working_tree(range.base, tree) : impl_->between_commits(range);
  snapshot.uncommitted = changes_of(tree.status);
  snapshot.files = files_of(impl_->git, std::move(tree));
  return snapshot;
}

std::optional<std::vector<ChangedPath>> Repository::changes_between(const std::string& from,
                                                                    const std::string& to) const
{
  const auto differences = impl_->history.differences(from, to);
  if (!differences) return std::nullopt;
  return changes_of(*differences);
}

std::optional<std::vector<ChangedPath>> Repository::changes_since(const std::string& from) const
{
  const WorkingTree tree = impl_->look(Wanted::special_entries);
  const auto differences = impl_->history.differences(from, impl_->range.tree_or_empty(tree.head));
  if (!differences) return std::nullopt;
  return one_after_another(changes_of(*differences), changes_of(tree.status));
}

std::string Repository::filter_of(const std::string& path) const
{
  return git::filter_of(impl_->git, impl_->filters(), path);
}

std::string Repository::without_filter_of(const Repository& other) const
{
  const std::vector<std::string> here = impl_->filters(), there = other.impl_->filters();
  std::vector<std::string> missing;
  std::set_difference(there.begin(), there.end(), here.begin(), here.end(), std::back_inserter(missing));
  const auto found = first_filtered(impl_->git, missing);
  return found ? found->path + " has the filter " + found->filter : std::string{};
}

std::optional<std::string> Repository::read(const std::string& revision, std::string_view path) const
{
  return impl_->history.read(impl_->range.require(revision), path);
}

bool Repository::is_link(const std::string& revision, const std::string& path) const
{
  return impl_->git.output({"ls-tree", impl_->range.require(revision), "--", ":(top,literal)" + path})
    .starts_with("120000 ");
}

std::optional<std::string> Repository::resolve(const std::string& revision) const
{
  return impl_->history.commit_id(revision);
}

std::optional<std::string> Repository::tree_of(const std::string& revision) const
{
  const auto commit = impl_->history.commit_id(revision);
  if (!commit) return std::nullopt;
  return impl_->history.tree_of(*commit);
}

std::map<std::string, std::string> Repository::notes(const std::string& ref,
                                                     const std::vector<std::string>& commits) const
{
  return notes_about(impl_->git, impl_->history, ref, commits);
}

BehindSquashes Repository::commits_behind(const std::vector<Commit>& commits) const
{
  return git::commits_behind(impl_->git, impl_->history, commits);
}

std::string Repository::patch_id(const std::string& from, const std::string& to) const
{
  return git::patch_id(impl_->git, from, to);
}

void Repository::write_note(const std::string& ref, const std::string& object, const std::string& text) const
{
  git::write_note(impl_->git, ref, object, text);
}

std::string Repository::check_out_to(const std::string& folder, const std::string& commit,
                                     const PutBack& put_back) const
{
  const Location& here = impl_->git.location();
  Location there;
  there.git_dir = folder + "/.git";
  there.common_dir = there.git_dir;
  there.root = folder;
  there.id_size = here.id_size;
  there.unset = here.unset;
  std::filesystem::create_directories(folder);
  const Plumbing git(there);
  constexpr std::size_t k_sha256 = 32;
  git.output(
    {"init", "-q", "--template=", here.id_size == k_sha256 ? "--object-format=sha256" : "--object-format=sha1"});
  std::filesystem::create_directories(there.git_dir + "/objects/info");
  std::ofstream(there.git_dir + "/objects/info/alternates") << here.common_dir << "/objects\n";
  if (impl_->git.location().partial) // a borrowed object is not fetched: it must be here before
    for (const std::string& file : put_back.files) read(put_back.commit, file);
  const std::string head = put_back.files.empty() ? commit : with_put_back(git, commit, put_back);
  git.output({"update-ref", "--no-deref", "HEAD", head});
  git.output({"read-tree", "--reset", "-u", head});
  return head;
}

bool Repository::clean() const
{
  return impl_->look(Wanted::special_entries).status.empty();
}

} // namespace sluice::git
