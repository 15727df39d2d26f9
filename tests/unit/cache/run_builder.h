// Makes the record of a run from what happened to each test, through the same fold as real runs.
#pragma once

#include "model/run_record.h"

#include <string>
#include <vector>

namespace sluice::tests {

class RunBuilder {
public:
  // `second` is when the run began and, attempt by attempt, when its tests ended.
  explicit RunBuilder(std::string run, std::int64_t second = 1'000) : now_(std::chrono::seconds(second))
  {
    event::RunStarted started;
    started.run = std::move(run);
    started.tree = std::string(40, 'a');
    add(started);
  }

  // One attempt for each outcome, in order.
  RunBuilder& test(const std::string& id, const std::vector<Outcome>& outcomes,
                   std::chrono::microseconds duration = std::chrono::microseconds(1'000),
                   event::AttemptKind later = event::AttemptKind::isolated)
  {
    plan(id, Run{});
    int number = 1;
    for (const Outcome outcome : outcomes) {
      event::TestFinished finished;
      finished.test = {id};
      finished.attempt = number;
      finished.kind = number++ == 1 ? event::AttemptKind::first : later;
      finished.result.outcome = outcome;
      finished.result.duration = duration;
      add(finished);
    }
    return *this;
  }
  RunBuilder& flaky(const std::string& id)
  {
    return test(id, {Outcome::crashed, Outcome::passed}, std::chrono::microseconds(1'000), event::AttemptKind::retry);
  }
  // Passed in a batch that ended too early.
  RunBuilder& passed_in_a_batch_cut_off(const std::string& id)
  {
    plan(id, Run{});
    event::TestFinished finished;
    finished.test = {id};
    finished.batch = 7;
    finished.result.outcome = Outcome::passed;
    add(finished);
    event::BatchFinished batch;
    batch.batch = 7;
    batch.cut_off = true;
    add(batch);
    return *this;
  }
  RunBuilder& passed(const std::string& id) { return test(id, {Outcome::passed}); }
  RunBuilder& failed(const std::string& id) { return test(id, {Outcome::failed}); }
  RunBuilder& skipped(const std::string& id) { return test(id, {Outcome::skipped}); }

  // Began and never ended: the run was killed.
  RunBuilder& started(const std::string& id, int attempt = 1)
  {
    if (attempt == 1) plan(id, Run{});
    event::TestStarted started;
    started.test = {id};
    started.attempt = attempt;
    add(started);
    return *this;
  }
  RunBuilder& reused(const std::string& id)
  {
    plan(id, Reuse{});
    return *this;
  }

  RunBuilder& dirty()
  {
    dirty_ = true;
    return *this;
  }

  // The record as it is when the run ends, and when it was killed before.
  RunRecord finish()
  {
    add(event::RunFinished{});
    return killed();
  }
  RunRecord killed()
  {
    RunRecord record = fold_.take();
    record.started.working_tree = dirty_;
    return record;
  }

private:
  void plan(const std::string& id, Decision decision)
  {
    event::TestPlanned planned;
    planned.test = {id};
    planned.decision = std::move(decision);
    add(planned);
  }
  void add(EventBody body)
  {
    fold_.add({now_, std::move(body)});
    now_ += std::chrono::microseconds(1);
  }

  Timestamp now_;
  RunRecordFold fold_;
  bool dirty_ = false;
};

} // namespace sluice::tests
