#include "adapters/git/tree_files.h"

#include "adapters/git/conversion.h"
#include "adapters/git/index_file.h"
#include "model/error.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sluice::git {

namespace {

using StatusByPath = std::unordered_map<std::string_view, const StatusEntry*>;

bool on_disk(const std::string& root, const std::string& path, struct stat& status)
{
  return ::lstat((root + "/" + path).c_str(), &status) == 0;
}

StatusByPath tracked_by_path(const std::vector<StatusEntry>& status)
{
  StatusByPath entries;
  // Entries found behind git's back come last and hold.
  for (const StatusEntry& entry : status)
    if (entry.kind != StatusEntry::Kind::untracked) entries[entry.path] = &entry;
  return entries;
}

// The commit that is checked out in a submodule; absent when it cannot stand for the files that lie there.
Digest checked_out(const std::string& root, const IndexEntry& entry, const StatusEntry* status)
{
  struct stat ignored {};
  if (!on_disk(root, entry.path + "/.git", ignored)) return {}; // never initialised: an empty folder
  if (!status) return is_hidden(entry) ? Digest{} : entry.id;
  if (status->submodule_dirty) return {};
  if (!status->submodule_moved) return status->unstaged == '.' ? entry.id : Digest{};
  return status->disk_id;
}

class Lister {
public:
  Lister(const std::string& root, const Conversions& conversions, const StatusByPath& changed, bool tells_modes)
    : root_(root), conversions_(conversions), changed_(changed), tells_modes_(tells_modes)
  {
  }

  // nullopt: not on disk.
  std::optional<TreeFile> tracked(IndexEntry& entry) const
  {
    const auto found = changed_.empty() ? changed_.end() : changed_.find(entry.path);
    const StatusEntry* status = found == changed_.end() ? nullptr : found->second;
    struct stat ignored {};
    if (status ? status->disk_mode == 0 : is_hidden(entry) && !on_disk(root_, entry.path, ignored)) return std::nullopt;
    TreeFile file;
    const std::uint32_t mode = status ? status->disk_mode : entry.mode;
    file.executable = mode == k_mode_executable;
    file.link = mode == k_mode_link;
    file.repository = entry.mode == k_mode_submodule;
    if (file.repository) file.digest = checked_out(root_, entry, status);
    else if (!tells_modes_) take_mode_of_disk(entry.path, file);
    else if (vouched_for(entry, status)) file.digest = entry.id;
    file.path = std::move(entry.path);
    return file;
  }

  std::optional<TreeFile> untracked(const StatusEntry& entry) const
  {
    TreeFile file;
    file.path = entry.path;
    file.repository = file.path.size() > 1 && file.path.back() == '/';
    if (file.repository) file.path.pop_back();
    file.tracked = false;
    struct stat status {};
    if (!on_disk(root_, file.path, status)) return std::nullopt;
    file.executable = S_ISREG(status.st_mode) && (status.st_mode & S_IXUSR);
    file.link = S_ISLNK(status.st_mode);
    return file;
  }

private:
  void take_mode_of_disk(const std::string& path, TreeFile& file) const
  {
    struct stat status {};
    if (!on_disk(root_, path, status)) return;
    file.executable = S_ISREG(status.st_mode) && (status.st_mode & S_IXUSR);
    file.link = S_ISLNK(status.st_mode);
  }
  bool vouched_for(const IndexEntry& entry, const StatusEntry* status) const
  {
    if (is_hidden(entry) || entry.stage != 0 || entry.too_new) return false;
    if (status && (status->kind == StatusEntry::Kind::unmerged || status->unstaged != '.')) return false;
    return entry.mode == k_mode_link || !conversions_.apply_to(entry.path);
  }

  const std::string& root_;
  const Conversions& conversions_;
  const StatusByPath& changed_;
  const bool tells_modes_;
};

// Where git was told that modes mean nothing here (WSL, exFAT, mounts of containers), it calls a file unchanged that is
// not executable any more, or a text that stands for a link.
bool tells_modes(const std::vector<Setting>& settings)
{
  std::map<std::string_view, std::string_view> last; // the last one holds
  for (const Setting& setting : settings)
    if (setting.name == "core.filemode" || setting.name == "core.symlinks") last[setting.name] = setting.value;
  return std::none_of(last.begin(), last.end(), [](const auto& setting) { return is_no(setting.second); });
}

bool by_path(const TreeFile& a, const TreeFile& b)
{
  return a.path < b.path;
}

} // namespace

std::vector<TreeFile> files_of(const Plumbing& git, WorkingTree tree)
{
  const Conversions conversions = find_conversions(git, tree.settings, tree.index, tree.status);
  const StatusByPath changed = tracked_by_path(tree.status);
  const Lister lister(git.location().root, conversions, changed, tells_modes(tree.settings));

  std::vector<TreeFile> files;
  files.reserve(tree.index.size());
  for (IndexEntry& entry : tree.index) {
    // An unmerged path has one entry for each stage.
    if (entry.stage != 0 && !files.empty() && files.back().path == entry.path) continue;
    if (auto file = lister.tracked(entry)) files.push_back(std::move(*file));
  }
  const auto middle = static_cast<std::ptrdiff_t>(files.size());
  for (const StatusEntry& entry : tree.status) {
    if (entry.kind != StatusEntry::Kind::untracked) continue;
    if (auto file = lister.untracked(entry)) files.push_back(std::move(*file));
  }
  std::sort(files.begin() + middle, files.end(), by_path);
  std::inplace_merge(files.begin(), files.begin() + middle, files.end(), by_path);
  return files;
}

} // namespace sluice::git
