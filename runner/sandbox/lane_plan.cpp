// Length: one list of steps in one order; cut in two, neither half would show why the order is right.
// The order of the steps has reasons, each of which stands with its step: what is to be seen below a covered folder is
// opened before it is covered, the whole host is protected before anything writable is mounted on it, and rights go
// last.
#include "runner/sandbox/lane_plan.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <sched.h>
#include <string_view>
#include <sys/mount.h>
#include <sys/resource.h>
#include <utility>

namespace sluice::sandbox {

namespace {

constexpr std::uint64_t k_guarded = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
constexpr std::array<std::string_view, 6> k_devices{"null", "zero", "full", "random", "urandom", "tty"};
constexpr std::array<std::string_view, 8> k_guarded_proc{"sys", "sysrq-trigger", "irq",    "bus",
                                                         "fs",  "acpi",          "asound", "scsi"};
constexpr std::array<std::string_view, 4> k_private{"/tmp", "/var/tmp", "/run", "/dev/shm"};

bool is_below(std::string_view path, std::string_view folder)
{
  if (folder == "/") return path.size() > 1;
  return path.size() > folder.size() && path.substr(0, folder.size()) == folder && path[folder.size()] == '/';
}

// Something that a path shows inside.
struct Item {
  enum class Kind { private_folder, hidden_file, masked_file, tree, shown, writable, exchange } kind{};
  std::string path;   // real
  std::string source; // of a masked file: what is shown in its place
  std::int32_t slot = -1, upper = -1, group = -1;
  bool hidden = false; // a private folder that nobody may write
};

class Planner {
public:
  Planner(const SandboxSpec& spec, const HostFacts& host, const std::string& lane_folder)
    : spec_(spec), host_(host), lane_folder_(lane_folder)
  {
  }

  LanePlan plan();

private:
  std::int32_t slot() { return next_slot_++; }

  Step& add(StepKind kind, std::string name, std::string reason, std::string loss = {})
  {
    Step step;
    step.kind = kind;
    step.name = std::move(name);
    step.reason = std::move(reason);
    step.loss = std::move(loss);
    plan_.steps.push_back(std::move(step));
    return plan_.steps.back();
  }
  Step& again(Step& step, std::int32_t group)
  {
    if (group >= 0) step.flags |= k_step_again, step.group = group;
    return step;
  }

  void add_item(Item::Kind kind, const std::string& path, bool hidden = false);
  void find_items();
  void keep_items();
  void guard_host();
  void make_scratch();
  void mount_proc();
  void make_devices();
  void mount_items();
  void mount_item(Item& item);
  void limit_and_drop();
  void fill_view();
  const Item* innermost(const std::string& path) const;
  std::int32_t group_around(const std::string& path) const;

