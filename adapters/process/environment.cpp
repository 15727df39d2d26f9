#include "adapters/process/environment.h"

#include <algorithm>
#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

extern char** environ; // NOLINT: POSIX names it so

namespace sluice::process {

namespace {

constexpr std::string_view k_path_variable = "PATH=";

// What execvp searches when PATH is not set.
constexpr std::string_view k_default_path = "/bin:/usr/bin";

std::string_view name_of(std::string_view entry)
{
  return entry.substr(0, entry.find('='));
}

bool executable_file(const std::string& path)
{
  struct stat status {};
  // A folder passes access(X_OK) too, so the kind is asked first.
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string_view search_path(const std::vector<std::string>& environment)
{
  for (const std::string& entry : environment) {
    if (entry.starts_with(k_path_variable)) return std::string_view(entry).substr(k_path_variable.size());
  }
  return k_default_path;
}

} // namespace

std::vector<std::string> merged_environment(const std::vector<std::string>& changes,
                                            const std::vector<std::string>& unset)
{
  std::vector<std::string> merged;
  for (char** entry = environ; entry && *entry; ++entry)
    if (std::find(unset.begin(), unset.end(), name_of(*entry)) == unset.end()) merged.emplace_back(*entry);
  for (const std::string& change : changes) {
    const auto same = [&](const std::string& entry) { return name_of(entry) == name_of(change); };
    merged.erase(std::remove_if(merged.begin(), merged.end(), same), merged.end());
    merged.push_back(change);
  }
  return merged;
}

std::string find_program(std::string_view program, const std::vector<std::string>& environment)
{
  if (program.find('/') != std::string_view::npos) return std::string(program);
  if (program.empty()) return {};
  std::string_view rest = search_path(environment);
  while (true) {
    const std::size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    std::string candidate = (folder.empty() ? "." : std::string(folder)) + "/" + std::string(program);
    if (executable_file(candidate)) return candidate;
    if (colon == std::string_view::npos) return {};
    rest.remove_prefix(colon + 1);
  }
}

} // namespace sluice::process
