#include "cli/build/named_inputs.h"

#include "model/path.h"

#include <algorithm>
#include <set>
#include <utility>

namespace sluice::cli {

namespace {

bool is_of_word(char byte)
{
  const auto value = static_cast<unsigned char>(byte);
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         value >= 0x80 || std::string_view("/._+-~").find(byte) != std::string_view::npos;
}

// "../../a/./b/" -> "a/b"
std::string_view trimmed(std::string_view word)
{
  while (word.ends_with('/')) word.remove_suffix(1);
  while (word.starts_with("./") || word.starts_with("../")) word.remove_prefix(word.find('/') + 1);
  return word;
}

bool ends_in(std::string_view path, std::string_view end)
{
  return path == end || (path.size() > end.size() && path.ends_with(end) && path[path.size() - end.size() - 1] == '/');
}

} // namespace

NamedInputs::NamedInputs(std::string root, const std::vector<std::string>& files) : root_(std::move(root))
{
  std::set<std::string> folders;
  for (const std::string& file : files) {
    const std::string name{last_component(file)};
    if (!std::all_of(name.begin(), name.end(), is_of_word)) odd_names_.push_back({file, false});
    places_.emplace(name, Place{file, false});
    for (std::size_t slash = file.rfind('/'); slash != std::string::npos && slash != 0;
         slash = file.rfind('/', slash - 1))
      if (!folders.insert(file.substr(0, slash)).second) break;
  }
  for (const std::string& folder : folders) places_.emplace(last_component(folder), Place{folder, true});
}

bool NamedInputs::is_named(std::string_view word, bool folders, const Counts& counts) const
{
  word = trimmed(word);
  const auto [begin, end] = places_.equal_range(std::string(last_component(word)));
  return std::any_of(begin, end, [&](const auto& named) {
    const auto& [path, folder] = named.second;
    if (folder && !folders) return false;
    const bool below_root = word.starts_with(root_ + "/");
    if (below_root ? word.substr(root_.size() + 1) != path
                   : !(word.starts_with('/') ? ends_in(word, path) : ends_in(path, word)))
      return false;
    return !counts || counts(path);
  });
}

bool NamedInputs::named_by(std::string_view command, bool folders, const Counts& counts) const
{
  for (std::size_t at = 0; at < command.size();) {
    std::size_t end = at;
    while (end < command.size() && is_of_word(command[end])) ++end;
    const std::string_view word = command.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (is_named(word, folders, counts)) return true;
    if (!word.starts_with('-')) continue;
    // "-Tscript.ld", "-L../folder", "-T/folder/script.ld"
    if (word.size() > 2 && is_named(word.substr(2), folders, counts)) return true;
    if (const std::size_t slash = word.find('/');
        slash != std::string_view::npos && is_named(word.substr(slash), folders, counts))
      return true;
  }
  return std::any_of(odd_names_.begin(), odd_names_.end(), [&](const Place& odd) {
    return command.find(last_component(odd.path)) != std::string_view::npos && (!counts || counts(odd.path));
  });
}

} // namespace sluice::cli
