#include "adapters/process/own_programs.h"

#include "adapters/process/environment.h"
#include "model/path.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace sluice::process {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_path = "PATH=";

// Of this process, as its environment is: what is trusted is decided once for all its commands.
struct Search {
  std::vector<fs::path> folders; // where they really are: a link may lead elsewhere later
  std::vector<fs::path> distrusted;

  Search()
  {
    const char* const value = std::getenv("PATH");
    std::string_view rest = value ? value : "/usr/bin:/bin";
    while (!rest.empty()) {
      const std::size_t colon = rest.find(':');
      const fs::path folder = rest.substr(0, colon);
      std::error_code failed;
      const fs::path real = fs::canonical(folder, failed);
      if (folder.is_absolute() && !failed) folders.push_back(real);
      rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    }
  }
  bool is_trusted(const fs::path& real) const
  {
    return std::none_of(distrusted.begin(), distrusted.end(),
                        [&](const fs::path& folder) { return lies_in(real.native(), folder.native()); });
  }
};

Search& search()
{
  static Search of_this_process;
  return of_this_process;
}

} // namespace

void distrust(const std::vector<std::string>& folders)
{
  Search& now = search();
  for (const std::string& folder : folders) {
    std::error_code failed;
    const fs::path real = fs::weakly_canonical(folder, failed);
    if (!failed && real.is_absolute() && real.has_relative_path()) now.distrusted.push_back(real);
  }
  std::erase_if(now.folders, [&](const fs::path& folder) { return !now.is_trusted(folder); });
}

std::string find_own_program(std::string_view program)
{
  if (program.find('/') != std::string_view::npos) return std::string(program);
  for (const fs::path& folder : search().folders) {
    std::error_code failed;
    const std::string found = find_program(program, {std::string(k_path) + folder.string()});
    if (found.empty()) continue;
    // A link in a folder of the machine's may still lead to what a build writes.
    if (const fs::path real = fs::canonical(found, failed); !failed && search().is_trusted(real)) return found;
  }
  return {};
}

std::vector<std::string> environment_of_own(std::vector<std::string> environment)
{
  std::erase_if(environment,
                [](const std::string& entry) { return entry.starts_with("LD_") || entry.starts_with(k_path); });
  std::string path(k_path);
  for (const fs::path& folder : search().folders) path += (path.size() == k_path.size() ? "" : ":") + folder.string();
  environment.push_back(std::move(path));
  return environment;
}

} // namespace sluice::process
