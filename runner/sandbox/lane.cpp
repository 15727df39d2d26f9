#include "runner/sandbox/lane.h"

#include "runner/sandbox/region_writer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

constexpr int k_make_limit = 20'000; // milliseconds for one step of making a lane; a machine may be very busy
constexpr std::string_view k_default_path = "/usr/local/bin:/usr/bin:/bin";

struct ZygoteStart {
  int null, output, control, region, image;
  int error = 0;
};

// Runs in our memory while we are suspended: only system calls.
__attribute__((no_sanitize("address", "thread", "undefined"))) int become_zygote(void* argument)
{
  ZygoteStart& start = *static_cast<ZygoteStart*>(argument);
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &by_default, nullptr);
  ::setsid();
  // High ones first: one of them may stand where another is to go.
  const int control = ::fcntl(start.control, F_DUPFD, 16), region = ::fcntl(start.region, F_DUPFD, 16);
  const int image = ::fcntl(start.image, F_DUPFD, 16), output = ::fcntl(start.output, F_DUPFD, 16);
  ::dup2(start.null, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  ::dup2(control, k_control_descriptor);
  ::dup2(region, k_region_descriptor);
  ::dup3(image, k_region_descriptor + 1, O_CLOEXEC);
  ::syscall(SYS_close_range, static_cast<unsigned>(k_region_descriptor + 2), ~0u, 0u);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  char name[] = "sluice-zygote";
  char* arguments[] = {name, nullptr};
  char* environment[] = {nullptr};
  ::syscall(SYS_execveat, k_region_descriptor + 1, "", arguments, environment, AT_EMPTY_PATH);
  start.error = errno;
  ::_exit(127);
}

// What clone() needs: signals blocked, so that no handler of ours runs in the child, and a stack.
int clone_zygote(ZygoteStart& start)
{
  constexpr std::size_t k_stack = 64 * 1024;
  const auto stack = std::make_unique<char[]>(k_stack);
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const int pid = ::clone(become_zygote, stack.get() + k_stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
  if (pid < 0) start.error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return pid;
}

// What the kernel will not let die by then (disk wait) is left to it.
void reap(pid_t pid)
{
  constexpr timespec k_pause{0, 200'000};
  for (int round = 0; pid > 0 && round < 25'000; ++round) {
    const pid_t reaped = ::waitpid(pid, nullptr, WNOHANG | __WALL);
    if (reaped == pid || (reaped < 0 && errno != EINTR)) return;
    ::nanosleep(&k_pause, nullptr);
  }
}

LaneFailure cannot(std::string_view what, int error)
{
  return {fmt::format("{}: {}", what, std::strerror(error)), error, false};
}

std::string_view name_of(std::string_view assignment)
{
  return assignment.substr(0, assignment.find('='));
}

} // namespace

std::variant<std::unique_ptr<Lane>, LaneFailure> Lane::make(const LanePlan& plan, const LaneOptions& options)
{
  std::unique_ptr<Lane> lane(new Lane);
  if (auto failed = lane->start(options.image)) return std::move(*failed);
  if (auto failed = lane->build(plan, options)) return std::move(*failed);
  return lane;
}

Lane::~Lane()
{
  kill();
  for (const pid_t pid : {starter_, zygote_}) reap(pid);
  if (region_) ::munmap(region_, k_region_size);
}

std::optional<LaneFailure> Lane::start(int image)
{
  int ends[2], sockets[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return cannot("no pipe for a lane", errno);
  output_ = Fd(ends[0]);
  output_writer_ = Fd(ends[1]); // kept: a test that closes its output wakes nobody
  ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) return cannot("no channel", errno);
  control_ = Fd(sockets[0]);
  const Fd theirs(sockets[1]);
  region_file_ = Fd(::memfd_create("sluice-lane", MFD_CLOEXEC));
  if (!region_file_ || ::ftruncate(region_file_.get(), k_region_size) != 0) return cannot("no memory file", errno);
  void* const memory = ::mmap(nullptr, k_region_size, PROT_READ | PROT_WRITE, MAP_SHARED, region_file_.get(), 0);
  if (memory == MAP_FAILED) return cannot("no memory to share", errno);
  region_ = static_cast<char*>(memory);
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return cannot("/dev/null", errno);
  ZygoteStart start{null.get(), output_writer_.get(), theirs.get(), region_file_.get(), image};
  starter_ = clone_zygote(start);
  if (starter_ < 0 || start.error != 0) return cannot("the lane's first process does not start", start.error);
  return std::nullopt;
}

bool Lane::write_orders(const LanePlan& plan, const LaneOptions& options)
{
  RegionWriter writer(region_, 0, k_tests_offset);
  auto* const orders = writer.room<LaneOrders>();
  const std::size_t count = plan.steps.size();
  auto* const records = writer.room<StepRecord>(count);
  auto* const errors = writer.room<std::int32_t>(count + 1);
  if (!writer.ok()) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const Step& step = plan.steps[i];
    records[i] = {step.kind,
                  step.flags,
                  step.slot,
                  step.other,
                  step.group,
                  0,
                  step.number,
                  step.number2,
                  writer.text(step.text),
                  writer.text(step.text2)};
  }
  const auto filter = [&](const std::vector<sock_filter>& program) {
    auto* const copy = writer.room<sock_filter>(program.size());
    if (copy && !program.empty()) std::memcpy(copy, program.data(), program.size() * sizeof(sock_filter));
    return FilterProgram{writer.in_zygote(copy), static_cast<std::uint32_t>(program.size())};
  };
  const HostFacts host = read_host_facts();
  orders->version = k_zygote_version;
  orders->namespaces = plan.namespaces;
  orders->user_map = writer.text(host.user_map);
  orders->group_map = writer.text(host.group_map);
  orders->deny_setgroups = host.deny_setgroups;
  orders->step_count = static_cast<std::uint32_t>(count);
  orders->steps = writer.in_zygote(records);
  orders->errors = writer.in_zygote(errors);
  orders->walls = filter(options.walls);
  orders->observation = filter(options.observation);
  for (std::size_t i = 0; i < plan.host_folders.size() && i < std::size(orders->private_folders); ++i)
    orders->private_folders[i] = writer.text(plan.host_folders[i]);
  std::copy(options.pass.begin(), options.pass.end(), orders->pass);
  errors_ = errors;
  return writer.ok();
}

