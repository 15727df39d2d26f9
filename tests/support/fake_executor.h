// An executor of scripted processes over a FakeClock: waiting moves the clock to the next thing that happens. What a
// process does is scripted by the name of its program (arguments[0]); it sees the command, so that one script can serve
// any batch.
#pragma once

#include "runner/executor.h"
#include "tests/support/fake_clock.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::tests {

inline constexpr std::chrono::microseconds k_for_ever = std::chrono::hours(24 * 365);

enum class OnTerminate { ends, ignores };

struct FakeProcess {
  struct Step {
    std::chrono::microseconds after{0}; // since the start
    std::string output;
  };
  std::vector<Step> steps; // in order
  std::chrono::microseconds lasts{0};
  int exit_code = 0;
  int signal = 0;
  OnTerminate on_terminate = OnTerminate::ends;
  std::optional<runner::StartFailure> failure;
  std::shared_ptr<const Observation> observation{};
  bool left_processes = false;
};

class FakeExecutor final : public runner::Executor {
public:
  using Script = std::function<FakeProcess(const runner::Command&)>;

  explicit FakeExecutor(FakeClock& clock) : clock_(clock) {}

  void program(const std::string& name, Script script) { scripts_[name] = std::move(script); }
  // The user asks to stop after so much time.
  void stop_after(std::chrono::microseconds time, int signal = SIGINT) { stops_.emplace_back(time, signal); }

  // What was asked of it, in order.
  const std::vector<runner::Command>& started() const { return started_; }
  const std::vector<std::pair<runner::ProcessId, runner::Ending>>& endings() const { return endings_; }
  std::size_t most_at_once() const { return most_at_once_; }
  std::size_t running() const { return running_.size(); }

  std::variant<runner::ProcessId, runner::StartFailure> start(const runner::Command& command) override
  {
    const auto script = scripts_.find(command.arguments.front());
    if (script == scripts_.end()) return runner::StartFailure{ENOENT, "cannot start " + command.arguments.front()};
    FakeProcess process = script->second(command);
    if (process.failure) return *process.failure;
    if (keep_commands_) started_.push_back(command);
    running_.push_back({runner::ProcessId{++last_}, clock_.now(), std::move(process), 0});
    most_at_once_ = std::max(most_at_once_, running_.size());
    return running_.back().id;
  }

  void end(runner::ProcessId id, runner::Ending how) override
  {
    endings_.emplace_back(id, how);
    for (Running& running : running_) {
      if (running.id != id) continue;
      if (how == runner::Ending::terminate && running.process.on_terminate == OnTerminate::ignores) return;
      running.process.steps.resize(running.next);
      running.process.lasts = std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - running.started);
      running.process.signal = how == runner::Ending::kill ? SIGKILL : SIGTERM;
    }
  }

  void wait(std::optional<runner::SteadyTime> until, std::vector<runner::ProcessEvent>& events) override
  {
    runner::SteadyTime next = until.value_or(runner::SteadyTime::max());
    for (const Running& running : running_) next = std::min(next, next_of(running));
    for (const auto& [time, signal] : stops_) next = std::min(next, clock_.now() - clock_.elapsed() + time);
    if (next != runner::SteadyTime::max()) clock_.advance_to(next);
    deliver_stops(events);
    for (std::size_t i = 0; i < running_.size();)
      if (deliver(running_[i], events)) running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
      else ++i;
  }

  void keep_no_commands() { keep_commands_ = false; }

private:
  struct Running {
    runner::ProcessId id{};
    runner::SteadyTime started;
    FakeProcess process;
    std::size_t next = 0;
  };

  static runner::SteadyTime next_of(const Running& running)
  {
    const FakeProcess& process = running.process;
    return running.started + (running.next < process.steps.size() ? process.steps[running.next].after : process.lasts);
  }

  void deliver_stops(std::vector<runner::ProcessEvent>& events)
  {
    for (auto stop = stops_.begin(); stop != stops_.end();) {
      if (stop->first > clock_.elapsed()) {
        ++stop;
        continue;
      }
      events.emplace_back(runner::StopRequest{stop->second});
      stop = stops_.erase(stop);
    }
  }

  // True if it has ended.
  bool deliver(Running& running, std::vector<runner::ProcessEvent>& events)
  {
    while (next_of(running) <= clock_.now()) {
      if (running.next == running.process.steps.size()) {
        const int exit_code = running.process.signal == 0 ? running.process.exit_code : 0;
        events.emplace_back(runner::Ended{running.id,
                                          exit_code,
                                          running.process.signal,
                                          {},
                                          running.process.left_processes,
                                          running.process.observation});
        return true;
      }
      events.emplace_back(runner::Output{running.id, running.process.steps[running.next++].output});
    }
    return false;
  }

  FakeClock& clock_;
  std::map<std::string, Script> scripts_;
  std::vector<std::pair<std::chrono::microseconds, int>> stops_;
  std::vector<Running> running_;
  std::vector<runner::Command> started_;
  std::vector<std::pair<runner::ProcessId, runner::Ending>> endings_;
  std::uint64_t last_ = 0;
  std::size_t most_at_once_ = 0;
  bool keep_commands_ = true;
};

} // namespace sluice::tests
