#include "adapters/git/working_tree.h"

#include "adapters/git/conversion.h"
#include "adapters/git/filtered_files.h"
#include "adapters/git/hidden_files.h"
#include "adapters/git/submodules.h"
#include "model/error.h"

#include <sys/stat.h>

#include <cstddef>
#include <fstream>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

namespace sluice::git {

namespace {

constexpr int k_looks = 5;

// Changes whenever git replaces the index.
using Stamp = std::tuple<ino_t, off_t, time_t, long>;

Stamp stamp_of(const std::string& path)
{
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

// The bytes of a file, without a pass that clears the memory first; empty when there is no such file.
struct FileContent {
  std::unique_ptr<char[]> memory;
  std::size_t size = 0;
  std::string_view view() const { return {memory.get(), size}; }
};

FileContent content_of(const std::string& path)
{
  FileContent content;
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return content;
  content.size = static_cast<std::size_t>(in.tellg());
  content.memory = std::make_unique_for_overwrite<char[]>(content.size);
  in.seekg(0);
  in.read(content.memory.get(), static_cast<std::streamsize>(content.size));
  if (!in) content.size = 0;
  return content;
}

// Those that changed just before the index was written.
void mark_too_new(std::vector<IndexEntry>& entries, time_t written)
{
  for (IndexEntry& entry : entries) entry.too_new = static_cast<time_t>(entry.changed_at) + 1 >= written;
}

std::vector<IndexEntry> read_index(const Plumbing& git, Wanted wanted)
{
  const Location& location = git.location();
  const FileContent bytes = content_of(location.index_file);
  if (auto entries = parse_index(bytes.view(), location.id_size, wanted)) {
    mark_too_new(*entries, std::get<2>(stamp_of(location.index_file)));
    return std::move(*entries);
  }
  if (bytes.size == 0 && stamp_of(location.index_file) == Stamp{}) return {}; // nothing was ever staged
  std::vector<IndexEntry> entries = parse_index_listing(git.output({"ls-files", "-s", "-v", "-z"}));
  if (wanted == Wanted::special_entries)
    std::erase_if(entries, [](const IndexEntry& entry) { return !is_special(entry); });
  return entries;
}

Status read_status(const Plumbing& git)
{
  const char* renames = git.location().partial ? "--find-renames=100%" : "--find-renames";
  return parse_status(git.output({"status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind",
                                  "--untracked-files=all", "--ignore-submodules=dirty", renames}));
}

bool is_permission_change(const StatusEntry& entry)
{
  return entry.kind == StatusEntry::Kind::ordinary && entry.unstaged == 'M' && !entry.submodule &&
         entry.index_mode != entry.disk_mode && type_of_mode(entry.index_mode) == type_of_mode(entry.disk_mode);
}

// git reports "mode or content differ" in one letter; where the content is what the index says, the letter goes.
void settle_permission_changes(const Plumbing& git, std::vector<StatusEntry>& status)
{
  std::vector<StatusEntry*> candidates;
  std::vector<std::string> paths;
  for (StatusEntry& entry : status) {
    if (!is_permission_change(entry)) continue;
    candidates.push_back(&entry);
    paths.push_back(entry.path);
  }
  const std::vector<Digest> ids = blob_ids(git, paths);
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (!ids[i].absent() && ids[i] == candidates[i]->index_id) candidates[i]->unstaged = '.';
}

} // namespace

WorkingTree look_at_working_tree(const Plumbing& git, Wanted wanted)
{
  WorkingTree tree;
  tree.settings = parse_settings(git.output({"config", "-z", "--list"}));
  const std::vector<std::string> filters = filter_names(tree.settings);
  const Plumbing quiet = git.without_filters(filters);
  const std::string& index_file = git.location().index_file;
  for (int look = 0; look < k_looks; ++look) {
    const Stamp before = stamp_of(index_file);
    Status status = read_status(quiet);
    tree.index = read_index(quiet, wanted);
    if (stamp_of(index_file) != before) continue;
    tree.head = std::move(status.head);
    tree.status = std::move(status.entries);
    settle_permission_changes(quiet, tree.status);
    settle_filtered_files(quiet, filters, tree.status);
    look_at_submodules(quiet, tree.index, tree.status);
    for (StatusEntry& entry : hidden_changes(quiet, tree.index)) tree.status.push_back(std::move(entry));
    return tree;
  }
  throw Error(ErrorKind::world, "git's index kept changing while it was read", "wait for other git commands to end");
}

} // namespace sluice::git
