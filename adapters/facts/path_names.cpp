#include "adapters/facts/path_names.h"

#include <array>
#include <climits>
#include <memory>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::facts {

namespace {

constexpr int k_most_links = 40; // of one path in sum, as the kernel counts

std::string read_link(const std::string& path)
{
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) return {};
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : std::string();
}

// Names of the symbolic links in a folder. An entry whose kind the file system does not tell counts as one: the caller
// looks closer.
std::unordered_set<std::string> links_in(const std::string& folder)
{
  std::unordered_set<std::string> links;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.empty() ? "/" : folder.c_str()), ::closedir);
  if (!listing) return links;
  while (const dirent* entry = ::readdir(listing.get())) {
    if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) links.insert(entry->d_name);
  }
  return links;
}

bool below(std::string_view path, std::string_view folder)
{
  return path.size() > folder.size() && path.starts_with(folder) && (folder == "/" || path[folder.size()] == '/');
}

std::string joined(std::string_view folder, std::string_view rest)
{
  std::string path(folder);
  if (path.empty() || path.back() != '/') path += '/';
  return path += rest;
}

} // namespace

PathNames::PathNames(const std::string& root, const std::string& directory)
{
  root_ = resolve(root);
  directory_ = resolve(directory);
}

std::string PathNames::spelled(std::string_view path) const
{
  return path.starts_with('/') ? std::string(path) : joined(directory_, path);
}

std::string PathNames::name(std::string_view path)
{
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (last.empty() || last == "." || last == "..") return shorten(resolve(spelled(path)));
  const std::string_view folder = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
  const std::string& prefix = folder_prefix(folder);
  std::string name;
  name.reserve(prefix.size() + last.size());
  return name.append(prefix).append(last);
}

std::string PathNames::name_from(std::string_view folder, std::string_view path)
{
  return name(path.starts_with('/') ? std::string(path) : joined(folder, path));
}

const std::string& PathNames::folder_prefix(std::string_view folder)
{
  std::string key(folder);
  if (const auto found = prefixes_.find(key); found != prefixes_.end()) return found->second;
  std::string prefix = shorten(resolve(spelled(folder)));
  if (prefix == ".") prefix.clear();
  else if (prefix.back() != '/') prefix += '/';
  return prefixes_.emplace(std::move(key), std::move(prefix)).first->second;
}

std::optional<std::string> PathNames::link_target_of_name(std::string_view name)
{
  if (name.starts_with('/')) return std::nullopt;
  const std::string file = absolute(name);
  if (!is_link(file)) return std::nullopt;
  const std::string target = read_link(file);
  if (target.empty()) return std::nullopt;
  std::string leads_to = name_from(file.substr(0, file.rfind('/')), target);
  if (leads_to == name) return std::nullopt;
  return leads_to;
}

bool PathNames::is_link(const std::string& path)
{
  const std::size_t slash = path.rfind('/');
  std::string folder = path.substr(0, slash);
  const auto [found, is_new] = links_.try_emplace(std::move(folder));
  if (is_new) found->second = links_in(found->first);
  return !found->second.empty() && found->second.contains(path.substr(slash + 1));
}

std::string PathNames::absolute(std::string_view name) const
{
  return name.starts_with('/') ? std::string(name) : joined(root_, name);
}

std::optional<std::string> PathNames::relative_to_directory(std::string_view name) const
{
  const std::string path = absolute(name);
  if (!below(path, directory_)) return std::nullopt;
  return path.substr(directory_ == "/" ? 1 : directory_.size() + 1);
}

std::string PathNames::resolve(const std::string& path)
{
  int links = k_most_links;
  return resolve(path, links);
}

// As the kernel walks: links are followed before the next component, so "link/.." is where the link leads.
std::string PathNames::resolve(const std::string& path, int& links)
{
  if (const auto found = resolved_.find(path); found != resolved_.end()) return found->second;
  std::string current = "/";
  std::string_view rest = path;
  // The longest folder that is known already is where to start.
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    const auto known = resolved_.find(path.substr(0, slash));
    if (known == resolved_.end()) continue;
    current = known->second;
    rest = std::string_view(path).substr(slash + 1);
    break;
  }
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    current = step(current, rest.substr(0, slash), links);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    const std::size_t left = slash == std::string_view::npos ? 0 : rest.size() + 1;
    resolved_.emplace(path.substr(0, path.size() - left), current);
  }
  return current;
}

std::string PathNames::step(const std::string& parent, std::string_view component, int& links)
{
  if (component.empty() || component == ".") return parent;
  if (component == "..") {
    const std::size_t slash = parent.rfind('/');
    return slash == 0 ? "/" : parent.substr(0, slash);
  }
  std::string path = joined(parent, component);
  if (path.size() >= PATH_MAX || links <= 0) return path;
  const std::string target = read_link(path);
  if (target.empty()) return path;
  --links;
  return resolve(target.starts_with('/') ? target : joined(parent, target), links);
}

std::string PathNames::shorten(const std::string& absolute) const
{
  if (absolute == root_) return ".";
  return below(absolute, root_) ? absolute.substr(root_ == "/" ? 1 : root_.size() + 1) : absolute;
}

} // namespace sluice::facts
