// Length: one state machine over lanes and the programs in them, whose steps share all of its members.
#include "runner/sandbox/sandbox_executor.h"

#include "model/error.h"
#include "runner/sandbox/children.h"
#include "runner/sandbox/control_group.h"
#include "runner/sandbox/declared.h"
#include "runner/sandbox/fast_image.h"
#include "runner/sandbox/fast_protocol.h"
#include "runner/sandbox/lane.h"
#include "runner/sandbox/lane_watch.h"
#include "runner/sandbox/path_filter.h"
#include "runner/sandbox/takeover.h"
#include "runner/sandbox/wall_filter.h"
#include "runner/sandbox/zygote_image.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <sys/epoll.h>
#include <sys/random.h>
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

enum class Source : std::uint64_t { signals, output, control };

SteadyTime now()
{
  return std::chrono::steady_clock::now();
}

// Twenty-four bytes of chance for one lane.
Pass new_pass()
{
  Pass pass{};
  if (::getrandom(pass.data(), sizeof pass, 0) != static_cast<ssize_t>(sizeof pass))
    throw Error(ErrorKind::world, fmt::format("no random numbers: {}", std::strerror(errno)));
  return pass;
}

// A lane, and the program in it if there is one.
struct Place {
  std::uint64_t number = 0; // never used again
  std::string exchange;
  bool shares = false;
  std::unique_ptr<ControlGroup> group;
  std::unique_ptr<Lane> lane;
  std::unique_ptr<LaneWatch> watch;
  bool fast = false;                // its filter lets the fast path pass
  std::vector<std::string> folders; // on the host, of level `bare`
  std::optional<ProcessId> process;
  std::string program;
  std::optional<SteadyTime> kill_at; // the lane, when the program does not end before
  bool abandoned = false;            // killed by us as a whole

  Place() = default;
  Place(Place&&) = default;
  Place& operator=(Place&&) = default;
  ~Place() { close(); }

  void close()
  {
    if (lane) lane->kill();
    watch.reset();
    lane.reset();
    group.reset();
    std::error_code ignored;
    for (const std::string& folder : folders) std::filesystem::remove_all(folder, ignored);
    folders.clear();
  }
};

class Sandboxes final : public SandboxExecutor {
public:
  explicit Sandboxes(SandboxSpec spec);
  ~Sandboxes() override { places_.clear(); }

  const SandboxState& prepare() override;
  std::variant<ProcessId, StartFailure> start(const Command& command) override;
  void end(ProcessId process, Ending how) override;
  void wait(std::optional<SteadyTime> until, std::vector<ProcessEvent>& events) override;

private:
  std::uint64_t tag(const Place& place, Source source) const
  {
    return place.number << 2 | static_cast<std::uint64_t>(source);
  }
  std::optional<LaneFailure> open(Place& place);
  std::optional<LaneFailure> open_at(Place& place, SandboxLevel level);
  void note(const Place& place, SandboxLevel level, std::string refused);
  std::variant<Place*, LaneFailure> place_for(const std::string& exchange, bool shares);
  Command with_fast_path(const Command& command) const;
  void note_calls(const Place& place);
  Place* find(ProcessId process);
  void read_output(Place& place, std::vector<ProcessEvent>& events, std::size_t most);
  void hear(Place& place, std::vector<ProcessEvent>& events);
  void lane_lost(Place& place, std::vector<ProcessEvent>& events);
  void finish(Place& place, const ZygoteReport& report, std::vector<ProcessEvent>& events);
  void handle(const epoll_event& ready, std::vector<ProcessEvent>& events);
  void reap_strangers();
  int timeout(std::optional<SteadyTime> until) const;

  SandboxSpec spec_;
  Takeover takeover_;
  Fd epoll_;
  Fd image_;
  FastImages fast_images_;                     // empty without the fast path; lanes refer to it
  std::map<std::string, bool> fast_path_pays_; // by program, as its last batch has shown
  HostFacts host_;
  std::optional<SandboxLevel> level_; // of the lanes; known when the first is made
  SandboxState state_;
  OwnChildren children_;
  std::vector<pid_t> foreign_;
  std::uint64_t last_place_ = 0;
  std::uint64_t last_process_ = 0;
  std::vector<std::unique_ptr<Place>> places_;
  std::array<char, k_piece> buffer_;
};

Sandboxes::Sandboxes(SandboxSpec spec)
  : spec_(std::move(spec)), epoll_(::epoll_create1(EPOLL_CLOEXEC)), image_(make_zygote_image()),
    fast_images_(spec_.fast_paths ? make_fast_images() : FastImages{}), host_(read_host_facts())
{
  children_.read(foreign_);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(Source::signals);
  if (!epoll_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, takeover_.descriptor(), &event) != 0)
    throw Error(ErrorKind::world, fmt::format("cannot wait for sandboxes: {}", std::strerror(errno)));
  ControlGroup::remove_old();
}

