#include "runner/sandbox/sandbox_executor.h"

#include "model/error.h"
#include "runner/sandbox/children.h"
#include "runner/sandbox/declared.h"
#include "runner/sandbox/fast_path/fast_protocol.h"
#include "runner/sandbox/lane_maker.h"
#include "runner/sandbox/takeover.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <sys/epoll.h>
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
constexpr std::size_t k_most_drained = 2u << 20;
// Path calls for each program that is started. Preloading costs as much as forty notifications; with it repeated calls
// are not counted.
constexpr std::size_t k_many_calls = 40;
constexpr std::size_t k_few_calls = 20;
constexpr auto k_kill_limit = 2s; // after that the whole lane is killed
// A program that prints line by line is read this often, not once for each line: being woken costs more than reading.
constexpr auto k_gather = 2ms;
constexpr std::size_t k_much = k_piece / 4; // of a pipe's 64 KiB: from here on it is read as fast as it writes

enum class Source : std::uint64_t { signals, output, control };

SteadyTime now()
{
  return std::chrono::steady_clock::now();
}

// A lane, and the program in it if there is one.
struct Place {
  std::string exchange;
  bool shares = false;
  std::unique_ptr<MadeLane> made;
  std::optional<ProcessId> process;
  std::string program;
  std::optional<SteadyTime> kill_at;   // the lane, when the program does not end before
  bool abandoned = false;              // killed by us as a whole
  SteadyTime read_at{};                // its output, last
  std::optional<SteadyTime> read_next; // until then its output is not listened to

  Lane& lane() const { return *made->lane; }
};

class Sandboxes final : public SandboxExecutor {
public:
  explicit Sandboxes(SandboxSpec spec);
  ~Sandboxes() override
  {
    places_.clear();
    if (maker_.state().level == SandboxLevel::bare) reap_strangers();
  }

  const SandboxState& prepare() override;
  std::variant<ProcessId, StartFailure> start(const Command& command) override;
  void end(ProcessId process, Ending how) override;
  void wait(std::optional<SteadyTime> until, std::vector<ProcessEvent>& events) override;

private:
  bool listen(int operation, int fd, const Place& place, Source source, std::uint32_t events) const;
  std::variant<Place*, LaneFailure> place_for(const std::string& exchange, bool shares);
  Command with_fast_path(const Command& command) const;
  void note_calls(const Place& place);
  Place* find(ProcessId process);
  std::size_t read_output(Place& place, std::vector<ProcessEvent>& events, std::size_t most);
  void read_gathered(Place& place, std::vector<ProcessEvent>& events);
  void hear(Place& place, std::vector<ProcessEvent>& events);
  void lane_lost(Place& place, std::vector<ProcessEvent>& events);
  void finish(Place& place, const ZygoteReport& report, std::vector<ProcessEvent>& events);
  void handle(const epoll_event& ready, std::vector<ProcessEvent>& events);
  void reap_strangers();
  int timeout(std::optional<SteadyTime> until) const;

  Takeover takeover_;
  Fd epoll_;
  LaneMaker maker_;
  std::map<std::string, bool> fast_path_pays_; // by program, as its last batch has shown
  Strangers strangers_;
  std::uint64_t last_process_ = 0;
  std::vector<std::unique_ptr<Place>> places_;
  std::array<char, k_piece> buffer_;
};

Sandboxes::Sandboxes(SandboxSpec spec) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), maker_(std::move(spec))
{
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(Source::signals);
  if (!epoll_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, takeover_.descriptor(), &event) != 0)
    throw Error(ErrorKind::world, fmt::format("cannot wait for sandboxes: {}", std::strerror(errno)));
}

// --- lanes

const SandboxState& Sandboxes::prepare()
{
  if (maker_.state().level == SandboxLevel::none) {
    auto made = place_for({}, false);
    if (auto* failed = std::get_if<LaneFailure>(&made))
      throw Error(ErrorKind::world, fmt::format("no sandbox can be made: {}", failed->what),
                  "sluice doctor says what this machine can do; --no-sandbox runs tests as they are");
  }
  const SandboxState& state = maker_.state();
  const SandboxLevel least = maker_.spec().least;
  if (state.level > least)
    throw Error(ErrorKind::world,
                fmt::format("the sandbox would only be {}, but {} is demanded: {}", to_string(state.level),
                            to_string(least), state.refused),
                "sluice doctor says what this machine can do");
  return state;
}

// A free lane of that exchange. One that nothing is exchanged with was made to see what can be done, and is free for
// programs that exchange nothing.
std::variant<Place*, LaneFailure> Sandboxes::place_for(const std::string& exchange, bool shares)
{
  for (const auto& place : places_)
    if (!place->process && place->exchange == exchange && place->shares == shares) return place.get();
  auto made = maker_.make(exchange, shares);
  if (auto* failed = std::get_if<LaneFailure>(&made)) return std::move(*failed);
  auto place = std::make_unique<Place>();
  place->exchange = exchange;
  place->shares = shares;
  place->made = std::move(std::get<std::unique_ptr<MadeLane>>(made));
  if (!listen(EPOLL_CTL_ADD, place->lane().control(), *place, Source::control, EPOLLIN) ||
      !listen(EPOLL_CTL_ADD, place->lane().output(), *place, Source::output, EPOLLIN))
    return LaneFailure{fmt::format("cannot watch a lane: {}", std::strerror(errno)), errno, false};
  places_.push_back(std::move(place));
  return places_.back().get();
}

