#include "adapters/git/repository.h"
#include "adapters/git/submodules.h"
#include "model/error.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sluice::git {

namespace {

namespace fs = std::filesystem;

// All that lies there, for a checkout that no git can be asked about.
std::vector<TreeFile> walk(const std::string& folder)
{
  std::vector<TreeFile> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, failed), end;
       !failed && at != end; at.increment(failed)) {
    std::error_code gone;
    if (at->path().filename() == ".git") {
      at.disable_recursion_pending();
      continue;
    }
    const fs::file_status status = at->symlink_status(gone);
    if (gone || fs::is_directory(status)) continue;
    TreeFile file;
    file.path = at->path().lexically_relative(folder).string();
    file.tracked = false;
    file.link = fs::is_symlink(status);
    file.executable = fs::is_regular_file(status) && (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
    files.push_back(std::move(file));
  }
  return files;
}

// Only a submodule whose folder of git is ours is asked: any other repository may be a build's, whose index vouches for
// what it likes and whose configuration names programs.
std::vector<TreeFile> files_below(const Location& around, const std::string& folder)
{
  std::error_code failed;
  if (!git_folder_of_submodule(around, folder)) return walk(folder);
  try {
    const Repository inner = Repository::open(folder);
    if (!fs::equivalent(inner.root(), folder, failed)) return walk(folder);
    std::vector<TreeFile> files = inner.files();
    for (std::size_t i = 0, own = files.size(); i < own; ++i) {
      if (!files[i].repository) continue;
      std::vector<TreeFile> deeper = inner.files_in(files[i]);
      files.insert(files.end(), std::move_iterator(deeper.begin()), std::move_iterator(deeper.end()));
    }
    return files;
  } catch (const Error&) {
    return walk(folder);
  }
}

} // namespace

std::vector<TreeFile> Repository::files_in(const TreeFile& repository) const
{
  std::vector<TreeFile> files = files_below(location(), root() + "/" + repository.path);
  for (TreeFile& file : files) file.path.insert(0, repository.path + "/");
  std::sort(files.begin(), files.end(), [](const TreeFile& a, const TreeFile& b) { return a.path < b.path; });
  return files;
}

} // namespace sluice::git
