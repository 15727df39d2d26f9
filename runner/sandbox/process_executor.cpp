#include "runner/sandbox/process_executor.h"

#include "model/error.h"
#include "runner/sandbox/fd.h"
#include "runner/sandbox/orphans.h"
#include "runner/sandbox/program_start.h"
#include "runner/sandbox/takeover.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::sandbox {

using runner::Command;
using runner::Ended;
using runner::Ending;
using runner::Output;
using runner::ProcessEvent;
using runner::ProcessId;
using runner::StartFailure;
using runner::SteadyTime;
using runner::StopRequest;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t k_piece = 64 * 1024;
constexpr std::size_t k_most_drained = 2u << 20; // a pipe holds 64 KiB unless the test made it larger
constexpr auto k_look_round = 1s;                // zombies of daemons that come and go are reaped so often
constexpr auto k_sweep_pause = 1ms;
constexpr auto k_sweep_limit = 5s; // what the kernel will not let die by then (disk wait) is left to itself
constexpr int k_sweep_rounds = 20;
constexpr auto k_sweep_round = 50us;

// What an epoll entry is about: the process's number, and one of these in the lowest bits.
enum class Source : std::uint64_t { signals, output, leader };

std::uint64_t tag(ProcessId id, Source source)
{
  return static_cast<std::uint64_t>(id) << 2 | static_cast<std::uint64_t>(source);
}

SteadyTime now()
{
  return std::chrono::steady_clock::now();
}

struct Running {
  Child child;
  Fd output;
  // We keep the writing end as well: the end of a process is told by its pidfd, and without a "hang-up" there is
  // nothing to wake for when a test closes its output.
  Fd writer;
  Ended ended;
  SteadyTime sweep_until{};
};

class ProcessExecutor final : public runner::Executor {
public:
  ProcessExecutor();
  ~ProcessExecutor() override;

  std::variant<ProcessId, StartFailure> start(const Command& command) override;
  void end(ProcessId process, Ending how) override;
  void wait(std::optional<SteadyTime> until, std::vector<ProcessEvent>& events) override;

private:
  // Parallel vectors: trees_[i] belongs to running_[i]. As many as there are lanes.
  std::size_t find(ProcessId id) const;
  bool watch(int fd, std::uint64_t what);
  void handle(const epoll_event& ready, std::vector<ProcessEvent>& events);
  bool read_output(Running& process, std::vector<ProcessEvent>& events);
  void drain(Running& process, std::vector<ProcessEvent>& events);
  void leader_ended(std::size_t at);
  bool swept(std::size_t at);
  void finish_swept(std::vector<ProcessEvent>& events);
  bool sweeping() const;
  int timeout(std::optional<SteadyTime> until) const;

  Takeover takeover_;
  ProgramStarter starter_;
  Orphans orphans_;
  Fd epoll_;
  std::uint64_t last_id_ = 0;
  std::vector<Tree> trees_;
  std::vector<Running> running_;
  std::array<char, k_piece> buffer_;
  SteadyTime looked_round_ = now();
};

ProcessExecutor::ProcessExecutor() : epoll_(::epoll_create1(EPOLL_CLOEXEC))
{
  if (!epoll_ || !watch(takeover_.descriptor(), tag(ProcessId{0}, Source::signals)))
    throw Error(ErrorKind::world, fmt::format("cannot wait for processes: {}", std::strerror(errno)));
}

ProcessExecutor::~ProcessExecutor()
{
  for (const Tree& tree : trees_) orphans_.signal(tree.id, tree.leader_reaped ? 0 : tree.leader, SIGKILL);
  std::vector<ProcessEvent> unheard;
  const SteadyTime limit = now() + k_sweep_limit;
  try {
    while (!trees_.empty() && now() < limit) wait(limit, unheard), unheard.clear();
  } catch (const std::exception&) {
    // All have been killed; that their end cannot be awaited is no reason to end without the last words of a run.
  }
  orphans_.scan(trees_);
}