// --- lanes

std::optional<LaneFailure> Sandboxes::open_at(Place& place, SandboxLevel level)
{
  const std::string name = fmt::format("sluice-{}-{}", ::getpid(), place.number);
  SandboxSpec spec = spec_;
  if (place.shares) spec.writable.insert(spec.writable.end(), spec.shared.begin(), spec.shared.end());
  LanePlan plan = plan_lane(spec, host_, level, place.exchange, name);
  std::error_code ignored;
  for (const std::string& folder : plan.host_folders) std::filesystem::create_directories(folder, ignored);
  place.folders = plan.host_folders;
  LaneOptions options;
  options.image = image_.get();
  options.walls = wall_filter();
  std::unique_ptr<FastLog> fast = spec_.fast_paths && spec_.observe ? FastLog::make(fast_images_) : nullptr;
  if (spec_.observe) {
    options.pass = new_pass();
    FilterOptions filter{{}, options.pass};
    if (fast) {
      filter.control_calls = {k_fast_call};
      filter.fast_page = k_fast_page;
    }
    options.observation = path_filter(filter);
  }
  options.before_walls = [&](pid_t zygote) { place.group = ControlGroup::make(spec_.limits, name, zygote); };
  auto made = Lane::make(plan, options);
  if (auto* failed = std::get_if<LaneFailure>(&made)) {
    place.close();
    return std::move(*failed);
  }
  place.lane = std::move(std::get<std::unique_ptr<Lane>>(made));
  if (place.lane->lost_copy_on_write() && spec_.tree_mode == TreeMode::copy_on_write) {
    state_.losses.push_back("trees are read-only instead of copied on write: this kernel has no overlays for users");
    spec_.tree_mode = TreeMode::read_only;
    place.close();
    return open_at(place, level);
  }
  place.fast = fast && place.lane->listener() >= 0;
  if (place.lane->listener() >= 0)
    place.watch = std::make_unique<LaneWatch>(place.lane->listener(), place.lane->zygote(), plan.view, std::move(fast));
  for (const auto& [fd, source] :
       {std::pair{place.lane->control(), Source::control}, std::pair{place.lane->output(), Source::output}}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = tag(place, source);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      const int error = errno;
      place.close();
      return LaneFailure{fmt::format("cannot watch a lane: {}", std::strerror(error)), error, false};
    }
  }
  return std::nullopt;
}

void Sandboxes::note(const Place& place, SandboxLevel level, std::string refused)
{
  for (const std::string& loss : place.lane->losses()) state_.losses.push_back(loss);
  if (level == SandboxLevel::full && !state_.losses.empty()) {
    level = SandboxLevel::partial;
    refused = state_.losses.front();
  }
  if (level == SandboxLevel::bare) {
    state_.losses.insert(state_.losses.begin(),
                         {"tests see the host's processes and could signal those of the same user",
                          "tests reach the host's network", "trees are not copied on write",
                          "the store and credentials can be read"});
  }
  state_.level = level;
  state_.refused = std::move(refused);
  state_.observed = place.watch != nullptr;
  state_.fast_paths = place.fast;
  state_.limits = place.group ? place.group->kind() : "resource limits";
  level_ = level;
}

std::optional<LaneFailure> Sandboxes::open(Place& place)
{
  if (level_) {
    std::optional<LaneFailure> failed = open_at(place, *level_ == SandboxLevel::partial ? SandboxLevel::full : *level_);
    if (failed) return failed;
    // What this run is said to have run in is what its first lane had.
    for (const std::string& loss : place.lane->losses()) {
      if (std::find(state_.losses.begin(), state_.losses.end(), loss) != state_.losses.end()) continue;
      LaneFailure less{fmt::format("its sandbox would lack what others of this run have: {}", loss), EAGAIN, true};
      place.close();
      return less;
    }
    return std::nullopt;
  }
  std::string refused;
  if (spec_.most == SandboxLevel::full) {
    std::optional<LaneFailure> failed = open_at(place, SandboxLevel::full);
    if (!failed) {
      note(place, SandboxLevel::full, {});
      return std::nullopt;
    }
    if (!failed->essential_step) return failed;
    refused = failed->what;
  }
  std::optional<LaneFailure> failed = open_at(place, SandboxLevel::bare);
  if (!failed) note(place, SandboxLevel::bare, std::move(refused));
  return failed;
}

