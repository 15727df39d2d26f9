#include "adapters/git/history.h"

#include "adapters/git/commit_object.h"
#include "model/error.h"

#include <algorithm>
#include <fstream>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace sluice::git {

namespace {

std::vector<std::string> lines(std::string_view text)
{
  std::vector<std::string> result;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    result.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return result;
}

// A name, an id, or steps from one. Searches (":/text", "^{/text}"), dates ("@{yesterday}") and git describe's names
// ("v1-3-gabc") are git's: libgit2 searches with another dialect of regular expressions, and loses memory doing it.
bool is_plain(std::string_view revision)
{
  return revision.find_first_of(":{") == std::string_view::npos && revision.find("-g") == std::string_view::npos;
}

// What may be the name of a reference: the revision without the steps from it.
std::string_view name_in(std::string_view revision)
{
  return revision.substr(0, std::min(revision.find_first_of("~^:"), revision.find("@{")));
}

bool is_hexadecimal(std::string_view text)
{
  return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

std::optional<std::string> verified(const Plumbing& git, const std::string& name)
{
  const process::CommandResult result = git.ask({"rev-parse", "--quiet", "--verify", "--end-of-options", name});
  std::vector<std::string> ids = lines(result.output);
  if (result.exit_code != 0 || ids.size() != 1) return std::nullopt;
  return std::move(ids.front());
}

// Whether `path` can name a file of a tree at all: no empty, "." or ".." part.
bool is_tree_path(std::string_view path)
{
  while (true) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    if (end == std::string_view::npos) return true;
    path.remove_prefix(end + 1);
  }
}

std::vector<CommitObject> read_commits(const Plumbing& git, const std::string& ids)
{
  if (ids.empty()) return {};
  const std::string output = git.output({"cat-file", "--batch"}, ids);
  std::vector<CommitObject> commits;
  for (auto& object : parse_batch(output)) {
    if (!object || object->type != "commit")
      throw Error(ErrorKind::world, "a commit of the range is missing from the repository", "run git fsck");
    commits.push_back(parse_commit(std::move(object->id), object->content));
  }
  return commits;
}

} // namespace

std::optional<std::string> History::commit_id(const std::string& revision) const
{
  // git would take it for an option, a range or nothing at all.
  if (revision.empty() || revision.find('\0') != std::string::npos) return std::nullopt;
  const std::string name(name_in(revision));
  const bool is_id = name.size() == 2 * git_->location().id_size && is_hexadecimal(name);
  if (!is_id && !require_unambiguous(name)) return std::nullopt;
  // libgit2 takes a branch that is named like an id for the id, where there is no such commit.
  if (library_ && !is_id && is_plain(revision))
    if (auto id = library_->commit_id(revision)) return id;
  if (library_ && is_id && name.size() == revision.size())
    if (auto commit = library_->commit(name)) return std::move(commit->id);
  // ":/text" takes everything that follows for the text, so what it names is looked up first.
  if (revision.rfind(":/", 0) != 0) return verified(*git_, revision + "^{commit}");
  const auto found = verified(*git_, revision);
  return found ? verified(*git_, *found + "^{commit}") : std::nullopt;
}

// Whoever can push a branch or a tag would otherwise choose what a name means: git takes a tag "origin/main" before the
// branch of the remote.
bool History::require_unambiguous(const std::string& name) const
{
  if (name.empty() || name == "HEAD" || name == "@") return true;
  const std::vector<std::string> found = references_called(name);
  // A full name means that reference and no other, such as a tag with this name.
  if (name.starts_with("refs/")) return std::find(found.begin(), found.end(), name) != found.end();
  std::string also;
  constexpr std::size_t k_shortest_id = 4;
  if (!found.empty() && name.size() >= k_shortest_id && is_hexadecimal(name))
    also = git_->ask({"rev-parse", "--disambiguate=" + name}).output;
  if (found.size() + (also.empty() ? 0 : 1) < 2) return true;
  std::string all;
  for (const std::string& reference : found) all += (all.empty() ? "" : " and ") + reference;
  if (!also.empty()) all += " and the object " + also.substr(0, also.find('\n'));
  throw Error(ErrorKind::usage, "'" + name + "' can mean " + all, "give the full name, such as " + found.back());
}

