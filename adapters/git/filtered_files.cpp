#include "adapters/git/filtered_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string_view>

namespace sluice::git {

namespace {

constexpr std::size_t k_at_once = 500; // a command line has an end

// The part of stat() that the index keeps, as numbers of 32 bits.
struct Dates {
  unsigned changed = 0, changed_nanoseconds = 0, written = 0, written_nanoseconds = 0, inode = 0, size = 0;
  friend bool operator==(const Dates&, const Dates&) = default;
};

// A file system that knows seconds only cannot tell.
bool is_told_finely(const Dates& dates)
{
  return dates.changed_nanoseconds != 0 || dates.written_nanoseconds != 0;
}

std::optional<Dates> dates_on_disk(const std::string& file)
{
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return Dates{static_cast<unsigned>(status.st_ctim.tv_sec), static_cast<unsigned>(status.st_ctim.tv_nsec),
               static_cast<unsigned>(status.st_mtim.tv_sec), static_cast<unsigned>(status.st_mtim.tv_nsec),
               static_cast<unsigned>(status.st_ino),         static_cast<unsigned>(status.st_size)};
}

// "<path>\0  ctime: 1:2\n  mtime: 3:4\n  dev: 5\tino: 6\n  uid: 7\tgid: 8\n  size: 9\tflags: a\n" for each file; git
// may alter this form, and what is not understood is not known.
std::vector<std::pair<std::string, Dates>> parse_dates(std::string_view text)
{
  std::vector<std::pair<std::string, Dates>> found;
  while (!text.empty()) {
    const std::size_t path_end = text.find('\0');
    if (path_end == std::string_view::npos) break;
    const std::string path{text.substr(0, path_end)};
    text.remove_prefix(path_end + 1);
    std::size_t end = 0;
    for (int line = 0; line < 5 && end != std::string_view::npos; ++line)
      end = text.find('\n', line == 0 ? 0 : end + 1);
    if (end == std::string_view::npos) break;
    const std::string lines{text.substr(0, end)};
    text.remove_prefix(end + 1);
    Dates dates;
    unsigned ignored[3] = {};
    if (std::sscanf(lines.c_str(), " ctime: %u:%u mtime: %u:%u dev: %u ino: %u uid: %u gid: %u size: %u",
                    &dates.changed, &dates.changed_nanoseconds, &dates.written, &dates.written_nanoseconds, &ignored[0],
                    &dates.inode, &ignored[1], &ignored[2], &dates.size) == 9)
      found.emplace_back(path, dates);
  }
  return found;
}

// Those of `paths` that have one of the filters.
std::set<std::string> having_filters(const Plumbing& git, const std::vector<std::string>& filters,
                                     const std::vector<std::string>& paths)
{
  std::string input;
  for (const std::string& path : paths) input += path + '\0';
  const std::string output = git.output({"check-attr", "-z", "--stdin", "filter"}, input);
  const std::vector<std::string_view> records = split_records(output); // path, attribute, value
  std::set<std::string> having;
  for (std::size_t i = 0; i + 2 < records.size(); i += 3)
    if (std::find(filters.begin(), filters.end(), records[i + 2]) != filters.end()) having.emplace(records[i]);
  return having;
}

// Those of `paths` that lie on disk as they did when git wrote them.
std::set<std::string> untouched(const Plumbing& git, const std::vector<std::string>& paths)
{
  std::set<std::string> same;
  for (std::size_t at = 0; at < paths.size(); at += k_at_once) {
    std::vector<std::string> words{"--literal-pathspecs", "ls-files", "-z", "--debug", "--"};
    for (std::size_t i = at; i < std::min(at + k_at_once, paths.size()); ++i) words.push_back(paths[i]);
    for (auto& [path, dates] : parse_dates(git.output(std::move(words))))
      if (is_told_finely(dates) && dates_on_disk(git.location().root + "/" + path) == dates)
        same.insert(std::move(path));
  }
  return same;
}

bool is_content_change(const StatusEntry& entry)
{
  return (entry.kind == StatusEntry::Kind::ordinary || entry.kind == StatusEntry::Kind::renamed) &&
         entry.unstaged == 'M' && !entry.submodule && entry.index_mode == entry.disk_mode;
}

} // namespace

void settle_filtered_files(const Plumbing& git, const std::vector<std::string>& filters,
                           std::vector<StatusEntry>& status)
{
  std::vector<std::string> paths;
  for (const StatusEntry& entry : status)
    if (is_content_change(entry)) paths.push_back(entry.path);
  if (filters.empty() || paths.empty()) return;
  const std::set<std::string> having = having_filters(git, filters, paths);
  const std::set<std::string> same = untouched(git, {having.begin(), having.end()});
  for (StatusEntry& entry : status)
    if (is_content_change(entry) && same.contains(entry.path)) entry.unstaged = '.';
  std::erase_if(status, [&](const StatusEntry& entry) {
    return entry.kind == StatusEntry::Kind::ordinary && entry.staged == '.' && entry.unstaged == '.' &&
           same.contains(entry.path);
  });
}

std::optional<Filtered> first_filtered(const Plumbing& git, const std::vector<std::string>& filters)
{
  for (const std::string& filter : filters) {
    const std::string listed = git.output({"ls-files", "-z", "--", ":(top,attr:filter=" + filter + ")"});
    if (!listed.empty()) return Filtered{listed.substr(0, listed.find('\0')), filter};
  }
  return std::nullopt;
}

std::string filter_of(const Plumbing& git, const std::vector<std::string>& filters, const std::string& path)
{
  for (const std::string& filter : filters)
    if (having_filters(git, {filter}, {path}).contains(path)) return filter;
  return {};
}

} // namespace sluice::git