std::optional<LaneFailure> Lane::failure(const LanePlan& plan, const std::optional<ZygoteReport>& report)
{
  if (!report) return LaneFailure{"the lane's first process ended while it made its walls", ECHILD, true};
  const char* const reason = std::strerror(report->error);
  if (report->step >= 0 && static_cast<std::size_t>(report->step) < plan.steps.size()) {
    const Step& step = plan.steps[static_cast<std::size_t>(report->step)];
    const std::string text = step.text.empty() ? "" : fmt::format(" ({})", step.text);
    return LaneFailure{fmt::format("{}{}: {}", step.name, text, reason), report->error, true};
  }
  return LaneFailure{fmt::format("{}: {}", report->step == -1 ? "namespaces" : "seccomp filters", reason),
                     report->error, true};
}

void Lane::note_losses(const LanePlan& plan)
{
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (errors_[i] == 0) continue;
    lost_copy_on_write_ = lost_copy_on_write_ || step.kind == StepKind::overlay;
    if (!step.loss.empty()) losses_.push_back(fmt::format("{}: {}", step.loss, std::strerror(errors_[i])));
  }
  constexpr std::array<std::pair<unsigned, const char*>, 3> k_losses{
    {{CLONE_NEWNET, "tests reach the host's network"},
     {CLONE_NEWIPC, "shared memory and message queues are the host's"},
     {CLONE_NEWUTS, "the host name is the host's"}}};
  for (const auto& [space, loss] : k_losses)
    if ((plan.namespaces & space) && !(namespaces_ & space)) losses_.emplace_back(loss);
}

std::optional<LaneFailure> Lane::build(const LanePlan& plan, const LaneOptions& options)
{
  environment_ = plan.environment;
  if (!write_orders(plan, options)) return LaneFailure{"too many steps", E2BIG, true};
  if (!send(Order::make)) return cannot("the lane does not listen", errno);
  std::optional<ZygoteReport> report = receive();
  if (!report || report->kind != Report::born) return failure(plan, report);
  zygote_ = report->pid;
  namespaces_ = report->namespaces;
  if (zygote_ != starter_)
    while (::waitpid(starter_, nullptr, __WALL) < 0 && errno == EINTR) {
    }
  starter_ = 0;
  pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, zygote_, 0)));
  if (options.before_walls) options.before_walls(zygote_);
  if (!send(Order::go)) return cannot("the lane does not listen", errno);
  report = receive();
  if (!report || report->kind != Report::ready) return failure(plan, report);
  note_losses(plan);
  if (report->error != 0)
    losses_.push_back(fmt::format("what tests use cannot be observed: {}", std::strerror(report->error)));
  return std::nullopt;
}

bool Lane::send(Order order)
{
  return ::send(control_.get(), &order, sizeof order, MSG_NOSIGNAL) == sizeof order;
}

