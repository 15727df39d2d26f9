#include "runner/sandbox/observe/record.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <utility>

namespace sluice::sandbox {

namespace {

constexpr std::uint64_t k_temporary_flag = O_TMPFILE & ~O_DIRECTORY;

// mkdir("a/") makes "a".
std::string_view without_slashes(std::string_view name)
{
  while (name.size() > 1 && name.back() == '/') name.remove_suffix(1);
  return name;
}

bool is_harmless_device(std::string_view name)
{
  constexpr std::array harmless{std::string_view("/dev/null"),    std::string_view("/dev/zero"),
                                std::string_view("/dev/full"),    std::string_view("/dev/random"),
                                std::string_view("/dev/urandom"), std::string_view("/dev/tty"),
                                std::string_view("/dev/ptmx")};
  return std::find(harmless.begin(), harmless.end(), name) != harmless.end() || name.starts_with("/dev/pts/") ||
         name == "/dev/fd" || name.starts_with("/dev/fd/"); // /dev/fd0 is a floppy disk
}

FollowLast follow_to_open(std::uint64_t flags)
{
  const bool exclusive = (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0;
  return (flags & O_NOFOLLOW) != 0 || exclusive ? FollowLast::no : FollowLast::yes;
}

} // namespace

bool only_reads(std::uint64_t open_flags)
{
  return (open_flags & (O_ACCMODE | O_CREAT | O_TRUNC | k_temporary_flag)) == O_RDONLY;
}

void Record::begin(const LaneView& view)
{
  tree_.begin(view);
  findings_.clear();
  gap_.clear();
  turns_ = 0;
}

void Record::find(FindingKind kind, std::string detail)
{
  // Of each kind so many: those of one must not crowd out those of another, which a rule may be about.
  Finding found{kind, std::move(detail)};
  if (findings_.contains(found)) return;
  const auto of_kind =
    std::count_if(findings_.begin(), findings_.end(), [&](const Finding& each) { return each.kind == kind; });
  if (static_cast<std::size_t>(of_kind) < k_most_observed_findings) findings_.insert(std::move(found));
  else gap(fmt::format("more than {} findings of kind {}", k_most_observed_findings, to_string(kind)));
}

void Record::gap(std::string_view why)
{
  if (gap_.empty()) gap_ = why;
}

const std::vector<NodeId>& Record::walk(const WalkStart& start, std::string_view name, FollowLast follow)
{
  return tree_.walk(start, name, follow);
}

void Record::asked(NodeId node)
{
  switch (tree_.kind(node)) {
  case Kind::absent:
    tree_.mark(node, mark_absent);
    return;
  case Kind::link:
    tree_.mark(node, mark_link);
    return;
  case Kind::folder:
  case Kind::file:
  case Kind::special:
  case Kind::closed:
    tree_.mark(node, mark_looked);
    return;
  case Kind::own:
  case Kind::kernel:
    return;
  }
}

void Record::read(NodeId node)
{
  if (tree_.kind(node) != Kind::file) asked(node);
  else if (!tree_.replaced(node)) tree_.mark(node, mark_read);
}

void Record::wrote(NodeId node)
{
  if (tree_.kind(node) == Kind::own || tree_.kind(node) == Kind::kernel) return;
  tree_.look_at_folder_of(node);
  if (tree_.may_write(node)) tree_.mark(node, mark_written);
  else find(FindingKind::outside_write, tree_.host_name(node));
}

// It fails where something is, so it depends on that.
void Record::made(NodeId node)
{
  asked(node);
  if (tree_.kind(node) == Kind::absent) wrote(node);
}

void Record::opened_device(std::string_view name)
{
  if (is_harmless_device(name)) return;
  struct stat status {};
  const std::string path(name);
  if (::stat(path.c_str(), &status) == 0 && (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)))
    find(FindingKind::device, path);
}

std::string Record::only_end(const WalkStart& start, std::string_view name, Kind kind)
{
  const std::vector<NodeId>& ends = walk(start, name, FollowLast::yes);
  return ends.size() == 1 && tree_.kind(ends.front()) == kind ? tree_.host_name(ends.front()) : std::string();
}

void Record::ask(const WalkStart& start, std::string_view name, FollowLast follow)
{
  for (const NodeId node : walk(start, name, follow)) asked(node);
}

void Record::opened_to_write(NodeId node, std::uint64_t flags)
{
  if (tree_.kind(node) == Kind::absent) {
    tree_.mark(node, mark_absent);
    if ((flags & O_CREAT) != 0) wrote(node);
    return;
  }
  if (tree_.kind(node) != Kind::file || ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0)) {
    asked(node);
    return;
  }
  if ((flags & O_TRUNC) == 0) {
    read(node); // what it held is still in it
  } else {
    if ((flags & O_CREAT) == 0) asked(node);
    tree_.replacing(node);
  }
  if ((flags & (O_ACCMODE | O_TRUNC)) != O_RDONLY) wrote(node);
}

