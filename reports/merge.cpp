#include "reports/merge.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace sluice::reports {

namespace {

int weight(const Decision& decision)
{
  return std::holds_alternative<Run>(decision) ? 2 : std::holds_alternative<Reuse>(decision) ? 1 : 0;
}

int weight(VerdictStatus status)
{
  switch (status) {
  case VerdictStatus::passed:
    return 0;
  case VerdictStatus::overridden:
    return 1;
  case VerdictStatus::refused:
    return 2;
  case VerdictStatus::failed:
    return 3;
  }
  return 3;
}

int weight(RuleStatus status)
{
  switch (status) {
  case RuleStatus::not_applicable:
    return 0;
  case RuleStatus::satisfied:
    return 1;
  case RuleStatus::overridden:
    return 2;
  case RuleStatus::violated:
    return 3;
  }
  return 3;
}

template <class T> void add_new(std::vector<T>& into, const std::vector<T>& from)
{
  for (const T& value : from)
    if (std::find(into.begin(), into.end(), value) == into.end()) into.push_back(value);
}

void add_rules(std::vector<RuleFinding>& into, const std::vector<RuleFinding>& from)
{
  for (const RuleFinding& finding : from) {
    const auto same =
      std::find_if(into.begin(), into.end(), [&](const auto& known) { return known.rule == finding.rule; });
    if (same == into.end()) {
      into.push_back(finding);
      continue;
    }
    if (weight(finding.status) > weight(same->status)) {
      same->status = finding.status;
      same->summary = finding.summary;
    }
    add_new(same->evidence, finding.evidence);
  }
}

Timestamp end_of(const RunRecord& record)
{
  return record.start_time + (record.finished ? record.finished->duration : std::chrono::microseconds(0));
}

class Merge {
public:
  explicit Merge(RunRecord first) : merged_(std::move(first)), end_(end_of(merged_))
  {
    for (std::size_t i = 0; i < merged_.tests.size(); ++i) index_.emplace(merged_.tests[i].planned.test, i);
    count_up(merged_);
  }

  void add(RunRecord record)
  {
    const int lane = lanes_;
    const std::uint32_t batch = batches_;
    count_up(record);
    for (BatchRecord& each : record.batches) {
      each.begun.lane += lane;
      each.begun.batch += batch;
      if (each.finished) each.finished->batch += batch;
      merged_.batches.push_back(std::move(each));
    }
    for (const std::uint32_t each : record.cut_off) merged_.cut_off.insert(each + batch);
    for (TestRecord& test : record.tests) {
      for (Attempt& attempt : test.attempts) {
        attempt.lane += lane;
        attempt.batch += batch;
      }
      add(std::move(test));
    }
    merged_.started.lanes += record.started.lanes;
    if (!merged_.authorship) merged_.authorship = std::move(record.authorship); // of one tree: it is the same change
    add_build(record);
    add_plan(record.plan);
    if (record.sandbox && merged_.sandbox) merged_.sandbox = worse_of(*merged_.sandbox, *record.sandbox);
    else if (record.sandbox) merged_.sandbox = std::move(record.sandbox);
    merged_.interrupted = merged_.interrupted || record.interrupted;
    end_ = std::max(end_, end_of(record));
    add_verdict(record);
  }

  RunRecord take()
  {
    if (merged_.finished) merged_.finished->duration = end_ - merged_.start_time;
    return std::move(merged_);
  }

private:
  void count_up(const RunRecord& record)
  {
    int lanes = record.started.lanes;
    std::uint32_t batches = 0;
    for (const BatchRecord& each : record.batches) {
      lanes = std::max(lanes, each.begun.lane + 1);
      batches = std::max(batches, each.begun.batch);
    }
    lanes_ += lanes;
    batches_ += batches + 1;
  }

  void add(TestRecord test)
  {
    const auto [found, is_new] = index_.try_emplace(test.planned.test, merged_.tests.size());
    if (is_new) {
      merged_.tests.push_back(std::move(test));
      return;
    }
    TestRecord& known = merged_.tests[found->second];
    // Where one of them takes no excuse, both take none.
    auto quarantine =
      !test.planned.quarantine || test.planned.quarantine->expired ? test.planned.quarantine : known.planned.quarantine;
    if (weight(test.planned.decision) > weight(known.planned.decision)) known.planned = std::move(test.planned);
    known.planned.quarantine = std::move(quarantine);
    for (Attempt& attempt : test.attempts) {
      attempt.number = static_cast<int>(known.attempts.size()) + 1;
      known.attempts.push_back(std::move(attempt));
    }
  }

  void add_build(RunRecord& record)
  {
    if (record.build_started && !merged_.build_started) merged_.build_started = std::move(record.build_started);
    if (record.build && (!merged_.build || (merged_.build->ok && !record.build->ok)))
      merged_.build = std::move(record.build);
  }

  void add_plan(const event::PlanMade& plan)
  {
    add_new(merged_.plan.escalations, plan.escalations);
    add_new(merged_.plan.dismissed, plan.dismissed);
    BlastRadius& known = merged_.plan.blast_radius;
    const BlastRadius& other = plan.blast_radius;
    known = {std::max(known.tests, other.tests),       std::max(known.all_tests, other.all_tests),
             std::max(known.programs, other.programs), std::max(known.all_programs, other.all_programs),
             std::max(known.files, other.files),       std::max(known.all_files, other.all_files)};
  }

  void add_verdict(const RunRecord& record)
  {
    if (!record.finished || !merged_.finished) {
      merged_.finished.reset();
      return;
    }
    Verdict& known = merged_.finished->verdict;
    const Verdict& other = record.finished->verdict;
    const bool worse =
      weight(other.status) > weight(known.status) || (other.status == known.status && known.exit == ExitCode::passed);
    if (worse) {
      known.status = other.status;
      known.exit = other.exit;
    }
    add_new(known.reasons, other.reasons);
    add_rules(known.rules, other.rules);
  }

  RunRecord merged_;
  std::unordered_map<TestId, std::size_t, TestIdHash> index_;
  int lanes_ = 0;
  std::uint32_t batches_ = 0;
  Timestamp end_;
};

} // namespace

std::string merge_obstacle(const std::vector<RunRecord>& records)
{
  for (const RunRecord& record : records) {
    const event::RunStarted& first = records.front().started;
    const event::RunStarted& other = record.started;
    if (first.tree != other.tree || first.head != other.head || first.working_tree != other.working_tree)
      return fmt::format("runs {} and {} tested different trees", first.run, other.run);
  }
  return {};
}

RunRecord merge(std::vector<RunRecord> records)
{
  std::stable_sort(records.begin(), records.end(),
                   [](const RunRecord& a, const RunRecord& b) { return a.start_time < b.start_time; });
  Merge merged(std::move(records.front()));
  for (std::size_t i = 1; i < records.size(); ++i) merged.add(std::move(records[i]));
  return merged.take();
}

} // namespace sluice::reports
