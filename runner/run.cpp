#include "runner/run.h"

#include "runner/batch_run.h"
#include "runner/forecast.h"
#include "runner/journal.h"
#include "runner/schedule.h"
#include "runner/scratch_folder.h"
#include "runner/work.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <unistd.h>

namespace sluice::runner {

namespace {

constexpr std::chrono::seconds k_last_words{2}; // for processes to die after a second interrupt

template <class... Ts> struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;

// The last component of a path, with '/' after it.
std::string folder_name(std::string path)
{
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path.substr(path.rfind('/') + 1) + '/';
}

// Sorted; of each kind at most so many that a log line stays one.
std::vector<Finding> findings_of(const Ended& ended)
{
  std::vector<Finding> all = ended.observation ? ended.observation->findings : std::vector<Finding>{};
  const auto is_left = [](const Finding& each) { return each.kind == FindingKind::left_processes; };
  if (ended.left_processes && std::none_of(all.begin(), all.end(), is_left))
    all.push_back({FindingKind::left_processes, {}, false});
  std::vector<Finding> kept;
  for (const FindingKind kind : k_finding_kinds) {
    std::size_t count = 0;
    bool all_declared = true;
    for (Finding& each : all) {
      if (each.kind != kind) continue;
      if (++count < k_most_findings) kept.push_back(std::move(each));
      else all_declared = all_declared && each.declared;
    }
    if (count >= k_most_findings)
      kept.push_back({kind, fmt::format("and {} more", count - k_most_findings + 1), all_declared});
  }
  return kept;
}

std::string unobserved(const Ended& ended)
{
  return ended.observation ? ended.observation->incomplete : std::string(k_not_observed);
}

// What one lane keeps from batch to batch.
struct Lane {
  BatchRequest request;
  std::vector<const TestCase*> cases;
  std::optional<ScratchFolder> scratch;
};

// A process that runs, and where.
struct Slot {
  ProcessId process{};
  std::uint32_t batch = 0;
  Dispatch dispatch;
  std::unique_ptr<BatchRun> run;
};

class PlanRun {
public:
  PlanRun(const Plan& plan, const Catalogue& catalogue, const RunOptions& options, Executor& executor, Clock& clock,
          const FrameworkOf& framework_of, const Listener& listener)
    : plan_(plan), catalogue_(catalogue), options_(options), executor_(executor), clock_(clock),
      framework_of_(framework_of), journal_(plan, catalogue, clock, listener, retries_of(options)),
      forecast_(plan, catalogue),
      schedule_(make_work(plan, catalogue, options, framework_of, forecast_), catalogue, forecast_, options),
      lanes_(static_cast<std::size_t>(std::max(options.lanes, 1))), logs_name_(folder_name(options.logs)),
      shares_(catalogue.tests.size())
  {
    find_sharing();
  }

  RunEnd run()
  {
    while (true) {
      start_what_fits();
      if (slots_.empty()) break;
      events_.clear();
      executor_.wait(next_deadline(), events_);
      const SteadyTime now = clock_.now();
      for (ProcessEvent& event : events_) hear(event, now);
      expire(now);
      if (abandon_at_ && now >= *abandon_at_) break;
    }
    report_the_rest();
    if (interrupts_ > 0) return RunEnd::interrupted;
    return failed_fast_ ? RunEnd::stopped_early : RunEnd::complete;
  }

private:
  // Tests that stand in an order do so because one leaves something for the other.
  void find_sharing()
  {
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      const Needs& needs = catalogue_.tests[i].needs;
      if (!needs.fixtures_setup.empty() || !needs.fixtures_cleanup.empty() || !needs.fixtures_required.empty())
        shares_[i] = true;
      for (const TestId& before : needs.after) {
        shares_[i] = true;
        if (const auto found = catalogue_.find(before.value)) shares_[static_cast<std::size_t>(*found)] = true;
      }
    }
  }

  bool stopping() const { return interrupts_ > 0 || failed_fast_; }

  // --- starting

  void start_what_fits()
  {
    while (!stopping()) {
      std::optional<Dispatch> dispatch = schedule_.next(clock_.now());
      if (!dispatch) return;
      start(std::move(*dispatch));
      fail_fast();
    }
  }

  AttemptPlace place_of(const Dispatch& dispatch, std::uint32_t batch) const
  {
    using event::AttemptKind;
    const AttemptKind kind = dispatch.purpose == Purpose::isolated ? AttemptKind::isolated
                             : dispatch.purpose == Purpose::retry  ? AttemptKind::retry
                             : dispatch.round > 0                  ? AttemptKind::repeat
                                                                   : AttemptKind::first;
    return {batch, dispatch.lanes.front(), kind};
  }

