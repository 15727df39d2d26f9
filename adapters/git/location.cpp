#include "adapters/git/location.h"

#include "adapters/process/command.h"
#include "model/entries.h"
#include "model/error.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace sluice::git {

namespace {

namespace fs = std::filesystem;

// `git rev-parse --local-env-vars` without the configuration passed by variables (that is the user's), and the
// variables that alter how paths are matched or what a difference is.
constexpr std::array k_foreign = {
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_COMMON_DIR",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_QUARANTINE_PATH",
  "GIT_CONFIG",
  "GIT_GRAFT_FILE",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_REPLACE_REF_BASE",
  "GIT_SHALLOW_FILE",
  "GIT_INTERNAL_SUPER_PREFIX",
  "GIT_EXTERNAL_DIFF",
  "GIT_DIFF_OPTS",
  "GIT_LITERAL_PATHSPECS",
  "GIT_GLOB_PATHSPECS",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_ICASE_PATHSPECS",
};

// Those of a hook that describe the very repository the hook runs in.
constexpr std::array k_of_hook = {"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"};

std::string absolute(const std::string& path)
{
  std::error_code error;
  const fs::path full = fs::absolute(path, error);
  return error ? path : full.lexically_normal().string();
}

std::string without_final_newline(std::string text)
{
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool is_same_folder(const std::string& a, const std::string& b)
{
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

process::CommandResult rev_parse(const std::string& path, std::vector<std::string> what)
{
  process::CommandLine command;
  command.own = true;
  command.unset = foreign_variables();
  for (const char* word : {"git", "-C"}) command.arguments.emplace_back(word);
  command.arguments.push_back(path);
  command.arguments.emplace_back("rev-parse");
  std::move(what.begin(), what.end(), std::back_inserter(command.arguments));
  command.environment = {"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0"};
  return process::run_command(command);
}

std::string common_dir_of(const std::string& git_dir)
{
  std::ifstream file(git_dir + "/commondir", std::ios::binary);
  if (!file) return git_dir;
  const std::string text = without_final_newline({std::istreambuf_iterator<char>(file), {}});
  return fs::path(git_dir).append(text).lexically_normal().string();
}

bool has_own_entry(const Location& location)
{
  if (fs::path(location.git_dir).filename() == ".git") return true; // whatever core.worktree says
  const std::string entry = location.root + "/.git";
  std::error_code failed;
  return is_same_folder(fs::is_directory(entry, failed) ? entry : git_folder_named_in(location.root), location.git_dir);
}

// The folder with the ".git" of a working tree that `git_dir` is among the files of; empty if there is none.
std::string surrounding_tree(const std::string& git_dir)
{
  std::error_code failed;
  const fs::path inner = fs::weakly_canonical(git_dir, failed);
  for (fs::path folder = inner; folder.has_relative_path(); folder = folder.parent_path()) {
    if (folder.filename() == ".git") return {}; // a repository's own: nobody can commit that name
    if (fs::exists(folder.parent_path() / ".git", failed)) return folder.parent_path().string();
  }
  return {};
}

bool has_promised_objects(const std::string& common_dir)
{
  std::error_code error;
  for (const auto& entry : entries(fs::directory_iterator(common_dir + "/objects/pack", error), error))
    if (entry.path().extension() == ".promisor") return true;
  return false;
}

} // namespace

std::vector<std::string> foreign_variables()
{
  std::vector<std::string> names;
  for (const char* name : k_foreign)
    if (std::getenv(name)) names.emplace_back(name);
  return names;
}

void take_environment(Location& location)
{
  location.unset = foreign_variables();
  // Replacement refs and grafts show other objects under the same id; nobody who judges a change may believe them.
  location.environment = {"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE=/dev/null"};
  std::erase(location.unset, "GIT_GRAFT_FILE");
  location.index_file = location.git_dir + "/index";

  const char* hook_dir = std::getenv("GIT_DIR");
  if (!hook_dir || !is_same_folder(hook_dir, location.git_dir)) return;
  if (const char* index = std::getenv("GIT_INDEX_FILE")) {
    location.index_file = absolute(index);
    location.environment.push_back("GIT_INDEX_FILE=" + location.index_file);
    std::erase(location.unset, "GIT_INDEX_FILE");
  }
  for (const char* name : k_of_hook) {
    const char* value = std::getenv(name);
    if (!value) continue;
    // A list of folders is left as it is: git writes absolute ones there.
    location.environment.push_back(
      std::string(name) + "=" +
      (std::string_view(value).find(':') == std::string_view::npos ? absolute(value) : std::string(value)));
    std::erase(location.unset, name);
  }
}

std::optional<Location> locate_with_git(const std::string& path, std::string& complaint)
{
  // The folder is asked for alone and last: it may contain newlines.
  const process::CommandResult bare = rev_parse(path, {"--is-bare-repository"});
  const process::CommandResult git_dir = rev_parse(path, {"--absolute-git-dir"});
  if (bare.exit_code != 0 || git_dir.exit_code != 0) {
    complaint = without_final_newline(git_dir.errors);
    return std::nullopt;
  }
  Location location;
  location.git_dir = without_final_newline(git_dir.output);
  if (without_final_newline(rev_parse(path, {"--show-object-format"}).output) == "sha256") location.id_size = 32;
  location.common_dir = common_dir_of(location.git_dir);
  if (without_final_newline(bare.output) != "true") {
    const process::CommandResult root = rev_parse(path, {"--show-toplevel"});
    if (root.exit_code != 0) {
      complaint = without_final_newline(root.errors);
      return std::nullopt;
    }
    location.root = without_final_newline(root.output);
  }
  return location;
}

std::string git_folder_named_in(const fs::path& checkout)
{
  constexpr std::string_view k_start = "gitdir: ";
  std::ifstream file(checkout / ".git", std::ios::binary);
  std::string line;
  if (!std::getline(file, line) || !line.starts_with(k_start)) return {};
  return (checkout / line.substr(k_start.size())).string();
}

Location location_of(const std::string& git_dir, const std::string& root, std::size_t id_size)
{
  Location location;
  location.git_dir = git_dir;
  location.common_dir = common_dir_of(git_dir);
  location.root = root;
  location.id_size = id_size;
  return location;
}

std::vector<std::string> folders_of_alternates(const std::string& common_dir)
{
  constexpr std::size_t k_most = 100; // git itself follows five in a row
  std::vector<std::string> stores{common_dir + "/objects"}, folders;
  std::error_code failed;
  for (std::size_t at = 0; at < stores.size() && stores.size() < k_most; ++at) {
    std::ifstream file(stores[at] + "/info/alternates", std::ios::binary);
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line.front() == '#') continue;
      const std::string store = (fs::path(stores[at]) / line).lexically_normal().string();
      if (std::find(stores.begin(), stores.end(), store) != stores.end()) continue;
      stores.push_back(store);
      const fs::path around = fs::path(store).parent_path();
      folders.push_back(fs::exists(around / "HEAD", failed) ? around.string() : store);
    }
  }
  return folders;
}

void refuse_embedded(const Location& location)
{
  const std::string outer = surrounding_tree(location.git_dir);
  const bool is_own = location.root.empty() ? outer.empty() : has_own_entry(location);
  if (is_own) return;
  throw Error(ErrorKind::usage,
              location.git_dir + " is made like a git repository, but " +
                (outer.empty() ? "no .git leads to it" : "is among the files of the tree at " + outer),
              outer.empty() ? "name a folder with a .git of its own with -C" : "name that tree: -C " + outer);
}

void inspect(Location& location)
{
  std::error_code error;
  const auto size = fs::file_size(location.common_dir + "/shallow", error);
  location.shallow = !error && size > 0;
  location.partial = has_promised_objects(location.common_dir);
}

} // namespace sluice::git
