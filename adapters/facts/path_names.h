// Gives every path that a build tool writes the one name by which Facts knows it: relative to the repository's root
// below it, else absolute. Folders are resolved through symbolic links, each distinct one once; the last component is
// not, because a link and the file behind it are two things that can change.
// It reads folders' links from the disk and nothing else. Not thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace sluice::facts {

class PathNames {
public:
  // Both absolute; both are resolved.
  PathNames(const std::string& root, const std::string& directory);

  // The name of a path that is absolute or relative to the build folder.
  std::string name(std::string_view path);
  // The same for a path relative to some other folder.
  std::string name_from(std::string_view folder, std::string_view path);

  // If a name inside the repository is that of a symbolic link: the name of what it leads to, which may be another one.
  std::optional<std::string> link_target_of_name(std::string_view name);

  // The absolute path of a name.
  std::string absolute(std::string_view name) const;
  // The build folder, resolved.
  const std::string& directory() const { return directory_; }
  // A path relative to the build folder for what is inside it; nullopt for the rest.
  std::optional<std::string> relative_to_directory(std::string_view name) const;

private:
  std::string spelled(std::string_view path) const;
  const std::string& folder_prefix(std::string_view folder);
  std::string resolve(const std::string& path);
  std::string resolve(const std::string& path, int& links); // `links`: how many may still be followed
  std::string step(const std::string& parent, std::string_view component, int& links);
  std::string shorten(const std::string& absolute) const;
  bool is_link(const std::string& path);

  std::string root_;
  std::string directory_;
  std::unordered_map<std::string, std::string> prefixes_; // folder as spelled -> what a name in it begins with
  std::unordered_map<std::string, std::string> resolved_; // absolute folder -> without links
  // Absolute folder -> the links in it: one listing costs less than a question for each file.
  std::unordered_map<std::string, std::unordered_set<std::string>> links_;
};

} // namespace sluice::facts