bool ProcessExecutor::watch(int fd, std::uint64_t what)
{
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = what;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

std::size_t ProcessExecutor::find(ProcessId id) const
{
  const auto at = std::find_if(trees_.begin(), trees_.end(), [id](const Tree& tree) { return tree.id == id; });
  return static_cast<std::size_t>(at - trees_.begin());
}

std::variant<ProcessId, StartFailure> ProcessExecutor::start(const Command& command)
{
  const auto failure = [&](int error) {
    const std::string program = command.arguments.empty() ? "a command" : command.arguments.front();
    return StartFailure{error, fmt::format("cannot start {}: {}", program, std::strerror(error))};
  };
  const ProcessId id{++last_id_};
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure(errno);
  Running process;
  process.output = Fd(ends[0]);
  process.writer = Fd(ends[1]);
  process.ended.process = id;
  ::fcntl(process.output.get(), F_SETFL, O_NONBLOCK);
  if (!watch(process.output.get(), tag(id, Source::output))) return failure(errno);

  auto started = starter_.start(command, orphans_.mark(id), process.writer.get());
  if (auto* failed = std::get_if<StartFailure>(&started)) return std::move(*failed);
  process.child = std::move(std::get<Child>(started));
  const pid_t leader = process.child.pid;
  if (!watch(process.child.pidfd.get(), tag(id, Source::leader))) {
    const int error = errno;
    ::kill(leader, SIGKILL);
    ::waitpid(leader, nullptr, 0);
    return failure(error);
  }
  trees_.push_back({id, leader, false});
  running_.push_back(std::move(process));
  return id;
}

void ProcessExecutor::end(ProcessId process, Ending how)
{
  const std::size_t at = find(process);
  if (at == trees_.size()) return;
  orphans_.scan(trees_);
  const Tree& tree = trees_[at];
  orphans_.signal(process, tree.leader_reaped ? 0 : tree.leader, how == Ending::kill ? SIGKILL : SIGTERM);
}

// True while there may be more.
bool ProcessExecutor::read_output(Running& process, std::vector<ProcessEvent>& events)
{
  const ssize_t got = ::read(process.output.get(), buffer_.data(), buffer_.size());
  if (got <= 0) return got < 0 && errno == EINTR;
  events.emplace_back(Output{process.ended.process, std::string(buffer_.data(), static_cast<std::size_t>(got))});
  return true;
}

// All that was written before the end. Bounded, for somebody else may hold the pipe and go on writing.
void ProcessExecutor::drain(Running& process, std::vector<ProcessEvent>& events)
{
  for (std::size_t pieces = 0; pieces < k_most_drained / k_piece; ++pieces)
    if (!read_output(process, events)) return;
}

void ProcessExecutor::leader_ended(std::size_t at)
{
  Running& process = running_[at];
  int status = 0;
  rusage usage{};
  pid_t reaped;
  do {
    reaped = ::wait4(process.child.pid, &status, WNOHANG | __WALL, &usage);
  } while (reaped < 0 && errno == EINTR);
  if (reaped == 0) return;
  if (reaped < 0) { // somebody else has taken its status: not knowing is no pass
    process.ended.signal = SIGKILL;
    process.ended.lost = true;
  } else if (WIFSIGNALED(status)) process.ended.signal = WTERMSIG(status);
  else process.ended.exit_code = WEXITSTATUS(status);
  process.ended.cpu = cpu_of(usage);
  process.sweep_until = now() + k_sweep_limit;
  process.child.pidfd.reset();
  trees_[at].leader_reaped = true;
}

// True when nothing is left of a tree whose leader has ended. What is left is killed; the next round finds what that
// set free.
bool ProcessExecutor::swept(std::size_t at)
{
  const ProcessId id = trees_[at].id;
  for (int round = 0; round < k_sweep_rounds; ++round) {
    orphans_.scan(trees_);
    if (orphans_.living(id) == 0) return true;
    if (orphans_.unexpected(id) > 0) running_[at].ended.left_processes = true;
    orphans_.signal(id, 0, SIGKILL);
    const timespec pause{0, std::chrono::nanoseconds(k_sweep_round).count()};
    ::nanosleep(&pause, nullptr);
  }
  return now() >= running_[at].sweep_until;
}

void ProcessExecutor::finish_swept(std::vector<ProcessEvent>& events)
{
  for (std::size_t at = 0; at < trees_.size();) {
    if (!trees_[at].leader_reaped || !swept(at)) {
      ++at;
      continue;
    }
    Running& process = running_[at];
    drain(process, events);
    process.ended.cpu += orphans_.finish(process.ended.process);
    events.emplace_back(process.ended);
    const auto offset = static_cast<std::ptrdiff_t>(at);
    trees_.erase(trees_.begin() + offset);
    running_.erase(running_.begin() + offset);
  }
}

bool ProcessExecutor::sweeping() const
{
  return std::any_of(trees_.begin(), trees_.end(), [](const Tree& tree) { return tree.leader_reaped; });
}

int ProcessExecutor::timeout(std::optional<SteadyTime> until) const
{
  std::optional<SteadyTime> wake = until;
  const auto no_later = [&](SteadyTime time) { wake = wake ? std::min(*wake, time) : time; };
  if (!trees_.empty()) no_later(looked_round_ + k_look_round);
  if (sweeping()) no_later(now() + k_sweep_pause);
  if (!wake) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*wake - now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void ProcessExecutor::handle(const epoll_event& ready, std::vector<ProcessEvent>& events)
{
  const auto source = static_cast<Source>(ready.data.u64 & 3);
  if (source == Source::signals) {
    while (const std::optional<int> signal = takeover_.next_signal()) events.emplace_back(StopRequest{*signal});
    return;
  }
  const std::size_t at = find(ProcessId{ready.data.u64 >> 2});
  if (at == trees_.size()) return;
  if (source == Source::output) read_output(running_[at], events);
  else leader_ended(at);
}

void ProcessExecutor::wait(std::optional<SteadyTime> until, std::vector<ProcessEvent>& events)
{
  const std::size_t before = events.size();
  std::array<epoll_event, 64> ready;
  while (true) {
    const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), timeout(until));
    if (count < 0 && errno != EINTR)
      throw Error(ErrorKind::world, fmt::format("cannot wait for processes: {}", std::strerror(errno)));
    for (int i = 0; i < count; ++i) handle(ready[static_cast<std::size_t>(i)], events);
    if (sweeping()) finish_swept(events);
    if (events.size() > before) return;
    const SteadyTime time = now();
    if (!trees_.empty() && time >= looked_round_ + k_look_round) {
      looked_round_ = time;
      orphans_.scan(trees_);
    }
    if (until && time >= *until) return;
  }
}

class SystemClock final : public runner::Clock {
public:
  SteadyTime now() override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall() override { return std::chrono::system_clock::now(); }
};

} // namespace

std::unique_ptr<runner::Executor> make_process_executor()
{
  return std::make_unique<ProcessExecutor>();
}

std::unique_ptr<runner::Clock> make_system_clock()
{
  return std::make_unique<SystemClock>();
}

} // namespace sluice::sandbox
