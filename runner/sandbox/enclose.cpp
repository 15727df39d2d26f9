// Carries out what enclosure.h describes: the steps in the order in which they must be taken.
#include "runner/sandbox/enclosure.h"

#include "runner/sandbox/enclosed_places.h"
#include "runner/sandbox/fd.h"
#include "runner/sandbox/lane_plan.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <net/if.h>
#include <sched.h>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

constexpr unsigned k_grace = 2; // seconds between SIGTERM and SIGKILL

// Harmless devices that stay; all others are out of reach, since root in a user namespace still owns the disks' nodes.
constexpr std::array<const char*, 7> k_devices{"/dev/null",    "/dev/zero", "/dev/full", "/dev/random",
                                               "/dev/urandom", "/dev/ptmx", "/dev/pts"};

// Why there are no walls.
struct Refusal {
  std::string what;
  int error = 0;
};

// Where it cannot be written the exit code still says it.
void complain(const std::string& line)
{
  ::dprintf(STDERR_FILENO, "%s", line.c_str());
}

void complain(const Refusal& refusal)
{
  complain(fmt::format("{}: {}\n", refusal.what, std::strerror(refusal.error)));
}

void require(long result, std::string_view what)
{
  if (result < 0) throw Refusal{std::string(what), errno};
}

struct Request {
  std::vector<EnclosedPlace> places;
  std::vector<std::string> unset;
  bool network = true;
  std::vector<char*> command; // ends with null
};

Request parse(std::span<char* const> arguments)
{
  Request request;
  NamedPlaces named;
  std::size_t at = 0;
  for (; at < arguments.size() && std::string_view(arguments[at]) != "--"; ++at) {
    const std::string_view option = arguments[at];
    if (option == "--own-network") {
      request.network = false;
      continue;
    }
    if (++at == arguments.size()) throw Refusal{fmt::format("{} names nothing", option), EINVAL};
    if (option == "--write") named.writable.emplace_back(arguments[at]);
    else if (option == "--drop") named.dropped.emplace_back(arguments[at]);
    else if (option == "--read-only") named.read_only.emplace_back(arguments[at]);
    else if (option == "--hide") named.hidden.emplace_back(arguments[at]);
    else if ((option == "--replace" || option == "--mask") && at + 1 < arguments.size()) {
      (option == "--mask" ? named.masked : named.replaced).emplace_back(arguments[at], arguments[at + 1]);
      ++at;
    } else if (option == "--unset") request.unset.emplace_back(arguments[at]);
    else throw Refusal{fmt::format("unknown option {}", option), EINVAL};
  }
  request.places = places_on_disk(named);
  for (++at; at < arguments.size(); ++at) request.command.push_back(arguments[at]);
  request.command.push_back(nullptr);
  return request;
}

// --- namespaces

bool write_file(const std::string& path, std::string_view text)
{
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Everybody stays who he is. To be called by whoever has the rights in the namespace above.
bool map_users(pid_t pid, const HostFacts& host)
{
  const std::string folder = fmt::format("/proc/{}/", pid);
  if (host.deny_setgroups && !write_file(folder + "setgroups", "deny")) return false;
  return write_file(folder + "gid_map", host.group_map) && write_file(folder + "uid_map", host.user_map);
}

// One byte from one process to another. The end of the pipe means that the other is no more.
class Signal {
public:
  Signal()
  {
    int ends[2];
    require(::pipe2(ends, O_CLOEXEC), "no pipe");
    read_ = Fd(ends[0]);
    write_ = Fd(ends[1]);
  }
  void give()
  {
    const char byte = 1;
    while (::write(write_.get(), &byte, 1) < 0 && errno == EINTR) {
    }
    write_.reset();
  }
  bool wait()
  {
    write_.reset();
    char byte = 0;
    ssize_t got = 0;
    while ((got = ::read(read_.get(), &byte, 1)) < 0 && errno == EINTR) {
    }
    return got == 1;
  }

private:
  Fd read_, write_;
};

// --- mounts

void set_attributes(int folder, const char* path, unsigned flags, std::uint64_t set, std::uint64_t cleared,
                    const std::string& what)
{
  mount_attr attributes{};
  attributes.attr_set = set;
  attributes.attr_clr = cleared;
  require(::syscall(SYS_mount_setattr, folder, path, flags, &attributes, sizeof attributes), what);
}

// By a way without links, or it could be changed since it was looked at.
Fd copy_of_place(const std::string& path)
{
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS;
  const Fd place(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  constexpr unsigned k_flags =
    OPEN_TREE_CLONE | static_cast<unsigned>(OPEN_TREE_CLOEXEC) | AT_RECURSIVE | AT_EMPTY_PATH;
  return Fd(place ? static_cast<int>(::syscall(SYS_open_tree, place.get(), "", k_flags)) : -1);
}

Fd copy_of(const std::string& path)
{
  constexpr unsigned k_flags = OPEN_TREE_CLONE | static_cast<unsigned>(OPEN_TREE_CLOEXEC) | AT_RECURSIVE;
  return Fd(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path.c_str(), k_flags)));
}

