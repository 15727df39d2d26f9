// A run told event by event, as short as a test needs it: `Script().run("a:S.x").failed("a:S.x", "1 !=
// 2").verdict(...)`. Each event is a millisecond after the one before it; ids are "PROGRAM:SUITE.NAME".
#pragma once

#include "model/run_record.h"

#include <string>
#include <utility>
#include <vector>

namespace sluice::tests {

using std::chrono::milliseconds;

class Script {
public:
  Script() { started({}); }

  // Replaces the first event.
  Script& started(event::RunStarted body)
  {
    if (body.run.empty()) body.run = "20261121-234500-1a2b";
    if (body.host.empty()) body.host = "builder";
    body.lanes = 2;
    events_.clear();
    return add(std::move(body));
  }

  Script& planned(const std::string& id, Decision decision, std::optional<milliseconds> expected = {})
  {
    event::TestPlanned body;
    body.test.value = id;
    const std::size_t colon = id.find(':');
    const std::size_t dot = id.find('.', colon);
    body.program = id.substr(0, colon);
    body.suite = id.substr(colon + 1, dot - colon - 1);
    body.name = id.substr(dot + 1);
    body.file = "tests/" + body.program + ".cpp";
    body.line = 12;
    body.decision = std::move(decision);
    if (expected) body.expected = *expected;
    return add(std::move(body));
  }
  Script& run(const std::string& id, std::optional<milliseconds> expected = {})
  {
    return planned(id, Run{RunCause::affected, "src/a.cpp", {}}, expected);
  }
  Script& reuse(const std::string& id)
  {
    Reuse reuse;
    reuse.proof.run = "earlier";
    return planned(id, reuse);
  }
  Script& begun(const std::string& id)
  {
    event::TestStarted body;
    body.test.value = id;
    return add(std::move(body));
  }

  Script& finished(const std::string& id, AttemptResult result, event::AttemptKind kind = event::AttemptKind::first,
                   int attempt = 1)
  {
    event::TestFinished body;
    body.test.value = id;
    body.attempt = attempt;
    body.kind = kind;
    if (result.duration.count() == 0) result.duration = milliseconds(250);
    body.result = std::move(result);
    return add(std::move(body));
  }
  Script& ended(const std::string& id, Outcome outcome, const std::string& message = {}, const std::string& output = {})
  {
    AttemptResult result;
    result.outcome = outcome;
    result.message = message;
    result.output = output;
    return finished(id, std::move(result));
  }
  Script& passed(const std::string& id) { return ended(id, Outcome::passed); }
  Script& failed(const std::string& id, const std::string& message = "1 != 2", const std::string& output = {})
  {
    return ended(id, Outcome::failed, message, output);
  }
  Script& alone(const std::string& id, Outcome outcome)
  {
    AttemptResult result;
    result.outcome = outcome;
    return finished(id, std::move(result), event::AttemptKind::isolated, 2);
  }

  Script& sandbox(SandboxReport report)
  {
    event::SandboxPrepared body;
    body.sandbox = std::move(report);
    return add(std::move(body));
  }
  // One process from its beginning to its end, in which these tests passed.
  Script& batch(std::uint32_t number, const std::vector<std::string>& ids, std::vector<Finding> findings)
  {
    add(event::BatchStarted{number, 0, "program", ids.size()});
    for (const std::string& id : ids) {
      event::TestFinished body;
      body.test.value = id;
      body.batch = number;
      body.result.outcome = Outcome::passed;
      add(std::move(body));
    }
    event::BatchFinished end;
    end.batch = number;
    end.findings = std::move(findings);
    return add(std::move(end));
  }

  Script& verdict(VerdictStatus status, std::vector<std::string> reasons = {}, std::vector<RuleFinding> rules = {})
  {
    event::RunFinished body;
    body.verdict.status = status;
    body.verdict.exit = status == VerdictStatus::passed    ? ExitCode::passed
                        : status == VerdictStatus::refused ? ExitCode::refused
                                                           : ExitCode::failed;
    body.verdict.reasons = std::move(reasons);
    body.verdict.rules = std::move(rules);
    body.duration = milliseconds(4200);
    return add(std::move(body));
  }

  Script& add(EventBody body)
  {
    events_.push_back({time_, std::move(body)});
    time_ += milliseconds(1);
    return *this;
  }
  Script& wait(milliseconds time)
  {
    time_ += time;
    return *this;
  }

  const std::vector<RunEvent>& events() const { return events_; }
  Timestamp now() const { return time_; }
  RunRecord record() const
  {
    RunRecordFold fold;
    for (const RunEvent& event : events_) fold.add(event);
    return fold.take();
  }

private:
  Timestamp time_{std::chrono::seconds(1'795'304'700)}; // 2026-11-21T23:45:00Z
  std::vector<RunEvent> events_;
};

} // namespace sluice::tests