// One report, with the listener if it comes along. Waits, but not for ever.
std::optional<ZygoteReport> Lane::receive()
{
  pollfd ready{control_.get(), POLLIN, 0};
  if (::poll(&ready, 1, k_make_limit) != 1) return std::nullopt;
  ZygoteReport report;
  iovec part{&report, sizeof report};
  alignas(cmsghdr) char ancillary[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = ancillary;
  message.msg_controllen = sizeof ancillary;
  if (::recvmsg(control_.get(), &message, MSG_CMSG_CLOEXEC) != sizeof report) return std::nullopt;
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message); header && header->cmsg_type == SCM_RIGHTS) {
    int listener = -1;
    std::memcpy(&listener, CMSG_DATA(header), sizeof listener);
    listener_ = Fd(listener);
  }
  return report;
}

bool Lane::write_test(const runner::Command& command, const TestLimits& limits, Told told)
{
  RegionWriter writer(region_, k_tests_offset, k_region_size);
  auto* const orders = writer.room<TestOrders>();
  auto* const arguments = writer.room<char*>(command.arguments.size() + 2);
  auto* const environment = writer.room<char*>(command.environment.size() + environment_.size() + 1);
  if (!writer.ok()) return false;
  for (std::size_t i = 0; i < command.arguments.size(); ++i) arguments[i + 1] = writer.text(command.arguments[i]);
  std::size_t variables = 0;
  std::string_view path = k_default_path;
  for (const std::string& variable : command.environment) {
    const std::string_view name = name_of(variable);
    bool changed = false;
    for (const std::string& change : environment_) changed = changed || name_of(change) == name;
    if (changed) continue;
    if (name == "PATH") path = std::string_view(variable).substr(5);
    environment[variables++] = writer.text(variable);
  }
  for (const std::string& change : environment_)
    if (change.find('=') != std::string::npos) environment[variables++] = writer.text(change);

  const std::string& program = command.arguments.front();
  std::vector<std::string> candidates;
  if (program.find('/') != std::string::npos) {
    candidates.push_back(program);
  } else if (!program.empty()) {
    while (true) {
      const std::size_t colon = path.find(':');
      const std::string_view folder = path.substr(0, colon);
      candidates.push_back(folder.empty() ? program : fmt::format("{}/{}", folder, program));
      if (colon == std::string_view::npos) break;
      path.remove_prefix(colon + 1);
    }
  }
  auto* const places = writer.room<char*>(candidates.size() + 1);
  for (std::size_t i = 0; places && i < candidates.size(); ++i) places[i] = writer.text(candidates[i]);
  orders->candidates = writer.in_zygote(places);
  orders->arguments = writer.in_zygote(arguments) + 1;
  orders->environment = writer.in_zygote(environment);
  orders->directory = command.working_directory.empty() ? nullptr : writer.text(command.working_directory);
  orders->cpu_seconds = limits.cpu_seconds;
  if (limits.keep_written && !command.exchange.empty()) orders->keep = writer.text(command.exchange);
  orders->told = told == Told::yes;
  return writer.ok();
}

bool Lane::run(const runner::Command& command, const TestLimits& limits, Told told)
{
  if (!write_test(command, limits, told)) {
    errno = E2BIG;
    return false;
  }
  return send(Order::run);
}

std::optional<ZygoteReport> Lane::hear(bool& gone)
{
  ZygoteReport report;
  const ssize_t got = ::recv(control_.get(), &report, sizeof report, MSG_DONTWAIT);
  if (got == sizeof report && report.kind == Report::ended) return report;
  gone = got >= 0 || (errno != EAGAIN && errno != EINTR);
  return std::nullopt;
}

void Lane::end(runner::Ending how)
{
  if (!pidfd_) return;
  const bool kills = how == runner::Ending::kill;
  const auto request = static_cast<std::uint32_t>(kills ? EndRequest::kill : EndRequest::terminate);
  auto* const orders = reinterpret_cast<TestOrders*>(region_ + k_tests_offset);
  if (orders->end < request) __atomic_store_n(&orders->end, request, __ATOMIC_RELEASE);
  const bool sent = ::syscall(SYS_pidfd_send_signal, pidfd_.get(), k_look_signal, nullptr, 0) == 0;
  if (!sent && kills) kill(); // too many signals wait: the lane ends with its test
}

// Neither is reaped before this object goes, so that the numbers are theirs.
void Lane::kill()
{
  for (const pid_t pid : {starter_, zygote_})
    if (pid > 0) ::kill(pid, SIGKILL);
}

} // namespace sluice::sandbox