long move_to(const Fd& tree, const std::string& path)
{
  return ::syscall(SYS_move_mount, tree.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH);
}

void attach(const Fd& tree, const std::string& path)
{
  require(move_to(tree, path), path);
}

// What is gone in the meantime, as sockets go, or lies in a hidden folder needs no cover.
void cover(const Fd& tree, const std::string& path)
{
  const long moved = move_to(tree, path);
  if (moved < 0 && errno != ENOENT) require(moved, path);
}

// Copies of what will be shown, taken while every path still leads to it.
std::vector<std::pair<const char*, Fd>> keep(std::vector<EnclosedPlace>& places)
{
  for (EnclosedPlace& place : places) {
    if (place.kind == PlaceKind::hidden && place.folder) continue; // an empty folder will do
    if (place.kind == PlaceKind::dropped) {                        // overlays take no detached copies
      place.tree = Fd(::open(place.path.c_str(), O_PATH | O_CLOEXEC));
      continue;
    }
    place.tree = place.kind == PlaceKind::hidden ? copy_of("/dev/null")
                                                 : copy_of_place(place.source.empty() ? place.path : place.source);
    require(place.tree.get(), place.path);
  }
  std::vector<std::pair<const char*, Fd>> devices;
  for (const char* const device : k_devices)
    if (Fd tree = copy_of(device)) devices.emplace_back(device, std::move(tree));
  return devices;
}

// In a folder that is hidden or replaced a place must be made first. A file in one needs no cover and has no place.
bool place_is_there(const EnclosedPlace& place)
{
  std::error_code failed;
  if (place.folder) std::filesystem::create_directories(place.path, failed);
  return place.folder || std::filesystem::exists(place.path, failed);
}

