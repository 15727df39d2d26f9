#include "runner/sandbox/enclosure.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

namespace sluice::sandbox {

namespace {

// Below a home folder. What is written there by one build is read by the next: a machine that must not allow that gives
// each build a home of its own.
constexpr std::array<std::string_view, 19> k_caches{".cache",
                                                    ".ccache",
                                                    ".sccache",
                                                    ".conan/data",
                                                    ".conan2/p",
                                                    ".cargo/registry",
                                                    ".cargo/git",
                                                    ".npm",
                                                    ".yarn/berry/cache",
                                                    ".pnpm-store",
                                                    ".m2/repository",
                                                    ".gradle/caches",
                                                    ".gradle/wrapper/dists",
                                                    ".gradle/native",
                                                    "go/pkg/mod",
                                                    ".nuget/packages",
                                                    ".vcpkg/archives",
                                                    ".vcpkg/registries",
                                                    ".hunter"};

constexpr std::array<std::string_view, 12> k_variables{
  "CCACHE_DIR",   "SCCACHE_DIR",      "XDG_CACHE_HOME",   "CPM_SOURCE_CACHE", "HUNTER_ROOT",
  "GOCACHE",      "GOMODCACHE",       "npm_config_cache", "PIP_CACHE_DIR",    "VCPKG_DEFAULT_BINARY_CACHE",
  "UV_CACHE_DIR", "YARN_CACHE_FOLDER"};

// Variables that name the folder of a tool, and what is a cache in it. The rest holds programs, settings and hooks:
// code that others run.
struct ToolFolder {
  std::string_view variable, cache;
};
constexpr std::array<ToolFolder, 10> k_tool_folders{{{"CONAN_HOME", "p"},
                                                     {"CONAN_USER_HOME", ".conan/data"},
                                                     {"GOPATH", "pkg/mod"},
                                                     {"GRADLE_USER_HOME", "caches"},
                                                     {"GRADLE_USER_HOME", "wrapper/dists"},
                                                     {"GRADLE_USER_HOME", "native"},
                                                     {"VCPKG_ROOT", "buildtrees"},
                                                     {"VCPKG_ROOT", "downloads"},
                                                     {"VCPKG_ROOT", "installed"},
                                                     {"VCPKG_ROOT", "packages"}}};

// The folder of a variable "NAME=value"; empty if it is none.
std::string folder_of(const std::string& variable)
{
  std::string value = variable.substr(variable.find('=') + 1);
  if (variable.starts_with("GOPATH=")) value.resize(std::min(value.find(':'), value.size()));
  return value.starts_with('/') ? value : std::string();
}

} // namespace

std::vector<std::string> enclosure_arguments(const EnclosureSpec& spec)
{
  std::vector<std::string> arguments;
  const auto add = [&](const char* option, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      arguments.emplace_back(option);
      arguments.push_back(value);
    }
  };
  add("--write", spec.writable);
  add("--drop", spec.dropped);
  add("--read-only", spec.read_only);
  add("--hide", spec.hidden);
  add("--unset", spec.unset);
  for (const auto& [place, other] : spec.replaced)
    for (const std::string& word : {std::string("--replace"), place, other}) arguments.push_back(word);
  for (const auto& [file, other] : spec.masked)
    for (const std::string& word : {std::string("--mask"), file, other}) arguments.push_back(word);
  if (!spec.network) arguments.emplace_back("--own-network");
  arguments.emplace_back("--");
  return arguments;
}

std::vector<std::string> places_of_caches(const std::string& home, const std::vector<std::string>& environment)
{
  std::vector<std::string> places;
  if (!home.empty())
    for (const std::string_view name : k_caches) places.push_back(home + "/" + std::string(name));
  for (const std::string& variable : environment) {
    const std::string_view name = std::string_view(variable).substr(0, variable.find('='));
    const std::string folder = folder_of(variable);
    if (folder.empty()) continue;
    if (std::find(k_variables.begin(), k_variables.end(), name) != k_variables.end()) places.push_back(folder);
    for (const ToolFolder& tool : k_tool_folders)
      if (tool.variable == name) places.push_back(fmt::format("{}/{}", folder, tool.cache));
  }
  return places;
}

std::vector<std::string> homes_of_tools(const std::vector<std::string>& environment)
{
  std::vector<std::string> homes;
  for (const std::string& variable : environment) {
    const std::string_view name = std::string_view(variable).substr(0, variable.find('='));
    const bool named = std::any_of(k_tool_folders.begin(), k_tool_folders.end(),
                                   [&](const ToolFolder& tool) { return tool.variable == name; });
    if (std::string folder = folder_of(variable); named && !folder.empty()) homes.push_back(std::move(folder));
  }
  return homes;
}

} // namespace sluice::sandbox
