#include "adapters/git/attribute_changes.h"

#include "adapters/git/conversion.h"
#include "adapters/git/git_output.h"
#include "model/error.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace sluice::git {

namespace {

constexpr std::string_view k_attributes_file = ".gitattributes";

// git evaluates the attributes of a tree only from an index that holds it (`check-attr --source` is of git 2.40). This
// one lies outside of the repository, which is not written to.
class TreeIndex {
public:
  TreeIndex(const Plumbing& git, const std::string& tree) : folder_(make_folder()), git_(beside(git, folder_))
  {
    git_.output({"-c", "core.sparseCheckout=false", "read-tree", tree});
  }
  ~TreeIndex()
  {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TreeIndex(const TreeIndex&) = delete;
  TreeIndex& operator=(const TreeIndex&) = delete;

  std::vector<std::string> paths() const
  {
    std::vector<std::string> paths;
    const std::string listed = git_.output({"ls-files", "-z", "--cached", "--full-name"});
    for (const std::string_view path : split_records(listed)) paths.emplace_back(path);
    std::sort(paths.begin(), paths.end());
    return paths;
  }

  // By path, those that convert content; a path without any has no entry.
  std::unordered_map<std::string, std::string> conversions(const std::string& paths) const
  {
    const std::string output = git_.output({"check-attr", "-z", "--cached", "--stdin", "--all"}, paths);
    const std::vector<std::string_view> records = split_records(output); // path, attribute, value
    if (records.size() % 3 != 0) throw Error(ErrorKind::world, "git check-attr answers in another format");
    std::unordered_map<std::string, std::string> found;
    for (std::size_t i = 0; i < records.size(); i += 3) {
      if (!converts_content(records[i + 1])) continue;
      std::string& text = found[std::string(records[i])];
      text.append(records[i + 1]).append("=").append(records[i + 2]).append("\n");
    }
    return found;
  }

private:
  static std::string make_folder()
  {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-index-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw Error(ErrorKind::world, "cannot make a folder " + name);
    return name;
  }
  static Plumbing beside(const Plumbing& git, const std::string& folder)
  {
    Location location = git.location();
    location.index_file = folder + "/index";
    std::erase(location.unset, "GIT_INDEX_FILE");
    std::erase_if(location.environment, [](const std::string& set) { return set.starts_with("GIT_INDEX_FILE="); });
    location.environment.push_back("GIT_INDEX_FILE=" + location.index_file);
    return Plumbing(std::move(location), git.time_limit());
  }

  std::string folder_;
  Plumbing git_;
};

} // namespace

bool names_attributes_file(std::string_view path)
{
  return path.substr(path.rfind('/') + 1) == k_attributes_file;
}

std::vector<std::string> otherwise_converted(const Plumbing& git, const std::string& from, const std::string& to)
{
  const TreeIndex before(git, from), after(git, to);
  const std::vector<std::string> then = before.paths(), now = after.paths();
  std::vector<std::string> both, changed;
  std::set_intersection(then.begin(), then.end(), now.begin(), now.end(), std::back_inserter(both));
  std::string input;
  for (const std::string& path : both) input += path + '\0';
  auto were = before.conversions(input), are = after.conversions(input);
  for (const std::string& path : both)
    if (were[path] != are[path]) changed.push_back(path);
  return changed;
}

} // namespace sluice::git
