#include "cli/records/folders.h"

#include "model/entries.h"

#include <filesystem>

namespace sluice::cli {

namespace fs = std::filesystem;

std::uintmax_t bytes_below(const std::string& folder)
{
  std::uintmax_t bytes = 0;
  std::error_code failed, unknown;
  constexpr auto k_options = fs::directory_options::skip_permission_denied;
  for (const auto& entry : entries(fs::recursive_directory_iterator(folder, k_options, failed), failed)) {
    if (!entry.is_regular_file(unknown) || entry.is_symlink(unknown)) continue;
    if (const std::uintmax_t size = entry.file_size(unknown); !unknown) bytes += size;
  }
  return bytes;
}

std::error_code remove_whole(const std::string& folder)
{
  std::error_code failed;
  if (fs::remove_all(folder, failed); !failed) return {};
  const auto open = [](const fs::path& path) {
    std::error_code ignored;
    fs::permissions(path, fs::perms::owner_all, fs::perm_options::add, ignored);
  };
  open(folder);
  // Each is opened before the loop goes into it.
  for (fs::recursive_directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    if (std::error_code ignored; at->is_directory(ignored) && !at->is_symlink(ignored)) open(at->path());
  fs::remove_all(folder, failed);
  return failed;
}

} // namespace sluice::cli
