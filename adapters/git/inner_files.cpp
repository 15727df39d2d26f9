#include "adapters/git/inner_files.h"

#include "adapters/git/submodules.h"
#include "adapters/git/tree_files.h"
#include "adapters/git/working_tree.h"
#include "model/error.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace sluice::git {

namespace {

namespace fs = std::filesystem;

// All that lies there.
std::vector<TreeFile> walk(const std::string& folder)
{
  std::vector<TreeFile> files;
  std::error_code failed;
  if (!fs::is_directory(fs::symlink_status(folder, failed))) return files; // a link leads out of the tree
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

std::vector<TreeFile> ask(Location location)
{
  const Plumbing git(std::move(location));
  std::vector<TreeFile> files = files_of(git, look_at_working_tree(git, Wanted::every_entry));
  for (std::size_t i = 0, own = files.size(); i < own; ++i) {
    if (!files[i].repository) continue;
    std::vector<TreeFile> deeper = files_in(git, files[i].path);
    files.insert(files.end(), std::move_iterator(deeper.begin()), std::move_iterator(deeper.end()));
  }
  return files;
}

} // namespace

std::vector<TreeFile> files_in(const Plumbing& git, const std::string& path)
{
  std::vector<TreeFile> files;
  try {
    auto location = location_of_submodule(git.location(), path);
    files = location ? ask(std::move(*location)) : walk(git.location().root + "/" + path);
  } catch (const Error&) {
    files = walk(git.location().root + "/" + path);
  }
  for (TreeFile& file : files) file.path.insert(0, path + "/");
  std::sort(files.begin(), files.end(), [](const TreeFile& a, const TreeFile& b) { return a.path < b.path; });
  return files;
}

} // namespace sluice::git