  const SandboxSpec& spec_;
  const HostFacts& host_;
  std::string lane_folder_;
  LanePlan plan_;
  std::map<std::string, Item> items_; // by path + "/": parents before what is in them
  std::map<std::string, std::int32_t> devices_;
  std::int32_t next_slot_ = 0;
  std::int32_t scratch_ = -1;
  std::int32_t null_ = -1;
};

void Planner::add_item(Item::Kind kind, const std::string& path, bool hidden)
{
  const std::string real = host_.real_path(path);
  if (real.empty() || real == "/") return;
  Item item;
  item.kind = kind;
  item.path = real;
  item.hidden = hidden;
  if (host_.status(real).kind == FileKind::file && kind == Item::Kind::private_folder)
    item.kind = Item::Kind::hidden_file;
  items_[real + "/"] = std::move(item); // the later word counts
}

void Planner::find_items()
{
  for (const std::string_view folder : k_private)
    if (folder != "/dev/shm") add_item(Item::Kind::private_folder, std::string(folder));
  const std::string home = spec_.home.empty() ? "" : host_.real_path(spec_.home);
  const bool home_is_around = std::any_of(spec_.trees.begin(), spec_.trees.end(),
                                          [&](const std::string& tree) { return host_.real_path(tree) == home; });
  if (!home.empty() && home != "/" && !home_is_around) add_item(Item::Kind::private_folder, home);
  for (const std::string& path : spec_.shown) {
    const std::string real = host_.real_path(path);
    const auto holds = [&](const auto& entry) {
      return entry.second.kind == Item::Kind::private_folder && is_below(real, entry.second.path);
    };
    if (!real.empty() && std::any_of(items_.begin(), items_.end(), holds)) add_item(Item::Kind::shown, real);
  }
  for (const std::string& tree : spec_.trees) {
    add_item(Item::Kind::tree, tree);
    const std::string real = host_.real_path(tree);
    for (const std::string& mount : host_.mounts)
      if (is_below(mount, real)) add_item(Item::Kind::tree, mount);
  }
  for (const std::string& path : spec_.writable) add_item(Item::Kind::writable, path);
  for (const std::string& path : spec_.hidden) {
    // What lies in a folder that is replaced anyhow is hidden already.
    const std::string real = host_.real_path(path);
    const Item* around = innermost(real);
    if (around && around->kind == Item::Kind::private_folder && !items_.contains(real + "/")) continue;
    add_item(Item::Kind::private_folder, real, true);
  }
  for (const auto& [path, source] : spec_.masked) {
    const std::string real = host_.real_path(path);
    const Item* around = innermost(real);
    if (real.empty() || (around && around->kind == Item::Kind::private_folder)) continue; // hidden already
    add_item(Item::Kind::masked_file, real);
    items_[real + "/"].source = source;
  }
  if (!lane_folder_.empty()) add_item(Item::Kind::exchange, lane_folder_);
}

const Item* Planner::innermost(const std::string& path) const
{
  const Item* found = nullptr;
  for (const auto& [key, item] : items_)
    if (is_below(path, item.path) && (!found || item.path.size() > found->path.size())) found = &item;
  return found;
}

// The copy-on-write folder that must be mounted anew before the path can be.
std::int32_t Planner::group_around(const std::string& path) const
{
  for (const auto& [key, item] : items_)
    if (item.kind == Item::Kind::tree && item.group >= 0 && is_below(path, item.path)) return item.group;
  return -1;
}

void Planner::keep_items()
{
  const char* const reason = "before anything is covered: below a private /tmp its path no longer leads there";
  const auto keep = [&](const std::string& path) {
    Step& step = add(StepKind::keep, "open what will be shown", reason);
    step.text = path;
    return step.slot = slot();
  };
  for (auto& [key, item] : items_)
    if (item.kind != Item::Kind::private_folder && item.kind != Item::Kind::hidden_file)
      item.slot = keep(item.source.empty() ? item.path : item.source);
  for (const std::string_view name : k_devices) devices_[std::string(name)] = keep(fmt::format("/dev/{}", name));
  null_ = devices_["null"];
  for (const std::string& device : spec_.devices)
    if (device.starts_with("/dev/") && host_.status(device).kind == FileKind::file)
      devices_[device.substr(5)] = keep(device);
}

void Planner::guard_host()
{
  add(StepKind::private_propagation, "mounts stay inside", "first of all: what follows must not show on the host")
    .flags = k_step_essential;
  keep_items();
  Step& queues = add(StepKind::message_queues, "message queues are watched",
                     "while /tmp can still be mounted on: they outlive a test and are looked at after each",
                     "message queues may pass from one test to the next");
  queues.slot = slot();
  queues.text = "/tmp";
  Step& guard = add(StepKind::protect, "the host's files are read-only, without devices and set-user-ID programs",
                    "all at once, before anything that may be written is mounted on top");
  guard.text = "/";
  guard.flags = k_step_essential | k_step_recursive;
  guard.number = k_guarded;
}

void Planner::make_scratch()
{
  Step& scratch = add(StepKind::scratch, "one scratch in memory for all that a test writes",
                      "one file system, so that one look at its counts tells whether a test wrote anything; its size "
                      "is the disk quota");
  scratch.slot = scratch_ = slot();
  scratch.text = "/tmp";
  scratch.text2 = fmt::format("size={},nr_inodes={},mode=0755", spec_.limits.disk, spec_.limits.disk_files);
  scratch.flags = k_step_essential;
  int number = 0;
  std::int32_t group = 0;
  const auto folder = [&](std::string name, std::uint64_t mode, std::int32_t watched, const std::string& why) {
    Step& step = add(StepKind::scratch_folder, "folders in the scratch", why);
    step.flags = k_step_essential;
    step.other = scratch_;
    step.slot = slot();
    step.text = std::move(name);
    step.number = mode;
    step.group = watched;
    return step.slot;
  };
  for (auto& [key, item] : items_) {
    const std::string at = std::to_string(number++);
    const HostFacts::Status status = host_.status(item.path);
    if (item.kind == Item::Kind::private_folder) {
      const bool shared = item.path == "/tmp" || item.path == "/var/tmp";
      item.slot = folder("private-" + at,
                         item.hidden ? 0555
                         : shared    ? 01777
                                     : 0755,
                         -1, "while the scratch can be reached: it is covered by the private /tmp next");
    } else if (item.kind == Item::Kind::tree && spec_.tree_mode == TreeMode::copy_on_write) {
      const std::int32_t outer = group_around(item.path);
      item.group = outer >= 0 ? outer : group++;
      // What is seen as the folder's own mode and owner are those of the upper layer.
      item.upper = folder("upper-" + at, status.mode, item.group, "where changes of a copied tree go");
      if (host_.user == 0 && (status.user != 0 || status.group != 0))
        plan_.steps.back().number2 = (std::uint64_t{status.group} << 32 | status.user) + 1;
      folder("work-" + at, 0700, -2, "overlays work here");
    }
  }
}

void Planner::mount_proc()
{
  Step& proc = add(StepKind::proc, "/proc shows the lane's processes only",
                   "before paths in /proc/self are used by later steps", "tests see the host's processes in /proc");
  proc.text = "/proc";
  Step& ports = add(StepKind::write, "low ports are free to use", "while /proc/sys can still be written");
  ports.text = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
  ports.text2 = "0";
  for (const std::string_view name : k_guarded_proc) {
    const std::string path = fmt::format("/proc/{}", name);
    const std::string reason = "after the new /proc, which is writable for root at first";
    Step& keep = add(StepKind::keep, "settings of the kernel are read-only", reason);
    keep.text = path;
    const std::int32_t kept = keep.slot = slot();
    Step& guard = add(StepKind::attach, "settings of the kernel are read-only", reason,
                      name == "sys" ? "settings in /proc/sys are as writable as they are outside" : "");
    guard.slot = kept;
    guard.text = path;
    guard.number = k_guarded;
  }
}

void Planner::make_devices()
{
  Step& folder =
    add(StepKind::device_folder, "/dev has the harmless devices only",
        "after the host was protected, since devices must work here and nowhere else", "tests see the host's devices");
  const std::int32_t root = folder.slot = slot();
  folder.text = "/dev";
  for (const auto& [name, kept] : devices_) {
    Step& place = add(StepKind::mount_point_file, "/dev has the harmless devices only", "");
    place.other = root;
    place.text = name;
    Step& device = add(StepKind::attach, "/dev has the harmless devices only", "");
    device.slot = kept;
    device.text = "/dev/" + name;
    device.number = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    device.number2 = MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY;
  }
  add(StepKind::device_terminals, "terminals of its own", "").text = "/dev/pts";
  constexpr std::array<std::pair<const char*, const char*>, 5> k_links{{{"/dev/ptmx", "pts/ptmx"},
                                                                        {"/dev/fd", "/proc/self/fd"},
                                                                        {"/dev/stdin", "/proc/self/fd/0"},
                                                                        {"/dev/stdout", "/proc/self/fd/1"},
                                                                        {"/dev/stderr", "/proc/self/fd/2"}}};
  for (const auto& [path, target] : k_links) {
    Step& link = add(StepKind::link, "/dev has the harmless devices only", "");
    link.text = path;
    link.text2 = target;
  }
  Step& shared = add(StepKind::scratch_folder, "shared memory is private", "on the scratch, to be seen and emptied");
  const std::int32_t memory = shared.slot = slot();
  shared.other = scratch_;
  shared.text = "shared-memory";
  shared.number = 01777;
  Step& place = add(StepKind::mount_point, "shared memory is private", "");
  place.other = root;
  place.text = "shm";
  place.number = 1;
  Step& attach = add(StepKind::attach, "shared memory is private", "", "shared memory may pass between tests");
  attach.slot = memory;
  attach.text = "/dev/shm";
  Step& guard = add(StepKind::protect, "/dev is read-only", "when it is complete");
  guard.text = "/dev";
  guard.number = MOUNT_ATTR_RDONLY;
}

void Planner::mount_item(Item& item)
{
  const Item* around = innermost(item.path);
  const std::int32_t group = group_around(item.path);
  if (around && (around->kind == Item::Kind::private_folder)) {
    const bool file = host_.status(item.path).kind == FileKind::file;
    Step& place = add(file ? StepKind::mount_point_file : StepKind::mount_point, "places to mount on",
                      "in the private folder that holds them");
    place.other = around->slot;
    place.text = item.path.substr(around->path.size() + 1);
  }
  if (item.kind == Item::Kind::tree && spec_.tree_mode == TreeMode::copy_on_write) {
    Step& step = add(StepKind::overlay, fmt::format("copied on write: {}", item.path),
                     "what a test changes there is seen by nobody else and dropped afterwards",
                     fmt::format("{} is read-only instead of copied on write", item.path));
    step.text = item.path;
    step.slot = item.slot;
    step.other = item.upper;
    again(step, item.group);
    step.group = item.group;
    return;
  }
  std::string name, reason, loss;
  std::uint64_t set = k_guarded, cleared = 0;
  switch (item.kind) {
  case Item::Kind::private_folder:
    name = fmt::format("{}: {}", item.hidden ? "hidden" : "private", item.path);
    reason = "parents before what is in them, which would be covered otherwise";
    loss = fmt::format("{} is not {}", item.path, item.hidden ? "hidden" : "private");
    if (!item.hidden) set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    break;
  case Item::Kind::hidden_file:
    name = fmt::format("hidden: {}", item.path);
    reason = "shown as /dev/null";
    loss = fmt::format("{} is not hidden", item.path);
    item.slot = null_;
    cleared = MOUNT_ATTR_NODEV;
    set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
    break;
  case Item::Kind::masked_file:
    name = fmt::format("without its secrets: {}", item.path);
    reason = "a copy lies on top";
    loss = fmt::format("the secrets of {} are not hidden", item.path);
    break;
  case Item::Kind::tree:
    if (spec_.tree_mode == TreeMode::read_only && !around) return; // as the whole host
    name = fmt::format("{}: {}", spec_.tree_mode == TreeMode::writable ? "writable" : "read-only", item.path);
    if (spec_.tree_mode == TreeMode::writable) set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, cleared = MOUNT_ATTR_RDONLY;
    break;
  case Item::Kind::shown:
    name = fmt::format("shown: {}", item.path);
    reason = "tests need it of a folder that is private";
    break;
  case Item::Kind::writable:
  case Item::Kind::exchange:
    name = fmt::format("writable: {}", item.path);
    reason = item.kind == Item::Kind::exchange ? "where a batch leaves its results" : "by configuration";
    set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    cleared = MOUNT_ATTR_RDONLY;
    break;
  }
  Step& step = add(StepKind::attach, name, reason, loss);
  step.slot = item.slot;
  step.text = item.path;
  step.number = set;
  step.number2 = cleared;
  again(step, group);
  // A batch that cannot leave its results would lose them all.
  if (item.kind == Item::Kind::exchange || item.kind == Item::Kind::masked_file || item.hidden)
    step.flags |= k_step_essential;
}

void Planner::mount_items()
{
  for (auto& [key, item] : items_) mount_item(item);
}

void Planner::limit_and_drop()
{
  const auto limit = [&](int resource, std::uint64_t value, const char* name) {
    if (value == 0 && resource != RLIMIT_CORE) return;
    Step& step = add(StepKind::limit, name, "inherited by every test of the lane");
    step.number = static_cast<std::uint64_t>(resource);
    step.number2 = value;
  };
  limit(RLIMIT_CORE, 0, "no core files");
  limit(RLIMIT_FSIZE, spec_.limits.file_size, "size of a file is limited");
  limit(RLIMIT_NPROC, spec_.limits.processes, "number of processes is limited");
  Step& rights = add(StepKind::drop_rights, "no capabilities, no new privileges",
                     "last, since every step before needs them; takes effect when a test is executed");
  rights.flags = plan_.namespaces != 0 ? k_step_essential : 0;
}

void Planner::fill_view()
{
  for (const auto& [key, item] : items_) {
    switch (item.kind) {
    case Item::Kind::private_folder:
    case Item::Kind::hidden_file:
    case Item::Kind::exchange:
      plan_.view.private_folders.push_back(item.path);
      break;
    case Item::Kind::masked_file: // known by its own name and content
      break;
    case Item::Kind::tree:
      plan_.view.places.push_back(
        {item.path, item.path, item.upper >= 0 ? "(scratch)" : "", spec_.tree_mode == TreeMode::writable});
      break;
    case Item::Kind::shown:
    case Item::Kind::writable:
      plan_.view.places.push_back({item.path, item.path, "", item.kind == Item::Kind::writable});
      break;
    }
  }
  plan_.view.private_folders.push_back("/dev/shm");
  plan_.view.guarded = true;
  plan_.view.own_network = spec_.network == NetworkMode::none;
}

LanePlan Planner::plan()
{
  plan_.namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  if (spec_.network == NetworkMode::none) plan_.namespaces |= CLONE_NEWNET;
  find_items();
  guard_host();
  if (spec_.network == NetworkMode::none)
    add(StepKind::loopback, "loopback is up", "in the lane's own network, which has nothing else");
  add(StepKind::host_name, "host name is fixed", "a test must not depend on where it runs").text = "sluice";
  make_scratch();
  mount_proc();
  make_devices();
  mount_items();
  limit_and_drop();
  fill_view();
  plan_.environment.push_back("TMPDIR");
  const bool home_is_private = std::any_of(items_.begin(), items_.end(), [&](const auto& entry) {
    return entry.second.kind == Item::Kind::private_folder && entry.second.path == host_.real_path(spec_.home);
  });
  if (!home_is_private) plan_.environment.push_back("HOME=/tmp");
  return std::move(plan_);
}

} // namespace

LanePlan plan_walls(const SandboxSpec& spec, const HostFacts& host, const std::string& lane_folder)
{
  return Planner(spec, host, lane_folder).plan();
}

} // namespace sluice::sandbox
