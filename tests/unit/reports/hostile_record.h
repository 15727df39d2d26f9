// Records of runs whose tests are called, print and end as an enemy of reports would choose: control characters, broken
// UTF-8, huge output, equal names, no tests at all, runs that were cut off. The same seed gives the same record.
#pragma once

#include "tests/unit/reports/random_bytes.h"
#include "tests/unit/reports/script.h"

#include <string>

namespace sluice::tests {

class HostileRun {
public:
  explicit HostileRun(unsigned seed) : random_(seed) {}

  RunRecord record()
  {
    start();
    const std::size_t tests = random_.below(8) == 0 ? 0 : random_.below(60);
    for (std::size_t i = 0; i < tests; ++i) plan(i);
    script_.add(event::PlanMade{{{RunCause::unknown_file, random_.string(), random_.string()}}, {}, {}});
    script_.sandbox({random_.below(2) == 0 ? SandboxLevel::full : SandboxLevel::bare,
                     random_.string(),
                     {random_.string(), random_.string(2'000)},
                     random_.string(),
                     random_.below(2) == 0,
                     {random_.string()}});
    event::BatchStarted batch;
    batch.batch = 1;
    batch.cases = random_.below(3);
    batch.program = random_.string();
    script_.add(batch);
    for (const std::string& id : selected_) attempts(id);
    event::BatchFinished end;
    end.batch = random_.below(3) == 0 ? 2 : 1; // of a batch whose beginning nobody saw
    end.cut_off = random_.below(3) == 0;
    for (std::size_t i = random_.below(4); i > 0; --i)
      end.findings.push_back(
        {k_finding_kinds[random_.below(5)], random_.string(random_.below(2) ? 10 : 3'000), random_.below(2) == 0});
    if (random_.below(4) != 0) script_.add(end);
    if (random_.below(6) == 0) script_.add(event::Interrupted{2});
    if (random_.below(8) == 0) return script_.record(); // cut off
    const RunRecord so_far = script_.record();
    const bool red = so_far.counts().red > 0 || so_far.interrupted || (so_far.build && !so_far.build->ok);
    const bool refused = !red && random_.below(3) == 0;
    return script_
      .verdict(red       ? VerdictStatus::failed
               : refused ? VerdictStatus::refused
                         : VerdictStatus::passed,
               {random_.string()}, red ? rules() : std::vector<RuleFinding>{})
      .record();
  }

private:
  void start()
  {
    event::RunStarted started;
    started.run = random_.string() + "r";
    started.host = random_.string();
    started.head = random_.string();
    started.version = random_.string(3);
    script_.started(started);
    if (random_.below(3) != 0) return;
    script_.add(event::BuildStarted{});
    script_.add(event::BuildFinished{random_.below(5) != 0, 2, milliseconds(3), random_.string(200)});
  }

  void plan(std::size_t i)
  {
    event::TestPlanned planned;
    planned.test.value = random_.string(6) + std::to_string(i);
    planned.suite = random_.below(5) == 0 ? "sluice.gate" : random_.string(3);
    planned.name = random_.below(6) == 0 ? std::string(random_.below(2000), 'n') : random_.string(3);
    planned.file = random_.string(5);
    planned.line = static_cast<int>(random_.below(3));
    if (random_.below(4) == 0) planned.labels.push_back(random_.string(3));
    planned.decision = sluice::Run{RunCause::affected, random_.string(), {}};
    if (random_.below(5) == 0) planned.decision = Reuse{};
    else if (random_.below(6) == 0) planned.decision = Skip{SkipCause::disabled, random_.string()};
    else selected_.push_back(planned.test.value);
    if (random_.below(4) == 0)
      planned.quarantine = {random_.string(), random_.string(), random_.string(), random_.string(),
                            random_.below(3) == 0};
    script_.add(planned);
  }

  // So often that at some runs nothing is red and some test is flaky.
  void retried(const std::string& id)
  {
    const int failures = 1 + static_cast<int>(random_.below(3));
    for (int attempt = 1; attempt <= failures + 1; ++attempt) {
      AttemptResult result;
      result.outcome = attempt > failures ? Outcome::passed : random_.below(2) ? Outcome::failed : Outcome::crashed;
      result.message = random_.string(300);
      result.output = random_.string(2'000);
      const auto kind = attempt == 1 ? event::AttemptKind::first : event::AttemptKind::retry;
      script_.add(event::TestFinished{{id}, attempt, 0, 1, kind, result});
    }
  }

  void attempts(const std::string& id)
  {
    if (random_.below(6) == 0) return retried(id);
    const bool calm = random_.below(2) == 0; // else a third of all runs could never pass
    for (int attempt = 1; attempt <= static_cast<int>(calm ? 1 : random_.below(5)); ++attempt) {
      event::TestStarted begun;
      begun.test.value = id;
      begun.attempt = attempt;
      begun.batch = 1;
      if (random_.below(5) != 0) script_.add(begun);
      AttemptResult result;
      result.outcome = calm ? Outcome::passed : static_cast<Outcome>(random_.below(8));
      result.message = random_.string(random_.below(2) ? 10 : 3000);
      result.output = random_.string(random_.below(3) ? 20 : 20'000);
      result.file = random_.string(4);
      result.log = random_.below(3) ? "" : random_.string(3);
      result.signal = static_cast<int>(random_.below(80));
      event::TestFinished body{{id}, attempt, 0, 1, static_cast<event::AttemptKind>(random_.below(4)), result};
      script_.add(body);
    }
  }

  std::vector<RuleFinding> rules()
  {
    return {{random_.string(), RuleStatus::violated, random_.string(), {random_.string()}},
            {"same", RuleStatus::satisfied, "", {}},
            {"same", RuleStatus::violated, "", {}}};
  }

  RandomBytes random_;
  Script script_;
  std::vector<std::string> selected_;
};

inline RunRecord hostile_record(unsigned seed)
{
  return HostileRun(seed).record();
}

} // namespace sluice::tests
