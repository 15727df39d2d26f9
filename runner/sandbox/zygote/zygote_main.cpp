// The zygote's life: born outside, it makes its namespaces and walls, then serves one test at a time until its control
// channel closes or the big process dies. Order matters throughout; each place says why.
#include "runner/sandbox/zygote/zygote.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

namespace sluice::sandbox::zygote {

bool own_processes = false;

namespace {

constexpr int k_nothing_can_be_said = 126;
constexpr std::size_t k_stack_size = 64 * 1024;
constexpr int k_pipe_flags = O_APPEND | O_NONBLOCK | O_DIRECT | O_ASYNC;

alignas(16) char child_stack[k_stack_size];

LaneOrders orders;
int output_flags = 0;
volatile pid_t running_test = 0;
std::uint32_t heeded = 0; // the EndRequest that the running test has felt

const TestOrders& test_orders()
{
  return *reinterpret_cast<const TestOrders*>(k_region_address + k_tests_offset);
}

void say(const ZygoteReport& report)
{
  if (::write(k_control_descriptor, &report, sizeof report) != sizeof report) ::_exit(k_nothing_can_be_said);
}

[[noreturn]] void fail(int step, int error)
{
  ZygoteReport report;
  report.kind = Report::failed;
  report.step = step;
  report.error = error;
  say(report);
  ::_exit(1);
}

// False when the big process is gone.
bool hear(Order& order)
{
  ssize_t got;
  do got = ::read(k_control_descriptor, &order, sizeof order);
  while (got < 0 && errno == EINTR);
  return got == sizeof order;
}

bool write_map(pid_t pid, const char* name, const char* text)
{
  char path[64] = "/proc/";
  char* end = path + 6;
  char digits[12];
  int count = 0;
  do digits[count++] = static_cast<char>('0' + pid % 10);
  while ((pid /= 10) != 0);
  while (count > 0) *end++ = digits[--count];
  ::strcpy(end, name);
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = ::write(file, text, ::strlen(text)) > 0;
  ::close(file);
  return written;
}

// --- the lane's own life

// Each request is felt once, whoever looks first: the handler or run_test(). Only calls kill() and reads /proc.
void look_for_end_request()
{
  if (running_test == 0) return;
  const std::uint32_t request = __atomic_load_n(&test_orders().end, __ATOMIC_ACQUIRE);
  if (__atomic_exchange_n(&heeded, request, __ATOMIC_ACQ_REL) == request) return;
  const bool kill = EndRequest{request} == EndRequest::kill;
  if (!own_processes && !kill) ::kill(-running_test, SIGTERM);
  signal_tree(kill ? SIGKILL : SIGTERM);
}

void on_look_signal(int)
{
  const int before = errno;
  look_for_end_request();
  errno = before;
}

// Without a PID namespace the death of the big process does not end the tests: we do.
void end_with_tree(int)
{
  std::uint64_t cpu = 0;
  char names[96];
  sweep(names, sizeof names, cpu);
  ::_exit(0);
}

void take_signals()
{
  struct sigaction look {};
  look.sa_handler = on_look_signal;
  look.sa_flags = SA_RESTART;
  ::sigaction(k_look_signal, &look, nullptr);
  struct sigaction orphaned {};
  orphaned.sa_handler = end_with_tree;
  orphaned.sa_flags = SA_RESTART;
  if (!own_processes) ::sigaction(SIGTERM, &orphaned, nullptr);
}

int install(const FilterProgram& filter, unsigned long flags)
{
  const sock_fprog program{static_cast<unsigned short>(filter.length),
                           static_cast<sock_filter*>(const_cast<void*>(filter.instructions))};
  return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

struct Sender {
  ZygoteReport report;
  int order[2]; // a pipe: the listener's number comes through it
};

// Runs beside us without our filter, for the filter may report the very call that hands the listener over.
int send_ready(void* argument)
{
  Sender& sender = *static_cast<Sender*>(argument);
  int listener = -1;
  if (::read(sender.order[0], &listener, sizeof listener) != sizeof listener) return 1;
  iovec part{&sender.report, sizeof sender.report};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (listener >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    ::memcpy(CMSG_DATA(header), &listener, sizeof listener);
  }
  return ::sendmsg(k_control_descriptor, &message, 0) > 0 ? 0 : 1;
}

// The last wall: from here on every call of ours that names a file is reported, too. A kernel that lacks a flag is
// asked without it.
void install_filters_and_report()
{
  if (orders.walls.length != 0 && install(orders.walls, 0) != 0) fail(-2, errno);
  Sender sender{};
  sender.report.kind = Report::ready;
  if (::pipe2(sender.order, O_CLOEXEC) != 0) fail(-2, errno);
  const pid_t beside = ::clone(send_ready, child_stack + k_stack_size, CLONE_VM | CLONE_FILES | SIGCHLD, &sender);
  if (beside < 0) fail(-2, errno);
  int listener = -1;
  if (orders.observation.length != 0) {
    const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    listener = install(orders.observation, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    if (listener < 0 && errno == EINVAL) listener = install(orders.observation, flags);
    if (listener < 0) sender.report.error = errno;
  }
  if (::write(sender.order[1], &listener, sizeof listener) < 0) ::_exit(k_nothing_can_be_said);
  int status = 0;
  while (::waitpid(beside, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) ::_exit(k_nothing_can_be_said);
  for (const int descriptor : {listener, sender.order[0], sender.order[1]})
    if (descriptor >= 0) ::close(descriptor);
}

void make_walls()
{
  for (int& slot : slots) slot = -1;
  for (std::uint32_t i = 0; i < orders.step_count; ++i) {
    orders.errors[i] = do_step(orders.steps[i]);
    if (orders.errors[i] != 0 && (orders.steps[i].flags & k_step_essential))
      fail(static_cast<int>(i), orders.errors[i]);
  }
  for (const char* folder : orders.private_folders)
    if (folder) watch_host_folder(folder);
  take_baseline();
}

// --- one test

struct Start {
  StartStage failed = StartStage::none;
  int error = 0;
};
Start start;

// The calls by which a test is started. All six arguments are always given: what an earlier call has left in the
// registers of the last three would let a call by of which nobody was told.
constexpr std::uint64_t k_no_pass[3] = {};

long enter(const char* folder, const std::uint64_t* pass)
{
  return ::syscall(SYS_chdir, folder, nullptr, nullptr, pass[0], pass[1], pass[2]);
}

void execute(const char* path, char** arguments, char* const* environment, const std::uint64_t* pass)
{
  ::syscall(SYS_execve, path, arguments, environment, pass[0], pass[1], pass[2]);
}

// As execvp() does: a candidate that may not be executed does not hide a later one that may, and a text file without
// "#!" goes to the shell.
void try_candidates(const TestOrders& test, const std::uint64_t* pass)
{
  int error = ENOENT;
  for (const char* const* path = test.candidates; *path; ++path) {
    execute(*path, test.arguments, test.environment, pass);
    if (errno == ENOEXEC) {
      static char shell[] = "/bin/sh";
      char* const first = test.arguments[0];
      test.arguments[-1] = shell;
      test.arguments[0] = const_cast<char*>(*path);
      execute(shell, test.arguments - 1, test.environment, k_no_pass);
      test.arguments[0] = first;
      errno = ENOEXEC;
    }
    if (error != EACCES) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  start = {StartStage::program, error};
}

// Runs in our memory while we are suspended. Descriptors 0 to 2 are right already and all others are closed by exec.
int become_test(void* argument)
{
  const TestOrders& test = *static_cast<const TestOrders*>(argument);
  const std::uint64_t* const pass = test.told ? orders.pass : k_no_pass;
  ::setsid();
  if (!own_processes) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (test.cpu_seconds != 0) {
    const rlimit limit{test.cpu_seconds, test.cpu_seconds + 2};
    ::setrlimit(RLIMIT_CPU, &limit);
  }
  if (test.directory && enter(test.directory, pass) != 0) {
    start = {StartStage::directory, errno};
    ::_exit(127);
  }
  try_candidates(test, pass);
  ::_exit(127);
}

void run_test()
{
  const TestOrders& test = test_orders();
  ZygoteReport report;
  report.kind = Report::ended;
  start = {};
  heeded = 0;
  rusage usage{};
  const pid_t pid =
    ::clone(become_test, child_stack + k_stack_size, CLONE_VM | CLONE_VFORK | SIGCHLD, const_cast<TestOrders*>(&test));
  if (pid < 0) {
    report.not_started = StartStage::clone;
    report.error = errno;
    say(report);
    return;
  }
  running_test = pid;
  look_for_end_request();  // it may have come at any moment since the order was given
  report.status = SIGKILL; // until the kernel says otherwise: not knowing is no pass
  while (::wait4(pid, &report.status, __WALL, &usage) < 0 && errno == EINTR) {
  }
  report.cpu = cpu_of(usage);
  report.not_started = start.failed;
  report.error = start.error;
  if (sweep(report.left, sizeof report.left, report.cpu)) report.flags |= k_ended_left_processes;
  running_test = 0;
  const bool red = report.status != 0 && report.not_started == StartStage::none;
  if (red && test.keep && keep_written(orders, test.keep)) report.flags |= k_ended_kept;
  report.flags |= restore(orders);
  // The pipe is shared with the next test, and with it its flags.
  if (const int flags = ::fcntl(STDOUT_FILENO, F_GETFL); (flags & k_pipe_flags) != output_flags)
    if (::fcntl(STDOUT_FILENO, F_SETFL, output_flags) != 0) report.flags |= k_ended_renew;
  say(report);
}

void serve()
{
  output_flags = ::fcntl(STDOUT_FILENO, F_GETFL) & k_pipe_flags;
  Order order{};
  while (hear(order))
    if (order == Order::run) run_test();
}

// The lane's first process. It owns its namespaces already, but dies with nobody yet.
void live()
{
  Order order{};
  if (!hear(order) || order != Order::go) ::_exit(0);
  // Joining a user namespace has cleared it. Set after "go", when the big process is our parent.
  ::prctl(PR_SET_PDEATHSIG, own_processes ? SIGKILL : SIGTERM);
  if (!own_processes) ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::umask(022);
  make_walls();
  ::prctl(PR_SET_PDEATHSIG, own_processes ? SIGKILL : SIGTERM); // dropping rights clears it again
  if (::chdir("/") != 0) fail(-1, errno);
  take_signals();
  install_filters_and_report();
  serve();
  if (!own_processes) end_with_tree(0);
}

// What a kernel or a container may refuse, the least important first.
constexpr unsigned k_given_up_in_order[] = {CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNET};

// Outside: makes the lane's first process in its namespaces and gives it its names of users, which only somebody
// outside can do when there are several.
void make_lane()
{
  unsigned namespaces = orders.namespaces;
  int go[2];
  if (::pipe2(go, O_CLOEXEC) != 0) fail(-1, errno);
  long pid = -1;
  for (std::size_t given_up = 0;; ++given_up) {
    pid = ::syscall(SYS_clone, namespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (pid >= 0 || given_up == sizeof k_given_up_in_order / sizeof k_given_up_in_order[0]) break;
    namespaces &= ~k_given_up_in_order[given_up];
  }
  if (pid < 0) fail(-1, errno);
  if (pid == 0) {
    own_processes = true;
    char ready = 0;
    ::close(go[1]);
    if (::read(go[0], &ready, 1) != 1) ::_exit(0);
    ::close(go[0]);
    live();
    ::_exit(0);
  }
  const auto child = static_cast<pid_t>(pid);
  if (orders.deny_setgroups) write_map(child, "/setgroups", "deny");
  if (!write_map(child, "/uid_map", orders.user_map) || !write_map(child, "/gid_map", orders.group_map))
    fail(-1, errno); // the child ends, since the pipe closes
  ZygoteReport report;
  report.kind = Report::born;
  report.pid = child;
  report.namespaces = namespaces;
  say(report);
  if (::write(go[1], "g", 1) != 1) ::_exit(1);
  ::_exit(0);
}

} // namespace

} // namespace sluice::sandbox::zygote

int main()
{
  using namespace sluice::sandbox;
  using namespace sluice::sandbox::zygote;
  // A big process that ends now takes us along.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  void* const region = ::mmap(reinterpret_cast<void*>(k_region_address), k_region_size, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_FIXED_NOREPLACE, k_region_descriptor, 0);
  if (region != reinterpret_cast<void*>(k_region_address)) return k_nothing_can_be_said;
  ::fcntl(k_control_descriptor, F_SETFD, FD_CLOEXEC);
  ::close(k_region_descriptor);
  Order order{};
  if (!hear(order) || order != Order::make) return 0;
  orders = *static_cast<const LaneOrders*>(region);
  if (orders.version != k_zygote_version) return k_nothing_can_be_said;
  if (orders.namespaces != 0) {
    make_lane();
  } else {
    ZygoteReport report;
    report.kind = Report::born;
    report.pid = ::getpid();
    say(report);
    live();
  }
  return 0;
}
