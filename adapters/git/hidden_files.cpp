#include "adapters/git/hidden_files.h"
#include "adapters/git/index_file.h"

#include <sys/stat.h>

#include <string_view>

namespace sluice::git {

namespace {

// git hash-object --stdin-paths reads one path a line and takes a line that starts with '"' for a quoted one.
std::string quoted(const std::string& path)
{
  std::string text = "\"";
  for (const char c : path) {
    if (c == '\n') text += "\\n";
    else {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text + "\"\n";
}

std::uint32_t mode_of(const struct stat& status)
{
  if (S_ISLNK(status.st_mode)) return k_mode_link;
  if (S_ISDIR(status.st_mode)) return k_mode_submodule;
  return (status.st_mode & S_IXUSR) ? k_mode_executable : k_mode_file;
}

// Knows which folders are absent, so that a sparse checkout does not cost a look at each file it leaves out.
class Disk {
public:
  explicit Disk(const std::string& root) : root_(root + "/") {}

  bool find(const std::string& path, struct stat& status)
  {
    if (!absent_folder_.empty() && path.compare(0, absent_folder_.size(), absent_folder_) == 0) return false;
    if (::lstat((root_ + path).c_str(), &status) == 0) return true;
    note_absent_folder(path);
    return false;
  }

private:
  // Remembers the topmost folder of `path` that does not exist. The index is sorted: one memory is enough.
  void note_absent_folder(const std::string& path)
  {
    struct stat status {};
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
      if (::lstat((root_ + path.substr(0, end)).c_str(), &status) == 0) continue;
      absent_folder_ = path.substr(0, end + 1);
      return;
    }
  }

  std::string root_;
  std::string absent_folder_;
};

StatusEntry difference(const IndexEntry& entry, std::uint32_t disk_mode)
{
  StatusEntry status;
  status.unstaged = disk_mode ? 'M' : 'D';
  status.submodule = entry.mode == k_mode_submodule;
  status.submodule_dirty = status.submodule;
  status.head_mode = entry.mode;
  status.index_mode = entry.mode;
  status.disk_mode = disk_mode;
  status.head_id = entry.id;
  status.index_id = entry.id;
  status.path = entry.path;
  return status;
}

} // namespace

std::vector<Digest> blob_ids(const Plumbing& git, const std::vector<std::string>& paths)
{
  std::vector<Digest> ids(paths.size());
  if (paths.empty()) return ids;
  std::string input;
  for (const std::string& path : paths) input += quoted(path);
  const process::CommandResult result = git.ask({"hash-object", "--no-filters", "--stdin-paths"}, std::move(input));
  if (result.exit_code != 0) return ids;
  std::vector<Digest> found;
  std::string_view text = result.output;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    found.push_back(digest_from_hex(text.substr(0, end)).value_or(Digest{}));
    text.remove_prefix(end + 1);
  }
  return found.size() == paths.size() ? found : ids;
}

std::vector<StatusEntry> hidden_changes(const Plumbing& git, const std::vector<IndexEntry>& index)
{
  Disk disk(git.location().root);
  std::vector<StatusEntry> changes;
  std::vector<const IndexEntry*> unsure;
  std::vector<std::string> paths;
  for (const IndexEntry& entry : index) {
    if (!is_hidden(entry)) continue;
    struct stat status {};
    if (!disk.find(entry.path, status)) {
      if (!entry.skip_worktree) changes.push_back(difference(entry, 0));
      continue;
    }
    const std::uint32_t mode = mode_of(status);
    if (entry.mode == k_mode_submodule) {
      struct stat checkout {};
      if (mode != k_mode_submodule || disk.find(entry.path + "/.git", checkout))
        changes.push_back(difference(entry, mode));
    } else if (mode != entry.mode || !S_ISREG(status.st_mode)) changes.push_back(difference(entry, mode));
    else {
      unsure.push_back(&entry);
      paths.push_back(entry.path);
    }
  }
  const std::vector<Digest> ids = blob_ids(git, paths);
  for (std::size_t i = 0; i < unsure.size(); ++i)
    if (ids[i] != unsure[i]->id) changes.push_back(difference(*unsure[i], unsure[i]->mode));
  return changes;
}

} // namespace sluice::git
