#include "cli/walls/git_secrets.h"

#include "adapters/git/configuration_secrets.h"
#include "cache/hashing.h"
#include "cli/records/atomic_file.h"
#include "model/entries.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <set>
#include <system_error>

namespace sluice::cli {

namespace fs = std::filesystem;

namespace {

// The configurations of a folder of git, and of those of its submodules and worktrees, whose names may have slashes.
void add_configurations(std::vector<std::string>& files, const fs::path& folder)
{
  for (const char* const name : {"config", "config.worktree"}) files.push_back((folder / name).string());
  std::vector<fs::path> inner{folder / "modules", folder / "worktrees"};
  while (!inner.empty()) {
    std::error_code failed, unknown;
    fs::directory_iterator first(inner.back(), failed);
    inner.pop_back();
    for (const fs::directory_entry& entry : entries(std::move(first), failed)) {
      if (entry.is_symlink(unknown) || !entry.is_directory(unknown)) continue;
      if (fs::exists(entry.path() / "HEAD", unknown)) add_configurations(files, entry.path());
      else inner.push_back(entry.path());
    }
  }
}

std::string home()
{
  const char* const value = std::getenv("HOME");
  return value ? value : "";
}

// What an include names: relative to the file that includes it.
std::string place_of_include(const std::string& name, const std::string& file)
{
  if (name.starts_with("~/")) return home() + name.substr(1);
  return (fs::path(file).parent_path() / name).string();
}

std::vector<std::string> configurations(const git::Repository& repository)
{
  std::vector<std::string> files;
  for (const std::string& folder : repository.git_folders()) add_configurations(files, folder);
  for (const std::string& folder : repository.borrowed_git_folders()) add_configurations(files, folder);
  if (!home().empty()) files.push_back(home() + "/.gitconfig");
  return files;
}

} // namespace

std::vector<GitSecrets> find_git_secrets(const git::Repository& repository)
{
  std::vector<GitSecrets> found;
  std::vector<std::string> files = configurations(repository);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::error_code failed;
    const std::string file = fs::canonical(files[i], failed).string();
    if (failed || !fs::is_regular_file(file, failed) || !seen.insert(file).second) continue;
    std::optional<std::string> text;
    try {
      text = read_small_file(file, file);
    } catch (const std::exception&) { // nobody reads a setting from it
    }
    if (!text) continue;
    git::CleanedConfiguration cleaned = git::without_secrets(*text);
    for (const std::string& name : cleaned.included) files.push_back(place_of_include(name, file));
    if (!cleaned.secrets.empty()) found.push_back({file, std::move(cleaned.secrets), std::move(cleaned.text)});
  }
  return found;
}

std::vector<std::pair<std::string, std::string>> masks_of_git_secrets(const Project& project)
{
  std::vector<std::pair<std::string, std::string>> masks;
  for (const GitSecrets& secrets : find_git_secrets(project.repository)) {
    // Named by what it is of and what it says: runs beside this one find the file that they would write.
    const Digest name = cache::sha256(secrets.file + '\0' + secrets.cleaned);
    std::string copy = fmt::format("{}/shown-settings/{}", project.state, to_hex(name));
    std::error_code failed;
    if (!fs::exists(copy, failed)) write_atomically(copy, secrets.cleaned);
    masks.emplace_back(secrets.file, std::move(copy));
  }
  return masks;
}

std::string to_string(const std::vector<GitSecrets>& secrets)
{
  std::string text;
  for (const GitSecrets& file : secrets) {
    const std::set<std::string> names(file.names.begin(), file.names.end());
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", file.file, fmt::join(names, ", "));
  }
  return text;
}

} // namespace sluice::cli