bool Sandboxes::listen(int operation, int fd, const Place& place, Source source, std::uint32_t events) const
{
  epoll_event event{};
  event.events = events;
  event.data.u64 = place.made->number << 2 | static_cast<std::uint64_t>(source);
  return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
}

// --- programs

// For programs of which nothing is known yet, and those whose last batch made many path calls. One that brings a
// library of its own keeps it.
Command Sandboxes::with_fast_path(const Command& command) const
{
  Command changed = command;
  const bool own = std::any_of(command.environment.begin(), command.environment.end(),
                               [](const std::string& variable) { return variable.starts_with("LD_PRELOAD="); });
  const auto known = fast_path_pays_.find(command.arguments.front());
  if (!own && (maker_.spec().fast_paths_always || known == fast_path_pays_.end() || known->second))
    changed.environment.push_back(fmt::format("LD_PRELOAD={}", k_fast_library));
  return changed;
}

std::variant<ProcessId, StartFailure> Sandboxes::start(const Command& command)
{
  if (command.arguments.empty()) return StartFailure{EINVAL, "cannot start a command without a program"};
  const auto failure = [&](int error, std::string_view why) {
    return StartFailure{error, fmt::format("cannot start {}: {}", command.arguments.front(), why)};
  };
  // A lane may have died since its last program; that is seen when it is spoken to.
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto made = place_for(command.exchange, command.shares);
    if (auto* failed = std::get_if<LaneFailure>(&made)) return failure(failed->error, failed->what);
    Place& place = *std::get<Place*>(made);
    Lane::Told told = Lane::Told::no;
    if (place.made->watch) {
      place.made->watch->begin();
      if (place.made->watch->tell(command.working_directory, command.arguments.front())) told = Lane::Told::yes;
    }
    if (place.made->group) place.made->group->begin();
    if (place.lane().run(place.made->fast ? with_fast_path(command) : command,
                         {maker_.spec().limits.cpu_seconds, maker_.spec().keep_written}, told)) {
      place.process = ProcessId{++last_process_};
      place.program = command.arguments.front();
      return *place.process;
    }
    const int error = errno;
    if (error == E2BIG) return failure(error, std::strerror(error));
    std::erase_if(places_, [&](const auto& each) { return each.get() == &place; });
  }
  return failure(EPIPE, "its sandbox ends as soon as it is made");
}

void Sandboxes::note_calls(const Place& place)
{
  const std::size_t calls = place.made->watch->calls_per_program();
  const auto known = fast_path_pays_.try_emplace(place.program, true).first;
  if (calls > k_many_calls) known->second = true;
  else if (calls < k_few_calls || !known->second) known->second = false;
}

Place* Sandboxes::find(ProcessId process)
{
  const auto at =
    std::find_if(places_.begin(), places_.end(), [&](const auto& place) { return place->process == process; });
  return at == places_.end() ? nullptr : at->get();
}

void Sandboxes::end(ProcessId process, Ending how)
{
  Place* const place = find(process);
  if (!place) return;
  place->lane().end(how);
  if (how == Ending::kill && !place->kill_at) place->kill_at = now() + k_kill_limit;
}

