#include "runner/sandbox/observe/lower_tree.h"

#include "runner/sandbox/observe/tracee.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sluice::sandbox {

namespace {

constexpr int k_most_links = 40;         // as the kernel
constexpr std::size_t k_most_ways = 256; // through links that the batch made
constexpr std::string_view k_deleted = " (deleted)";

// Whole components: "/a" is above "/a/b" and "/a", not above "/ab". "" is above everything.
bool is_above(std::string_view folder, std::string_view name)
{
  return name.size() >= folder.size() && name.compare(0, folder.size(), folder) == 0 &&
         (name.size() == folder.size() || name[folder.size()] == '/');
}

std::string without_slash(std::string text)
{
  while (!text.empty() && text.back() == '/') text.pop_back();
  return text;
}

bool is_number(std::string_view text)
{
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view take_component(std::string_view& text)
{
  const std::string_view component = text.substr(0, text.find('/'));
  text.remove_prefix(component.size());
  return component;
}

std::string read_link(const std::string& path)
{
  std::array<char, k_path_max> text;
  const ssize_t size = ::readlink(path.c_str(), text.data(), text.size());
  return size <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

Kind kind_of(mode_t mode)
{
  if (S_ISDIR(mode)) return Kind::folder;
  if (S_ISREG(mode)) return Kind::file;
  return S_ISLNK(mode) ? Kind::link : Kind::special;
}

} // namespace

std::string magic_link(std::string_view name, pid_t pid)
{
  constexpr std::string_view proc = "/proc/";
  if (pid == 0 || name.substr(0, proc.size()) != proc) return {};
  std::string_view rest = name.substr(proc.size());
  const std::string_view who = take_component(rest);
  const bool self = who == "self" || who == "thread-self";
  if (!self && !is_number(who)) return {};
  const std::string_view below = rest; // "/fd/3", "/task/5/cwd"
  std::string_view thread;
  if (rest.substr(0, 6) == "/task/") {
    rest.remove_prefix(6);
    thread = take_component(rest);
    if (!is_number(thread)) return {};
  }
  const bool magic =
    rest == "/cwd" || rest == "/root" || rest == "/exe" || (rest.substr(0, 4) == "/fd/" && is_number(rest.substr(4)));
  if (!magic) return {};
  // Numbers of other processes and of threads are those of the lane's own /proc, which knows threads by name, too.
  if (self && !thread.empty()) return fmt::format("/proc/{}/root/proc/{}{}", pid, thread, rest);
  return self ? fmt::format("/proc/{}{}", pid, below) : fmt::format("/proc/{}/root/proc/{}{}", pid, who, below);
}

// What a walk has before it.
struct LowerTree::Step {
  const WalkStart& start;
  FollowLast follow;
  int links;
  std::string folder;    // where it is
  std::string text;      // holds `rest`
  std::string_view rest; // what is left of the name

  void lead_to(std::string_view where, std::string_view target)
  {
    std::string next(target);
    next.append(rest);
    folder.assign(target.front() == '/' ? start.root : where);
    text.swap(next);
    rest = text;
    ++links;
  }
};

void LowerTree::begin(const LaneView& view)
{
  if (!view_ || owned_view_ != view) see(view);
  names_.clear();
  nodes_.clear();
  made_links_.clear();
  replacing_.clear();
  gap_.clear();
  noted_ = {};
}

void LowerTree::see(const LaneView& view)
{
  owned_view_ = view;
  view_ = &owned_view_;
  areas_ = {{"/proc", Area::What::kernel}, {"/sys", Area::What::kernel}, {"/dev", Area::What::kernel}};
  areas_.push_back({"/dev/shm", Area::What::place, std::string::npos});
  for (const std::string& folder : view.private_folders) areas_.push_back({without_slash(folder), Area::What::own});
  for (std::size_t i = 0; i < view.places.size(); ++i)
    areas_.push_back({without_slash(view.places[i].inside), Area::What::place, i});
  has_other_names_ = std::any_of(view.places.begin(), view.places.end(), [](const LaneView::Place& place) {
    return without_slash(place.host) != without_slash(place.inside);
  });
  // Of two with the same name the later one wins: what the view says over what is built in.
  std::reverse(areas_.begin(), areas_.end());
  std::stable_sort(areas_.begin(), areas_.end(),
                   [](const Area& a, const Area& b) { return a.inside.size() > b.inside.size(); });
}

const LowerTree::Area* LowerTree::area_of(std::string_view name) const
{
  for (const Area& area : areas_)
    if (is_above(area.inside, name)) return &area;
  return nullptr;
}

std::string LowerTree::host_name(std::string_view name) const
{
  const Area* const area = area_of(name);
  std::string host(name);
  if (area && area->what == Area::What::place && area->place != std::string::npos)
    host = without_slash(view_->places[area->place].host) + std::string(name.substr(area->inside.size()));
  return host.empty() ? "/" : host;
}

bool LowerTree::is_place(std::string_view name) const
{
  const Area* const area = area_of(name);
  return area && area->what == Area::What::place && area->inside == name;
}

// The lane makes the folders above its mounts where the host has none.
bool LowerTree::leads_to_place(std::string_view name) const
{
  return std::any_of(areas_.begin(), areas_.end(), [&](const Area& area) { return is_above(name, area.inside); });
}

NodeId LowerTree::node_at(std::string_view name)
{
  const PathTable::Found found = names_.add(name);
  if (found.is_new) {
    nodes_.emplace_back();
    // What lies in a folder that was not there is the batch's own, though it may be there by now.
    const std::size_t slash = name.rfind('/');
    const bool top = slash == 0 || slash == std::string_view::npos;
    const Kind parent = top ? Kind::folder : nodes_[node_at(name.substr(0, slash))].kind;
    nodes_[found.index].kind =
      parent == Kind::absent || (parent == Kind::own && !is_place(name)) ? Kind::own : look(name);
  }
  return found.index;
}

void LowerTree::look_at_folder(std::string_view name)
{
  const NodeId folder = node_at(name);
  if (nodes_[folder].kind == Kind::folder) mark(folder, mark_looked);
}

void LowerTree::look_at_folder_of(NodeId node)
{
  const std::string_view name = names_[node];
  const std::size_t slash = name.rfind('/');
  if (slash != 0 && slash != std::string_view::npos) look_at_folder(name.substr(0, slash));
}

Kind LowerTree::look(std::string_view name)
{
  const Area* const area = area_of(name);
  if (area && area->what == Area::What::own) return Kind::own;
  if (area && area->what == Area::What::kernel) return Kind::kernel;
  struct stat status {};
  if (::lstat(host_name(name).c_str(), &status) == 0) return kind_of(status.st_mode);
  switch (errno) {
  case ENOENT:
  case ENOTDIR:
  case ENAMETOOLONG:
    return leads_to_place(name) ? Kind::own : Kind::absent;
  case EACCES:
    return Kind::closed;
  default:
    if (gap_.empty()) gap_ = fmt::format("cannot look at {}", name);
    return Kind::closed;
  }
}

std::string LowerTree::link_text(NodeId node) const
{
  return read_link(host_name(node));
}

bool LowerTree::may_write(NodeId node) const
{
  if (!view_->guarded) return true;
  const Area* const area = area_of(names_[node]);
  if (!area) return false;
  if (area->what != Area::What::place) return true;
  if (area->place == std::string::npos) return false;
  const LaneView::Place& place = view_->places[area->place];
  return place.writable || !place.upper.empty();
}

const std::vector<NodeId>& LowerTree::walk(const WalkStart& start, std::string_view name, FollowLast follow)
{
  ends_.clear();
  ways_ = 0;
  if (name.empty()) return ends_;
  Step step{start, follow, 0, {}, {}, name};
  step.folder.reserve(256);
  step.folder.assign(name.front() == '/' ? start.root : start.folder);
  go(step);
  return ends_;
}

void LowerTree::end(NodeId node)
{
  if (std::find(ends_.begin(), ends_.end(), node) == ends_.end()) ends_.push_back(node);
}

void LowerTree::go(Step& step)
{
  if (++ways_ > k_most_ways) {
    if (gap_.empty()) gap_ = "more symbolic links made by the test than can be followed";
    return;
  }
  while (true) {
    while (!step.rest.empty() && step.rest.front() == '/') step.rest.remove_prefix(1);
    if (step.rest.empty()) { // "/", "a/..": the folder itself
      end(node_at(step.folder.empty() ? "/" : std::string_view(step.folder)));
      return;
    }
    const std::string_view name = take_component(step.rest);
    if (name == ".") continue;
    if (name == "..") {
      if (step.folder.size() <= step.start.root.size()) continue;
      look_at_folder(step.folder);
      step.folder.resize(step.folder.rfind('/'));
      continue;
    }
    if (!component(step, name)) return;
  }
}

// False: the walk is over.
bool LowerTree::component(Step& step, std::string_view name)
{
  const std::size_t parent_size = step.folder.size();
  step.folder.append("/").append(name);
  const bool last = step.rest.empty(); // "a/" is not the last: what follows must be a folder, and is followed
  const bool follow = !last || step.follow == FollowLast::yes;
  const NodeId node = node_at(step.folder);
  const std::string_view parent = std::string_view(step.folder).substr(0, parent_size);
  if (follow && !made_links_.empty()) go_made_links(step, node, parent);

  const Kind kind = nodes_[node].kind;
  switch (kind) {
  case Kind::link: {
    if (!follow) break;
    mark(node, mark_link);
    const std::string target = link_text(node);
    if (target.empty() || step.links >= k_most_links) return false;
    step.lead_to(std::string(parent), target);
    return true;
  }
  case Kind::kernel:
    return enter_kernel(step, last);
  case Kind::folder:
  case Kind::own:
    if (last) break;
    return true;
  case Kind::absent:
    if (last) break;
    // Nothing is there but what the batch made; it may make a link there that leads out again.
    mark(node, mark_absent);
    return true;
  case Kind::file:
  case Kind::special:
  case Kind::closed:
    if (last) break;
    mark(node, mark_looked); // of which kind it is, is all that was learnt
    return false;
  }
  end(node);
  return false;
}

void LowerTree::go_made_links(const Step& step, NodeId node, std::string_view parent)
{
  const auto made = made_links_.find(node);
  if (made == made_links_.end() || step.links >= k_most_links) return;
  for (const std::string& target : made->second) {
    Step other{step.start, step.follow, step.links, {}, {}, step.rest};
    other.lead_to(parent, target);
    go(other);
  }
}

// /proc, /sys and /dev: only the links that lead out of them matter.
bool LowerTree::enter_kernel(Step& step, bool last)
{
  const bool follow = !last || step.follow == FollowLast::yes;
  if (follow && step.links < k_most_links) {
    if (step.folder == "/dev/fd") step.folder = "/proc/self/fd";
    if (step.folder == "/dev/stdin") step.folder = "/proc/self/fd/0";
    if (step.folder == "/dev/stdout") step.folder = "/proc/self/fd/1";
    if (step.folder == "/dev/stderr") step.folder = "/proc/self/fd/2";
    const std::string link = magic_link(step.folder, step.start.pid);
    if (step.start.pid == 0 && gap_.empty() && !magic_link(step.folder, 1).empty())
      gap_ = fmt::format("{} was led to, whosever it is", step.folder);
    std::string target = link.empty() ? link : read_link(link);
    if (!link.empty() && target.empty()) {
      // No such descriptor, for the batch as for us; but what a thread has for root and folder is there while it runs.
      const bool lost =
        step.folder.find("/task/") != std::string::npos && step.folder.find("/fd/") == std::string::npos;
      if (lost && gap_.empty()) gap_ = fmt::format("cannot follow {}", step.folder);
      return false;
    }
    if (!target.empty() && target.front() == '/' && target.compare(0, 7, "/memfd:") != 0) {
      if (target.ends_with(k_deleted) && look(target) == Kind::absent) target.resize(target.size() - k_deleted.size());
      step.lead_to({}, target);
      step.folder.clear(); // a whole name, whatever the root is
      return true;
    }
  }
  if (!last) return true;
  end(node_at(step.folder));
  return false;
}

bool LowerTree::made_link(NodeId node, std::string_view target)
{
  if (target.empty()) return false;
  std::vector<std::string>& targets = made_links_[node];
  if (std::find(targets.begin(), targets.end(), target) != targets.end()) return false;
  targets.emplace_back(target);
  return true;
}

bool LowerTree::moved(NodeId from, NodeId to)
{
  bool changed = false;
  if (nodes_[from].kind == Kind::link) changed = made_link(to, link_text(from));
  std::vector<std::pair<std::string, std::string>> copies; // new name, target
  for (const auto& [node, targets] : made_links_)
    if (is_above(names_[from], names_[node]))
      for (const std::string& target : targets)
        copies.emplace_back(std::string(names_[to]) + std::string(names_[node].substr(names_[from].size())), target);
  for (const auto& [name, target] : copies) changed = made_link(node_at(name), target) || changed;
  return changed;
}

void LowerTree::replacing(NodeId node)
{
  struct stat status {};
  if (nodes_[node].kind != Kind::file && nodes_[node].kind != Kind::link) return;
  if (::lstat(host_name(node).c_str(), &status) == 0)
    replacing_.try_emplace(node, Identity{status.st_ino, status.st_ctim});
}

bool LowerTree::replaced(NodeId node) const
{
  const auto found = replacing_.find(node);
  if (found == replacing_.end()) return false;
  const Area* const area = area_of(names_[node]);
  struct stat status {};
  if (area && area->what == Area::What::place && area->place != std::string::npos &&
      !view_->places[area->place].upper.empty()) {
    const std::string upper =
      without_slash(view_->places[area->place].upper) + std::string(names_[node].substr(area->inside.size()));
    return ::lstat(upper.c_str(), &status) == 0; // a whiteout is there, too
  }
  if (::lstat(host_name(node).c_str(), &status) != 0) return errno == ENOENT;
  return status.st_ino != found->second.inode || status.st_ctim.tv_sec != found->second.changed.tv_sec ||
         status.st_ctim.tv_nsec != found->second.changed.tv_nsec;
}

} // namespace sluice::sandbox
