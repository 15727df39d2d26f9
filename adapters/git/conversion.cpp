#include "adapters/git/conversion.h"

#include "adapters/git/attribute_changes.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace sluice::git {

namespace {

// Attributes that make git change content between the repository and the disk (gitattributes(5)).
constexpr std::array k_attributes = {"text", "eol", "crlf", "ident", "filter", "working-tree-encoding"};
// Paths whose bytes git never changes: no such attribute at all, or an explicit "-text" (which "binary" implies).
constexpr const char* k_verbatim_unspecified = ":(attr:!text !eol !crlf !ident !filter !working-tree-encoding)";
constexpr const char* k_verbatim_binary = ":(attr:-text !eol !crlf !ident !filter !working-tree-encoding)";
constexpr std::string_view k_attributes_file = ".gitattributes";

// False only when the file can be read and says nothing that converts content.
bool may_convert(const std::string& file)
{
  constexpr std::uintmax_t k_longest = 16 << 20;
  std::error_code failed;
  // A device or a pipe in its place would never end.
  if (!std::filesystem::is_regular_file(file, failed) || std::filesystem::file_size(file, failed) > k_longest)
    return true;
  std::ifstream in(file, std::ios::binary);
  if (!in) return true;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return std::any_of(k_attributes.begin(), k_attributes.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

bool exists(const std::string& path)
{
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// Files outside the tree that git reads attributes from.
std::vector<std::string> outer_attribute_files(const Plumbing& git, const std::vector<Setting>& settings)
{
  std::vector<std::string> files = {git.location().common_dir + "/info/attributes", "/etc/gitattributes"};
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (config && *config) files.push_back(std::string(config) + "/git/attributes");
  else if (home) files.push_back(std::string(home) + "/.config/git/attributes");
  for (const Setting& setting : settings) {
    if (setting.name != "core.attributesfile") continue;
    const bool in_home = setting.value.rfind("~/", 0) == 0 && home;
    files.push_back(in_home ? home + setting.value.substr(1) : setting.value);
  }
  return files;
}

bool any_conversion(const Plumbing& git, const std::vector<Setting>& settings, const std::vector<IndexEntry>& index,
                    const std::vector<StatusEntry>& status)
{
  const std::string& root = git.location().root;
  const auto converts = [&](const std::string& path) {
    return names_attributes_file(path) && may_convert(root + "/" + path);
  };
  for (const IndexEntry& entry : index)
    if (converts(entry.path)) return true;
  for (const StatusEntry& entry : status)
    if (converts(entry.path)) return true;
  std::vector<std::string> others = outer_attribute_files(git, settings);
  others.push_back(root + "/" + std::string(k_attributes_file)); // may be ignored and still counts
  return std::any_of(others.begin(), others.end(),
                     [](const std::string& file) { return exists(file) && may_convert(file); });
}

// core.autocrlf converts every file that does not look binary.
bool converts_line_endings(const std::vector<Setting>& settings)
{
  std::string value;
  for (const Setting& setting : settings)
    if (setting.name == "core.autocrlf") value = setting.value;
  return !is_no(value);
}

} // namespace

bool converts_content(std::string_view attribute)
{
  return std::find(k_attributes.begin(), k_attributes.end(), attribute) != k_attributes.end();
}

Conversions::Conversions(Extent extent, std::string_view verbatim) : extent_(extent)
{
  for (const std::string_view path : split_records(verbatim)) verbatim_.emplace_back(path);
}

bool Conversions::apply_to(std::string_view path) const
{
  return extent_ == Extent::all_but_listed && !std::binary_search(verbatim_.begin(), verbatim_.end(), path);
}

Conversions find_conversions(const Plumbing& git, const std::vector<Setting>& settings,
                             const std::vector<IndexEntry>& index, const std::vector<StatusEntry>& status)
{
  if (converts_line_endings(settings)) return Conversions(Conversions::Extent::all_but_listed);
  if (!any_conversion(git, settings, index, status)) return Conversions(Conversions::Extent::nothing);
  // git matches attributes itself while it lists: twelve times cheaper than `git check-attr` for every path.
  return Conversions(Conversions::Extent::all_but_listed,
                     git.output({"ls-files", "-z", "--", k_verbatim_unspecified, k_verbatim_binary}));
}

std::vector<std::string> filter_names(const std::vector<Setting>& settings)
{
  constexpr std::string_view prefix = "filter.";
  std::vector<std::string> names;
  for (const Setting& setting : settings) {
    const std::size_t end = setting.name.rfind('.');
    if (setting.name.rfind(prefix, 0) != 0 || end < prefix.size()) continue;
    // `git -c` cannot name a subsection with '=' in it; no real driver has one.
    std::string name = setting.name.substr(prefix.size(), end - prefix.size());
    if (name.find('=') == std::string::npos) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

} // namespace sluice::git