const SandboxState& Sandboxes::prepare()
{
  if (!level_) {
    auto made = place_for({}, false);
    if (auto* failed = std::get_if<LaneFailure>(&made))
      throw Error(ErrorKind::world, fmt::format("no sandbox can be made: {}", failed->what),
                  "sluice doctor says what this machine can do; --no-sandbox runs tests as they are");
  }
  if (state_.level > spec_.least)
    throw Error(ErrorKind::world,
                fmt::format("the sandbox would only be {}, but {} is demanded: {}", to_string(state_.level),
                            to_string(spec_.least), state_.refused),
                "sluice doctor says what this machine can do");
  return state_;
}

// A free lane of that exchange. One that nothing is exchanged with was made to see what can be done, and is free for
// programs that exchange nothing.
std::variant<Place*, LaneFailure> Sandboxes::place_for(const std::string& exchange, bool shares)
{
  for (const auto& place : places_)
    if (!place->process && place->lane && place->exchange == exchange && place->shares == shares) return place.get();
  auto place = std::make_unique<Place>();
  place->number = ++last_place_;
  place->exchange = exchange;
  place->shares = shares;
  if (auto failed = open(*place)) return std::move(*failed);
  places_.push_back(std::move(place));
  return places_.back().get();
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
  if (!own && (spec_.fast_paths_always || known == fast_path_pays_.end() || known->second))
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
    if (place.watch) {
      place.watch->begin();
      if (place.watch->tell(command.working_directory, command.arguments.front())) told = Lane::Told::yes;
    }
    if (place.lane->run(place.fast ? with_fast_path(command) : command, {spec_.limits.cpu_seconds, spec_.keep_written},
                        told)) {
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
  const std::size_t calls = place.watch->calls_per_program();
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
  if (!place || !place->lane) return;
  place->lane->end(how);
  if (how == Ending::kill && !place->kill_at) place->kill_at = now() + k_kill_limit;
}

void Sandboxes::read_output(Place& place, std::vector<ProcessEvent>& events, std::size_t most)
{
  for (std::size_t pieces = 0; pieces < most; ++pieces) {
    const ssize_t got = ::read(place.lane->output(), buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    // Between programs nobody can write.
    if (place.process)
      events.emplace_back(Output{*place.process, std::string(buffer_.data(), static_cast<std::size_t>(got))});
  }
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
  if (place.watch) observation = place.watch->finish();
  if (place.fast) note_calls(place);
  if (!place.watch) observation.incomplete = "not observed";
  if (ended.left_processes) observation.findings.push_back({FindingKind::left_processes, report.left});
  if (report.flags & k_ended_full)
    observation.findings.push_back({FindingKind::limit, "disk: the private folders were full"});
  // A test that a limit has hit does not end well.
  if (place.group && (ended.signal != 0 || ended.exit_code != 0))
    if (const std::string limit = place.group->reached(); !limit.empty())
      observation.findings.push_back({FindingKind::limit, limit});
  if (ended.signal == SIGXCPU) observation.findings.push_back({FindingKind::limit, "processor time"});
  if (ended.signal == SIGXFSZ) observation.findings.push_back({FindingKind::limit, "size of a file"});
  declare(observation, spec_);
  if (place.watch || !observation.findings.empty())
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
  std::vector<pid_t> listed;
  for (int round = 0; round < 100; ++round) {
    children_.read(listed);
    bool any = false;
    for (const pid_t pid : listed) {
      const bool known = std::find(foreign_.begin(), foreign_.end(), pid) != foreign_.end() ||
                         std::any_of(places_.begin(), places_.end(),
                                     [pid](const auto& place) { return place->lane && place->lane->zygote() == pid; });
      if (known) continue;
      any = true;
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, WNOHANG | __WALL);
    }
    if (!any) return;
    const timespec pause{0, 500'000};
    ::nanosleep(&pause, nullptr);
  }
}

void Sandboxes::hear(Place& place, std::vector<ProcessEvent>& events)
{
  bool gone = false;
  const std::optional<ZygoteReport> report = place.lane->hear(gone);
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
    if (place->number != number) continue;
    if (source == Source::output) read_output(*place, events, 1);
    else hear(*place, events);
    return;
  }
}

int Sandboxes::timeout(std::optional<SteadyTime> until) const
{
  std::optional<SteadyTime> wake = until;
  for (const auto& place : places_)
    if (place->kill_at) wake = wake ? std::min(*wake, *place->kill_at) : *place->kill_at;
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
    if (events.size() > before) return;
    const SteadyTime time = now();
    for (const auto& place : places_) {
      if (!place->kill_at || time < *place->kill_at) continue;
      place->abandoned = true;
      place->kill_at = time + k_kill_limit;
      place->lane->kill();
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
