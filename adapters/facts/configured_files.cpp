#include "adapters/facts/configured_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace sluice::facts {

namespace {

namespace fs = std::filesystem;

// What the generators write last; its time is the end of the configure step.
constexpr std::array<std::string_view, 2> k_stamps{"build.ninja", "CMakeFiles/Makefile.cmake"};

constexpr std::array<std::string_view, 5> k_own_folders{"CMakeFiles", ".cmake", "Testing", ".git", ".sluice"};

constexpr std::array<std::string_view, 9> k_own_files{
  "CMakeCache.txt", "cmake_install.cmake",   "CTestTestfile.cmake",  "compile_commands.json",
  "Makefile",       "DartConfiguration.tcl", "install_manifest.txt", ".ninja_log",
  ".ninja_deps"};

bool is_own_file(std::string_view name)
{
  return std::find(k_own_files.begin(), k_own_files.end(), name) != k_own_files.end() || name.ends_with(".ninja") ||
         name.ends_with("_include.cmake") || name.ends_with("_tests.cmake") || name == ".ninja_lock";
}

std::optional<fs::file_time_type> configured_at(const std::string& directory)
{
  std::error_code missing;
  const auto time = fs::last_write_time(configure_stamp(directory), missing);
  return missing ? std::nullopt : std::optional(time);
}

std::string name_of(const fs::path& file, const std::string& root)
{
  std::string below = file.lexically_proximate(root).string();
  return below.starts_with("..") ? file.string() : below;
}

} // namespace

std::vector<std::string> configured_files(const std::string& root, const std::string& directory, const Facts& facts)
{
  std::vector<std::string> files;
  const auto end_of_configure = configured_at(directory);
  if (!end_of_configure) return files;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(directory, fs::directory_options::skip_permission_denied, failed), end;
       !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (at->is_directory(ignored) && !at->is_symlink(ignored)) {
      if (std::find(k_own_folders.begin(), k_own_folders.end(), name) != k_own_folders.end())
        at.disable_recursion_pending();
      continue;
    }
    PathId known{};
    std::string path = name_of(at->path(), root);
    if (is_own_file(name) || facts.find(path, known)) continue;
    const auto time = fs::last_write_time(at->path(), ignored);
    if (!ignored && time <= *end_of_configure) files.push_back(std::move(path));
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string configure_stamp(const std::string& directory)
{
  std::error_code ignored;
  for (const std::string_view stamp : k_stamps)
    if (std::string file = directory + "/" + std::string(stamp); fs::exists(file, ignored)) return file;
  return {};
}

bool is_configured_from(const std::string& root, const std::string& directory, const std::vector<std::string>& inputs)
{
  const auto end_of_configure = configured_at(directory);
  if (!end_of_configure) return false;
  return std::all_of(inputs.begin(), inputs.end(), [&](const std::string& input) {
    std::error_code missing;
    const auto time = fs::last_write_time(fs::path(root) / input, missing);
    return !missing && time <= *end_of_configure;
  });
}

} // namespace sluice::facts
