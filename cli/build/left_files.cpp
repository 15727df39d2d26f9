#include "cli/build/left_files.h"

#include "model/entries.h"
#include "model/path.h"
#include "policy/test_direction.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <set>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_bytecode = "__pycache__";

// Ends of files that are run, or loaded by what runs tests, as they are. What is compiled is the build's to make.
constexpr std::array<std::string_view, 21> k_scripts{".py",  ".js",  ".mjs", ".cjs", ".jsx", ".ts",   ".mts",
                                                     ".cts", ".tsx", ".rb",  ".pl",  ".pm",  ".t",    ".php",
                                                     ".lua", ".r",   ".R",   ".jl",  ".sh",  ".bats", ".bash"};

class LeftFiles {
public:
  LeftFiles(const Project& project, const std::vector<git::TreeFile>& files) : project_(project)
  {
    for (const git::TreeFile& file : files)
      if (file.tracked) tracked_.insert(file.path);
  }

  // Calls `found` with each entry that is not of the tree and lies in one of its folders, or in a hidden folder or one
  // of bytecode there; a link is an entry whatever it leads to. What is called may remove the entry.
  void visit(const std::function<void(const std::string& name, bool folder)>& found) const { visit("", found); }

private:
  bool holds_tracked(const std::string& folder) const
  {
    const auto next = tracked_.lower_bound(folder + "/");
    return next != tracked_.end() && next->starts_with(folder + "/");
  }
  bool is_ours(const std::string& path) const
  {
    return path == project_.state || path == project_.root + "/.git" || path == project_.build_directory;
  }
  void visit(const std::string& folder, const std::function<void(const std::string&, bool)>& found) const
  {
    std::vector<std::pair<std::string, bool>> entries;
    const std::string path = folder.empty() ? project_.root : project_.root + "/" + folder;
    std::error_code failed;
    for (const auto& each : sluice::entries(fs::directory_iterator(path, failed), failed)) {
      std::error_code gone;
      const bool is_folder = each.symlink_status(gone).type() == fs::file_type::directory;
      if (!is_ours(each.path().string())) entries.emplace_back(each.path().filename().string(), is_folder);
    }
    const bool in_tree = folder.empty() || holds_tracked(folder);
    for (const auto& [entry, is_folder] : entries) {
      const std::string name = folder.empty() ? entry : folder + "/" + entry;
      if (is_folder && holds_tracked(name)) visit(name, found);
      else if (!tracked_.contains(name)) {
        found(name, is_folder);
        if (is_folder && in_tree && entry.starts_with('.')) visit(name, found);
      }
    }
  }

  const Project& project_;
  std::set<std::string> tracked_;
};

bool is_script(std::string_view name)
{
  return std::any_of(k_scripts.begin(), k_scripts.end(), [&](std::string_view end) { return name.ends_with(end); });
}

} // namespace

std::vector<std::string> left_to_direct_tests(const Project& project, const std::vector<git::TreeFile>& files,
                                              const Policy& policy, const std::vector<policy::TestFiles>& listings)
{
  std::vector<std::string> left;
  LeftFiles(project, files).visit([&](const std::string& name, bool folder) {
    if (folder) return;
    const bool is_test = std::any_of(listings.begin(), listings.end(), [&](const policy::TestFiles& tests) {
      return policy::is_kind(name, FileKind::test, policy, tests);
    });
    if (policy::direction_of(name) != policy::TestDirection::none || (is_test && is_script(name)) ||
        name.ends_with(".pyc") || last_component(name) == k_bytecode)
      left.push_back(name);
  });
  std::sort(left.begin(), left.end());
  return left;
}

void remove_left_bytecode(const Project& project, const std::vector<git::TreeFile>& files)
{
  LeftFiles(project, files).visit([&](const std::string& name, bool folder) {
    std::error_code ignored; // then it is there, and the next look finds it
    if (folder && last_component(name) == k_bytecode) fs::remove_all(project.root + "/" + name, ignored);
  });
}

} // namespace sluice::cli
