#include "runner/sandbox/enclosure.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::sandbox {

namespace {

// Below a home folder. What is written there by one build is read by the next: a machine that must not allow that gives
// each build a home of its own.
constexpr std::array<std::string_view, 16> k_caches{
  ".cache", ".ccache",     ".sccache",       ".conan",  ".conan2",    ".cargo/registry", ".cargo/git", ".npm",
  ".yarn",  ".pnpm-store", ".m2/repository", ".gradle", "go/pkg/mod", ".nuget",          ".vcpkg",     ".hunter"};

constexpr std::array<std::string_view, 17> k_variables{
  "CCACHE_DIR",   "SCCACHE_DIR",      "XDG_CACHE_HOME", "CONAN_HOME",       "CONAN_USER_HOME",
  "VCPKG_ROOT",   "CPM_SOURCE_CACHE", "HUNTER_ROOT",    "GOPATH",           "GOCACHE",
  "GOMODCACHE",   "npm_config_cache", "PIP_CACHE_DIR",  "GRADLE_USER_HOME", "VCPKG_DEFAULT_BINARY_CACHE",
  "UV_CACHE_DIR", "YARN_CACHE_FOLDER"};

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
    const std::size_t equals = variable.find('=');
    const std::string_view name = std::string_view(variable).substr(0, equals);
    if (std::find(k_variables.begin(), k_variables.end(), name) == k_variables.end()) continue;
    std::string value = variable.substr(equals + 1);
    if (!value.starts_with('/')) continue;
    // The rest of it holds programs, and is a folder of PATH.
    if (name == "GOPATH") value = value.substr(0, value.find(':')) + "/pkg/mod";
    places.push_back(std::move(value));
  }
  return places;
}

} // namespace sluice::sandbox