// What is written there goes to memory and is gone afterwards. Where there are no overlays for users it stays
// read-only; so it does where something is mounted in it, which an overlay would not show.
void mount_dropped(const EnclosedPlace& place, const std::vector<std::string>& mounts)
{
  const bool holds_mounts = std::any_of(mounts.begin(), mounts.end(),
                                        [&](const std::string& mount) { return mount.starts_with(place.path + "/"); });
  const char* const path = place.path.c_str();
  if (!place_is_there(place)) return;
  if (holds_mounts || ::mount("none", path, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0) return;
  std::error_code failed;
  std::filesystem::create_directory(place.path + "/upper", failed);
  std::filesystem::create_directory(place.path + "/work", failed);
  const Fd upper(::open((place.path + "/upper").c_str(), O_PATH | O_CLOEXEC));
  const Fd work(::open((place.path + "/work").c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (::fstat(place.tree.get(), &status) == 0) ::fchownat(upper.get(), "", status.st_uid, status.st_gid, AT_EMPTY_PATH);
  const std::string options =
    fmt::format("userxattr,lowerdir=/proc/self/fd/{},upperdir=/proc/self/fd/{},workdir=/proc/self/fd/{}",
                place.tree.get(), upper.get(), work.get());
  if (::mount("overlay", path, "overlay", MS_NOSUID | MS_NODEV, options.c_str()) != 0) ::umount2(path, MNT_DETACH);
}

void mount_place(const EnclosedPlace& place, const std::vector<std::string>& mounts)
{
  if (place.kind == PlaceKind::dropped) return mount_dropped(place, mounts);
  if (!place.tree) {
    if (!place_is_there(place)) return;
    constexpr unsigned long k_flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    require(::mount("none", place.path.c_str(), "tmpfs", k_flags, "size=64k,mode=0555"), place.path);
    return;
  }
  if (place.kind == PlaceKind::hidden) return cover(place.tree, place.path);
  const std::uint64_t mode = place.kind == PlaceKind::read_only ? MOUNT_ATTR_RDONLY : 0;
  set_attributes(place.tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | mode, 0,
                 place.path);
  if (!place_is_there(place)) return;
  attach(place.tree, place.path);
}

void build_walls(std::vector<EnclosedPlace>& places, const std::vector<std::string>& mounts)
{
  require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mounts do not stay inside");
  const auto devices = keep(places);
  // All at once, before anything that may be written lies on top.
  set_attributes(AT_FDCWD, "/", AT_RECURSIVE, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0,
                 "the host's files are not to be made read-only");
  require(::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr), "/proc");
  for (const auto& [path, tree] : devices) attach(tree, path);
  for (const EnclosedPlace& place : places) mount_place(place, mounts);
  // Only now: other places may lie in it.
  for (const EnclosedPlace& place : places)
    if (!place.tree) set_attributes(AT_FDCWD, place.path.c_str(), 0, MOUNT_ATTR_RDONLY, 0, place.path);
}

void raise_loopback()
{
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  require(::ioctl(socket.get(), SIOCSIFFLAGS, &request), "no loopback");
}

// --- processes

int exit_code(int status)
{
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// The command itself, in namespaces below those that own the mounts: there every one of these is locked.
[[noreturn]] void become_command(const Request& request, Signal& separated, Signal& mapped)
{
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ::_exit(k_no_enclosure);
  separated.give();
  if (!mapped.wait()) ::_exit(k_no_enclosure);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (request.command.front() == nullptr) ::_exit(0);
  ::execv(request.command.front(), request.command.data());
  const int error = errno;
  const char* const hint =
    error == ENOEXEC ? ": it is damaged, made for another machine, or a script without a first line \"#!...\"" : "";
  complain(fmt::format("cannot start {}: {}{}\n", request.command.front(), std::strerror(error), hint));
  ::_exit(error == ENOENT ? 127 : 126);
}

// The first process of the namespaces.
int rule(Request& request, const HostFacts& host, Signal& mapped)
{
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setsid(); // no terminal: one can be made to type what the shell runs next
  if (!mapped.wait()) return k_no_enclosure;
  const std::string folder = std::filesystem::current_path().string();
  build_walls(request.places, host.mounts);
  if (!request.network) raise_loopback();
  require(::chdir(folder.c_str()), folder); // by its path: what it was lies below the walls now
  for (const std::string& name : request.unset) ::unsetenv(name.c_str());

  Signal separated, command_mapped;
  const pid_t command = ::fork();
  require(command, "no process for a command");
  if (command == 0) become_command(request, separated, command_mapped);
  if (separated.wait() && map_users(command, host)) command_mapped.give();
  else ::kill(command, SIGKILL);
  int status = 0;
  for (pid_t ended = 0; ended != command;) { // the others are what it left
    ended = ::waitpid(-1, &status, __WALL);
    if (ended < 0 && errno != EINTR) return k_no_enclosure;
  }
  return exit_code(status);
}

// Runs in a process of its own, so that the caller's stays outside to give it its rights.
pid_t start_ruler(Request& request, const HostFacts& host, Signal& mapped)
{
  const unsigned long namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC |
                                   (request.network ? 0UL : static_cast<unsigned long>(CLONE_NEWNET));
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone, namespaces | SIGCHLD, nullptr, nullptr, nullptr, 0L));
  require(pid, "no namespaces");
  if (pid != 0) return pid;
  try {
    ::_exit(rule(request, host, mapped));
  } catch (const Refusal& refusal) {
    complain(refusal);
  } catch (const std::exception& problem) {
    complain(fmt::format("{}\n", problem.what()));
  } catch (...) { // what called us goes on in one process only
  }
  ::_exit(k_no_enclosure);
}

// Until the ruler has ended. A request to end goes to the command's group, which is the ruler's; what does not heed it
// is killed with the namespaces.
int wait_for(pid_t ruler, const sigset_t& signals)
{
  bool ending = false;
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(ruler, &status, WNOHANG);
    if (ended == ruler) return exit_code(status);
    if (ended < 0 && errno != EINTR) return k_no_enclosure;
    int signal = 0;
    ::sigwait(&signals, &signal);
    if (signal == SIGALRM) ::kill(ruler, SIGKILL);
    if (signal == SIGCHLD || signal == SIGALRM || ending) continue;
    ending = true;
    ::kill(-ruler, signal);
    ::alarm(k_grace);
  }
}

} // namespace

int enclose(std::span<char* const> arguments)
{
  try {
    sigset_t signals;
    ::sigemptyset(&signals);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGALRM}) ::sigaddset(&signals, signal);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    Request request = parse(arguments);
    const HostFacts host = read_host_facts();
    Signal mapped;
    const pid_t ruler = start_ruler(request, host, mapped);
    if (!map_users(ruler, host)) {
      const int error = errno;
      ::kill(ruler, SIGKILL);
      throw Refusal{"users are not to be mapped", error};
    }
    mapped.give();
    return wait_for(ruler, signals);
  } catch (const Refusal& refusal) {
    complain(refusal);
  } catch (const std::exception& problem) {
    complain(fmt::format("{}\n", problem.what()));
  }
  return k_no_enclosure;
}

} // namespace sluice::sandbox