std::vector<std::string> History::references_called(const std::string& name) const
{
  std::vector<std::string> places; // in git's order
  if (name.starts_with("refs/")) places = {name};
  else
    places = {"refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name,
              "refs/remotes/" + name + "/HEAD"};
  std::vector<std::string> present;
  if (!library_) {
    std::vector<std::string> arguments = {"for-each-ref", "--format=%(refname)"};
    arguments.insert(arguments.end(), places.begin(), places.end());
    present = lines(git_->ask(std::move(arguments)).output);
  }
  std::erase_if(places, [&](const std::string& place) {
    return library_ ? !library_->has_reference(place)
                    : std::find(present.begin(), present.end(), place) == present.end();
  });
  return places;
}

std::vector<std::string> History::merge_bases(const std::string& one, const std::string& other) const
{
  if (library_) {
    const auto bases = library_->merge_bases(one, other);
    // Of several, git's order decides which comes first.
    if (bases && bases->size() < 2) return *bases;
  }
  const process::CommandResult result = git_->ask({"merge-base", "--all", one, other});
  if (result.exit_code > 1)
    throw Error(ErrorKind::world, "git merge-base failed: " + result.errors.substr(0, result.errors.find('\n')),
                "run git fsck");
  return lines(result.output);
}

std::vector<Commit> History::commits(const std::string& from, const std::string& except) const
{
  if (library_)
    if (auto commits = library_->commits(from, except)) return std::move(*commits);
  std::vector<std::string> arguments = {"rev-list", "--date-order", from};
  if (!except.empty()) arguments.push_back("^" + except);
  std::vector<Commit> commits;
  for (CommitObject& object : read_commits(*git_, git_->output(std::move(arguments))))
    commits.push_back(std::move(object.commit));
  return commits;
}

Commit History::commit(const std::string& id) const
{
  if (library_)
    if (auto commit = library_->commit(id)) return std::move(*commit);
  return std::move(read_commits(*git_, id + "\n").at(0).commit);
}

std::string History::tree_of(const std::string& commit) const
{
  if (library_)
    if (auto tree = library_->tree_of(commit)) return std::move(*tree);
  return std::move(read_commits(*git_, commit + "\n").at(0).tree);
}

bool History::meets_shallow_boundary(const std::string& one, const std::string& other) const
{
  if (!git_->location().shallow) return false;
  std::unordered_set<std::string> boundary;
  std::ifstream file(git_->location().common_dir + "/shallow");
  for (std::string id; std::getline(file, id);) boundary.insert(id);
  const std::vector<std::string> seen = lines(git_->output({"rev-list", one + "..." + other}));
  return std::any_of(seen.begin(), seen.end(), [&](const std::string& id) { return boundary.count(id) != 0; });
}

std::optional<std::vector<TreeDifference>> History::differences(const std::string& from, const std::string& to) const
{
  if (from == to) return std::vector<TreeDifference>{};
  // In a partial clone a rename is only found by equal ids: comparing contents would fetch them one by one.
  const char* renames = git_->location().partial ? "-M100%" : "-M";
  const process::CommandResult result =
    git_->ask({"diff-tree", "-r", "-z", "--raw", "--no-abbrev", renames, "--no-ext-diff", "--no-textconv",
               "--ignore-submodules=none", "--end-of-options", from, to});
  if (result.exit_code != 0) return std::nullopt;
  return parse_raw_diff(result.output);
}

std::optional<std::string> History::read(const std::string& commit, std::string_view path) const
{
  if (!is_tree_path(path)) return std::nullopt;
  if (library_)
    if (auto content = library_->read(commit, path)) return std::move(*content);
  const std::string listed =
    git_->output({"--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", std::string(path)});
  // "<mode> <type> <id>\t<path>"
  const std::string_view line = std::string_view(listed).substr(0, listed.find('\t'));
  if (line.find(" blob ") == std::string_view::npos) return std::nullopt;
  return git_->output({"cat-file", "blob", std::string(line.substr(line.rfind(' ') + 1))});
}

} // namespace sluice::git