  // Takes out of the dispatch the cases that lack a file they require.
  bool drop_unstartable(Dispatch& dispatch, const AttemptPlace& place)
  {
    const auto lacks_file = [&](TestIndex index) {
      for (const std::string& file : catalogue_.test(index).rules.required_files) {
        if (::access(file.c_str(), F_OK) == 0) continue;
        journal_.not_begun(index, place, Outcome::not_started, "required file " + file + " is missing");
        return true;
      }
      return false;
    };
    const auto kept = std::remove_if(dispatch.cases.begin(), dispatch.cases.end(), lacks_file);
    const bool dropped = kept != dispatch.cases.end();
    dispatch.cases.erase(kept, dispatch.cases.end());
    return dropped;
  }

  const BatchRequest& request_for(const Dispatch& dispatch)
  {
    Lane& lane = lanes_[static_cast<std::size_t>(dispatch.lanes.front())];
    if (!lane.scratch && !options_.scratch.empty()) {
      lane.scratch.emplace(fmt::format("{}/lane-{}", options_.scratch, dispatch.lanes.front()));
      lane.request.scratch = lane.scratch->path();
    }
    if (lane.request.environment.empty()) lane.request.environment = options_.environment;
    lane.cases.clear();
    for (const TestIndex index : dispatch.cases) lane.cases.push_back(&catalogue_.test(index));
    lane.request.cases = lane.cases;
    lane.request.program = &catalogue_.program_of(*lane.cases.front());
    return lane.request;
  }

  void start(Dispatch dispatch)
  {
    const std::uint32_t batch = ++last_batch_;
    const AttemptPlace place = place_of(dispatch, batch);
    Leftover leftover;
    leftover.red = drop_unstartable(dispatch, place);
    if (dispatch.cases.empty()) {
      finish(dispatch, std::move(leftover));
      return;
    }
    const BatchRequest& request = request_for(dispatch);
    const Framework& framework = framework_of_(*request.program);
    Command command = framework.command(request);
    command.exchange = request.scratch;
    command.shares = std::any_of(dispatch.cases.begin(), dispatch.cases.end(),
                                 [&](TestIndex test) { return shares_[static_cast<std::size_t>(test)]; });
    auto started = executor_.start(command);
    if (const auto* failure = std::get_if<StartFailure>(&started)) {
      for (const TestIndex test : dispatch.cases)
        journal_.not_begun(test, place, Outcome::not_started, failure->message);
      leftover.red = true;
      finish(dispatch, std::move(leftover));
      return;
    }
    journal_.say(event::BatchStarted{batch, place.lane, request.program->name, dispatch.cases.size()});
    const std::string log = fmt::format("{}.log", batch);
    BatchSetup setup{&catalogue_,
                     &options_.limits,
                     &journal_,
                     place,
                     fmt::format("{}/{}", options_.logs, log),
                     logs_name_ + log,
                     options_.keep_passed_output ? PassedOutput::kept : PassedOutput::dropped,
                     retries_of(options_) > 0 ? Retried::yes : Retried::no};
    auto run = std::make_unique<BatchRun>(std::move(setup), dispatch.cases, framework, request, clock_.now());
    slots_.push_back({std::get<ProcessId>(started), batch, std::move(dispatch), std::move(run)});
  }

  // --- hearing

  std::size_t find(ProcessId process) const
  {
    const auto at =
      std::find_if(slots_.begin(), slots_.end(), [process](const Slot& slot) { return slot.process == process; });
    return static_cast<std::size_t>(at - slots_.begin());
  }

  void hear(ProcessEvent& event, SteadyTime now)
  {
    std::visit(Overloaded{
                 [&](const Output& output) {
                   const std::size_t at = find(output.process);
                   if (at < slots_.size()) slots_[at].run->feed(output.bytes, now);
                 },
                 [&](const Ended& ended) {
                   const std::size_t at = find(ended.process);
                   if (at < slots_.size()) end_slot(at, ended, now);
                 },
                 [&](const StopRequest& request) { interrupt(request.signal, now); },
               },
               event);
    fail_fast();
  }

  void end_slot(std::size_t at, const Ended& ended, SteadyTime now)
  {
    Slot slot = std::move(slots_[at]);
    slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(at));
    const ProgramId program = catalogue_.test(slot.dispatch.cases.front()).program;
    const auto spent = std::chrono::duration_cast<Duration>(now - slot.run->started());
    if (ended.lost) slot.run->feed("\nsluice: how this ended is not known: what it ran in was destroyed\n", now);
    Leftover leftover = ended.not_started ? slot.run->never_ran(*ended.not_started, now) : slot.run->ended(ended, now);
    forecast_.learn(program, spent, slot.run->finished_cases());
    if (const auto startup = slot.run->startup()) forecast_.learn_startup(program, *startup);
    if (options_.observed) options_.observed(slot.dispatch.cases, ended.observation);
    journal_.say(event::BatchFinished{slot.batch, ended.exit_code, ended.signal, spent, ended.cpu, ended.left_processes,
                                      leftover.cut_off, findings_of(ended), keep_written(ended, slot.batch),
                                      unobserved(ended)});
    slot.run.reset(); // it may hold files in the scratch folder
    Lane& lane = lanes_[static_cast<std::size_t>(slot.dispatch.lanes.front())];
    if (lane.scratch) {
      lane.scratch->empty();
      lane.request.scratch = lane.scratch->path();
    }
    finish(slot.dispatch, std::move(leftover));
  }