// How many bytes came.
std::size_t Sandboxes::read_output(Place& place, std::vector<ProcessEvent>& events, std::size_t most)
{
  std::size_t all = 0;
  for (std::size_t pieces = 0; pieces < most; ++pieces) {
    const ssize_t got = ::read(place.lane().output(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    all += static_cast<std::size_t>(got);
    // Between programs nobody can write.
    if (place.process)
      events.emplace_back(Output{*place.process, std::string(buffer_.data(), static_cast<std::size_t>(got))});
  }
  return all;
}

void Sandboxes::read_gathered(Place& place, std::vector<ProcessEvent>& events)
{
  const std::size_t bytes = read_output(place, events, 1);
  const SteadyTime time = now();
  const bool gather = bytes > 0 && bytes < k_much && time - place.read_at < 2 * k_gather;
  place.read_at = time;
  if (gather != place.read_next.has_value())
    listen(EPOLL_CTL_MOD, place.lane().output(), place, Source::output, gather ? 0u : std::uint32_t{EPOLLIN});
  place.read_next = gather ? std::optional(time + k_gather) : std::nullopt;
}

void Sandboxes::finish(Place& place, const ZygoteReport& report, std::vector<ProcessEvent>& events)
{
  read_output(place, events, k_most_drained / k_piece);
  Ended ended;
  ended.process = *place.process;
  ended.cpu = std::chrono::microseconds(report.cpu);
  ended.left_processes = report.flags & k_ended_left_processes;
  if (report.flags & k_ended_kept) ended.written = place.exchange + "/written";
  if (report.not_started != StartStage::none) {
    const char* const reason = std::strerror(report.error);
    ended.not_started =
      StartFailure{report.error, report.not_started == StartStage::directory
                                   ? fmt::format("cannot enter its folder to start {}: {}", place.program, reason)
                                   : fmt::format("cannot start {}: {}", place.program, reason)};
  } else if (WIFSIGNALED(report.status)) {
    ended.signal = WTERMSIG(report.status);
  } else {
    ended.exit_code = WEXITSTATUS(report.status);
  }
  Observation observation;
  if (place.made->watch) observation = place.made->watch->finish();
  if (place.made->fast) note_calls(place);
  if (!place.made->watch) {
    observation.watched = false;
    observation.incomplete = k_not_observed;
  }
  if (ended.left_processes) observation.findings.push_back({FindingKind::left_processes, report.left});
  if (report.flags & k_ended_full)
    observation.findings.push_back({FindingKind::limit, "disk: the private folders were full"});
  // A test that a limit has hit does not end well.
  if (place.made->group && (ended.signal != 0 || ended.exit_code != 0))
    if (const std::string limit = place.made->group->reached(); !limit.empty())
      observation.findings.push_back({FindingKind::limit, limit});
  if (ended.signal == SIGXCPU) observation.findings.push_back({FindingKind::limit, "processor time"});
  if (ended.signal == SIGXFSZ) observation.findings.push_back({FindingKind::limit, "size of a file"});
  declare(observation, maker_.spec());
  if (place.made->watch || !observation.findings.empty())
    ended.observation = std::make_shared<const Observation>(std::move(observation));
  place.process.reset();
  place.kill_at.reset();
  events.emplace_back(std::move(ended));
}

void Sandboxes::lane_lost(Place& place, std::vector<ProcessEvent>& events)
{
  if (place.process) {
    read_output(place, events, k_most_drained / k_piece);
    Ended ended;
    ended.process = *place.process;
    ended.signal = SIGKILL;
    ended.left_processes = true;
    ended.lost = !place.abandoned;
    events.emplace_back(std::move(ended));
  }
  std::erase_if(places_, [&](const auto& each) { return each.get() == &place; });
  reap_strangers();
}

// Without a PID namespace what a lane leaves when it is killed comes to us.
void Sandboxes::reap_strangers()
{
  std::vector<pid_t> zygotes;
  for (const auto& place : places_) zygotes.push_back(place->lane().zygote());
  strangers_.end_all_but(zygotes);
}

void Sandboxes::hear(Place& place, std::vector<ProcessEvent>& events)
{
  bool gone = false;
  const std::optional<ZygoteReport> report = place.lane().hear(gone);
  if (report && place.process) {
    finish(place, *report, events);
    if (!(report->flags & k_ended_renew)) return;
    gone = true;
  }
  if (gone) lane_lost(place, events);
}

// --- waiting

void Sandboxes::handle(const epoll_event& ready, std::vector<ProcessEvent>& events)
{
  const auto source = static_cast<Source>(ready.data.u64 & 3);
  if (source == Source::signals) {
    while (const std::optional<int> signal = takeover_.next_signal()) events.emplace_back(StopRequest{*signal});
    return;
  }
  const std::uint64_t number = ready.data.u64 >> 2;
  for (const auto& place : places_) {
    if (place->made->number != number) continue;
    if (source == Source::output) read_gathered(*place, events);
    else hear(*place, events);
    return;
  }
}

int Sandboxes::timeout(std::optional<SteadyTime> until) const
{
  std::optional<SteadyTime> wake = until;
  for (const auto& place : places_)
    for (const std::optional<SteadyTime>& time : {place->kill_at, place->read_next})
      if (time) wake = wake ? std::min(*wake, *time) : *time;
  if (!wake) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*wake - now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void Sandboxes::wait(std::optional<SteadyTime> until, std::vector<ProcessEvent>& events)
{
  const std::size_t before = events.size();
  std::array<epoll_event, 64> ready;
  while (true) {
    const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), timeout(until));
    if (count < 0 && errno != EINTR)
      throw Error(ErrorKind::world, fmt::format("cannot wait for sandboxes: {}", std::strerror(errno)));
    for (int i = 0; i < count; ++i) handle(ready[static_cast<std::size_t>(i)], events);
    const SteadyTime time = now();
    for (const auto& place : places_)
      if (place->read_next && time >= *place->read_next) read_gathered(*place, events);
    if (events.size() > before) return;
    for (const auto& place : places_) {
      if (!place->kill_at || time < *place->kill_at) continue;
      place->abandoned = true;
      place->kill_at = time + k_kill_limit;
      place->lane().kill();
    }
    if (until && time >= *until) return;
  }
}

} // namespace

std::unique_ptr<SandboxExecutor> make_sandbox_executor(SandboxSpec spec)
{
  return std::make_unique<Sandboxes>(std::move(spec));
}

} // namespace sluice::sandbox