void Record::opened(const std::vector<NodeId>& nodes, std::uint64_t flags)
{
  for (const NodeId node : nodes) {
    if ((flags & O_PATH) != 0) {
      asked(node);
      continue;
    }
    const Kind kind = tree_.kind(node);
    if (kind == Kind::kernel) opened_device(tree_.name(node));
    else if (kind == Kind::special) find(FindingKind::device, tree_.host_name(node));
    if (!only_reads(flags) && (flags & k_temporary_flag) == 0) opened_to_write(node, flags);
    else if (kind == Kind::folder && only_reads(flags)) tree_.mark(node, mark_listed);
    else if (kind == Kind::file && (flags & O_DIRECTORY) == 0) read(node);
    else asked(node);
  }
}

void Record::open(const WalkStart& start, std::string_view name, std::uint64_t flags)
{
  opened(walk(start, name, follow_to_open(flags)), flags);
}

void Record::ask_noted(const WalkStart& start, std::string_view name, FollowLast follow, std::optional<Kind> seen)
{
  for (const NodeId node : tree_.walk_noted(start, name, follow, seen)) asked(node);
}

void Record::open_noted(const WalkStart& start, std::string_view name, std::uint64_t flags)
{
  opened(tree_.walk_noted(start, name, follow_to_open(flags), std::nullopt), flags);
}

void Record::execute(const WalkStart& start, std::string_view name, FollowLast follow)
{
  for (const NodeId node : walk(start, name, follow)) read(node);
}

void Record::make(const WalkStart& start, std::string_view name)
{
  for (const NodeId node : walk(start, without_slashes(name), FollowLast::no)) made(node);
}

void Record::make_link(const WalkStart& start, std::string_view name, std::string_view target)
{
  const std::vector<NodeId> nodes = walk(start, without_slashes(name), FollowLast::no);
  for (const NodeId node : nodes) {
    made(node);
    if (tree_.made_link(node, target)) ++turns_;
  }
}

void Record::remove(const WalkStart& start, std::string_view name)
{
  for (const NodeId node : walk(start, without_slashes(name), FollowLast::no)) {
    asked(node);
    if (tree_.kind(node) == Kind::absent) continue;
    if (tree_.kind(node) == Kind::folder) tree_.mark(node, mark_listed); // only an empty one goes
    tree_.replacing(node);
    wrote(node);
  }
}

void Record::alter(const WalkStart& start, std::string_view name, FollowLast follow)
{
  for (const NodeId node : walk(start, name, follow)) {
    asked(node);
    if (tree_.kind(node) != Kind::absent) wrote(node);
  }
}

void Record::cut(const WalkStart& start, std::string_view name)
{
  for (const NodeId node : walk(start, name, FollowLast::yes)) {
    read(node);
    if (tree_.kind(node) != Kind::absent) wrote(node);
  }
}

void Record::connect(const WalkStart& start, std::string_view name)
{
  for (const NodeId node : walk(start, name, FollowLast::yes)) {
    asked(node);
    if (tree_.kind(node) == Kind::special) find(FindingKind::network, std::string(k_unix_socket) + tree_.host_name(node));
  }
}

void Record::link(const End& from, FollowLast follow, const End& to)
{
  const std::vector<NodeId> old_names = walk(from.start, from.name, follow);
  for (const NodeId node : old_names) read(node);
  const std::vector<NodeId> new_names = walk(to.start, without_slashes(to.name), FollowLast::no);
  for (const NodeId node : new_names) {
    made(node);
    for (const NodeId old_name : old_names)
      if (tree_.moved(old_name, node)) ++turns_;
  }
}

void Record::rename(const End& from, const End& to)
{
  const std::vector<NodeId> old_names = walk(from.start, without_slashes(from.name), FollowLast::no);
  for (const NodeId node : old_names) {
    read(node);
    if (tree_.kind(node) == Kind::folder)
      gap(fmt::format("it renamed a folder that was there before: {}", tree_.host_name(node)));
    if (tree_.kind(node) == Kind::absent) continue;
    tree_.replacing(node);
    wrote(node);
  }
  const std::vector<NodeId> new_names = walk(to.start, without_slashes(to.name), FollowLast::no);
  for (const NodeId node : new_names) {
    asked(node);
    if (tree_.kind(node) == Kind::folder) tree_.mark(node, mark_listed);
    tree_.replacing(node);
    wrote(node);
    for (const NodeId old_name : old_names)
      if (tree_.moved(old_name, node)) ++turns_;
  }
}

Observation Record::report() const
{
  Observation observation;
  observation.incomplete = gap_.empty() ? tree_.gap() : gap_;
  tree_.report(observation);
  observation.findings.assign(findings_.begin(), findings_.end());
  return observation;
}

} // namespace sluice::sandbox