  // Takes the folder to the logs; what it is called there.
  std::string keep_written(const Ended& ended, std::uint32_t batch) const
  {
    if (ended.written.empty()) return {};
    const std::string name = fmt::format("{}-written", batch);
    std::error_code failed;
    std::filesystem::rename(ended.written, options_.logs + "/" + name, failed);
    return failed ? std::string() : logs_name_ + name;
  }

  void finish(Dispatch& dispatch, Leftover&& leftover)
  {
    std::vector<Blocked> blocked;
    schedule_.finished(dispatch, std::move(leftover), blocked);
    for (Blocked& test : blocked) journal_.not_begun(test.test, {}, Outcome::not_run, std::move(test.reason));
  }

  // --- time

  std::optional<SteadyTime> next_deadline() const
  {
    SteadyTime next = abandon_at_.value_or(SteadyTime::max());
    for (const Slot& slot : slots_) next = std::min(next, slot.run->deadline());
    if (next == SteadyTime::max()) return std::nullopt;
    return next;
  }

  void expire(SteadyTime now)
  {
    for (std::size_t at = 0; at < slots_.size();) {
      BatchRun& run = *slots_[at].run;
      if (run.deadline() > now) {
        ++at;
      } else if (run.state() != BatchState::killed) {
        executor_.end(slots_[at].process, run.expired(now));
        ++at;
      } else {
        // SIGKILL did not end it (the kernel holds it); the run goes on without.
        end_slot(at, Ended{slots_[at].process, 0, SIGKILL, {}, true, nullptr}, now);
      }
    }
  }

  // --- stopping

  void interrupt(int signal, SteadyTime now)
  {
    ++interrupts_;
    journal_.say(event::Interrupted{signal});
    if (interrupts_ == 1) {
      for (Slot& slot : slots_)
        if (const auto how = slot.run->stop(StopCause::interrupted, now)) executor_.end(slot.process, *how);
      return;
    }
    abandon_at_ = now + k_last_words;
    for (Slot& slot : slots_) {
      slot.run->kill(now);
      executor_.end(slot.process, Ending::kill);
    }
  }

  // A batch is a queue of tests, most of which have not begun: it ends. A process that runs one test may finish it.
  void fail_fast()
  {
    if (options_.fail_fast <= 0 || stopping()) return;
    if (journal_.red_tests() < static_cast<std::size_t>(options_.fail_fast)) return;
    failed_fast_ = true;
    const SteadyTime now = clock_.now();
    for (Slot& slot : slots_) {
      if (slot.run->cases() == 1) continue;
      if (const auto how = slot.run->stop(StopCause::fail_fast, now)) executor_.end(slot.process, *how);
    }
  }

  void report_the_rest()
  {
    const SteadyTime now = clock_.now();
    while (!slots_.empty()) end_slot(0, Ended{slots_.front().process, 0, SIGKILL, {}, true, nullptr}, now);
    if (!stopping())
      for (Blocked& test : schedule_.stuck())
        journal_.not_begun(test.test, {}, Outcome::not_run, std::move(test.reason));
    const std::string reason =
      interrupts_ > 0 ? "interrupted"
      : failed_fast_  ? fmt::format("not begun: --fail-fast ended the run after {} red", journal_.red_tests())
                      : "not begun: the run ended without it";
    for (const PlanEntry& entry : plan_.entries)
      if (std::holds_alternative<Run>(entry.decision) && !journal_.finished(entry.test))
        journal_.not_begun(entry.test, {}, Outcome::not_run, reason);
  }

  const Plan& plan_;
  const Catalogue& catalogue_;
  const RunOptions& options_;
  Executor& executor_;
  Clock& clock_;
  const FrameworkOf& framework_of_;
  Journal journal_;
  Forecast forecast_;
  Schedule schedule_;
  std::vector<Lane> lanes_;
  std::string logs_name_;
  std::vector<bool> shares_; // by test
  std::vector<Slot> slots_;
  std::vector<ProcessEvent> events_;
  std::uint32_t last_batch_ = 0;
  int interrupts_ = 0;
  bool failed_fast_ = false;
  std::optional<SteadyTime> abandon_at_;
};

} // namespace

RunEnd run(const Plan& plan, const Catalogue& catalogue, const RunOptions& options, Executor& executor, Clock& clock,
           const FrameworkOf& framework_of, const Listener& listener)
{
  return PlanRun(plan, catalogue, options, executor, clock, framework_of, listener).run();
}

} // namespace sluice::runner
