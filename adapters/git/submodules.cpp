#include "adapters/git/submodules.h"

#include "adapters/git/working_tree.h"
#include "model/error.h"
#include "model/path.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace sluice::git {

namespace {

namespace fs = std::filesystem;

struct Checkout {
  bool dirty = false;
  Digest head; // of a clean one the commit; absent: never checked out
};

constexpr bool k_dirty = true;

// Where a `.git` file leads, if that is one of the folders in which `location` keeps its submodules.
std::optional<std::string> own_git_folder(const Location& location, const fs::path& checkout)
{
  std::error_code failed;
  const fs::path found = fs::canonical(git_folder_named_in(checkout), failed);
  if (failed) return std::nullopt;
  for (const std::string& folder : {location.git_dir, location.common_dir}) {
    const fs::path modules = fs::canonical(folder + "/modules", failed);
    if (!failed && found != modules && lies_in(found.native(), modules.native())) return found.string();
  }
  return std::nullopt;
}

Checkout look_into(Location there)
{
  const WorkingTree tree = look_at_working_tree(Plumbing(std::move(there)), Wanted::special_entries);
  return {!tree.status.empty(), digest_from_hex(tree.head).value_or(Digest{})};
}

// nullopt: nothing lies there, which git tells by itself.
std::optional<Checkout> checkout_at(const Location& location, const std::string& path)
{
  const fs::path folder = fs::path(location.root) / path;
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISDIR(status.st_mode)) return Checkout{k_dirty, {}};
  std::error_code failed;
  if (::lstat((folder / ".git").c_str(), &status) != 0) // never initialised: an empty folder
    return Checkout{!fs::is_empty(folder, failed) || failed, {}};
  try {
    auto there = location_of_submodule(location, path);
    return there ? look_into(std::move(*there)) : Checkout{k_dirty, {}};
  } catch (const Error&) { // what cannot be looked at is not what it should be
    return Checkout{k_dirty, {}};
  }
}

StatusEntry& entry_of(std::vector<StatusEntry>& status, const IndexEntry& submodule)
{
  for (StatusEntry& entry : status)
    if (entry.path == submodule.path && entry.kind != StatusEntry::Kind::untracked) return entry;
  StatusEntry& entry = status.emplace_back();
  entry.submodule = true;
  entry.head_mode = entry.index_mode = entry.disk_mode = k_mode_submodule;
  entry.head_id = entry.index_id = submodule.id;
  entry.path = submodule.path;
  return entry;
}

} // namespace

std::optional<Location> location_of_submodule(const Location& around, const std::string& path)
{
  const fs::path folder = fs::path(around.root) / path;
  std::error_code failed;
  if (!fs::is_directory(fs::symlink_status(folder, failed)) ||
      !fs::is_regular_file(fs::symlink_status(folder / ".git", failed)))
    return std::nullopt;
  const auto git_dir = own_git_folder(around, folder);
  if (!git_dir) return std::nullopt;
  Location there = location_of(*git_dir, folder.string(), around.id_size);
  take_environment(there);
  inspect(there);
  return there;
}

void look_at_submodules(const Plumbing& git, const std::vector<IndexEntry>& index, std::vector<StatusEntry>& status)
{
  for (const IndexEntry& submodule : index) {
    if (submodule.mode != k_mode_submodule || submodule.stage != 0) continue;
    const auto checkout = checkout_at(git.location(), submodule.path);
    if (!checkout) continue;
    StatusEntry& entry = entry_of(status, submodule);
    if (entry.unstaged != '.' && entry.unstaged != 'M') continue; // no folder any more
    entry.submodule_dirty = checkout->dirty;
    entry.submodule_moved = !checkout->head.absent() && checkout->head != submodule.id;
    entry.disk_id = checkout->head;
    entry.unstaged = entry.submodule_dirty || entry.submodule_moved ? 'M' : '.';
  }
  std::erase_if(status, [](const StatusEntry& entry) {
    return entry.submodule && entry.kind == StatusEntry::Kind::ordinary && entry.staged == '.' && entry.unstaged == '.';
  });
}

} // namespace sluice::git
