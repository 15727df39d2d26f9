#include "adapters/frameworks/file_search.h"

#include "adapters/frameworks/binary.h"
#include "model/glob.h"

#include <algorithm>
#include <filesystem>

namespace sluice::frameworks {

namespace {

namespace fs = std::filesystem;

bool is_library(std::string_view name)
{
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
}

bool is_foreign(std::string_view name)
{
  return name == ".git" || name == "CMakeFiles";
}

std::size_t depth_of(std::string_view path)
{
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

// How far below its literal folder a match can lie.
std::size_t most_depth(std::string_view glob, std::string_view folder)
{
  constexpr std::size_t k_any = 64;
  if (glob.find("**") != std::string_view::npos || glob.ends_with('/') || glob.find('/') == std::string_view::npos)
    return k_any;
  return depth_of(glob) - (folder.empty() ? 0 : depth_of(folder) + 1);
}

} // namespace

std::string_view literal_folder(std::string_view glob)
{
  const std::size_t wildcard = glob.find_first_of("*?[");
  if (wildcard == std::string_view::npos && glob.find('/') == std::string_view::npos) return {};
  const std::size_t slash = glob.rfind('/', wildcard);
  return slash == std::string_view::npos ? std::string_view{} : glob.substr(0, slash);
}

std::vector<std::string> find_programs(const std::string& root, const std::string& glob)
{
  const bool absolute = glob.starts_with('/');
  const std::string_view folder = literal_folder(glob);
  const fs::path start = absolute ? fs::path(folder.empty() ? "/" : folder) : fs::path(root) / folder;
  const std::size_t most = most_depth(glob, folder);
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator at(start, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const std::string path = at->path().string();
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      const bool too_deep = static_cast<std::size_t>(at.depth()) >= most;
      if (too_deep || is_foreign(name)) at.disable_recursion_pending();
      continue;
    }
    // Globs match relative paths: of an absolute one both lose their first '/'.
    const std::string relative = path.substr(absolute ? 1 : root.size() + 1);
    const bool wanted = glob_matches(absolute ? glob.substr(1) : glob, relative);
    if (!wanted || is_library(name) || !is_executable(path)) continue;
    found.push_back(absolute ? path : relative);
  }
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace sluice::frameworks
