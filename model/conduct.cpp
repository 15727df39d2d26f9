#include "model/conduct.h"

#include <algorithm>
#include <tuple>

namespace sluice {

namespace {

// It came to an end of its own, so that its outcome says something about it.
bool tells(const Attempt& attempt)
{
  const Outcome outcome = attempt.result.outcome;
  return outcome != Outcome::not_run && outcome != Outcome::not_started && outcome != Outcome::skipped;
}

} // namespace

Conduct::Conduct(const RunRecord& record) : record_(record)
{
  for (std::size_t i = 0; i < record.batches.size(); ++i) {
    const BatchRecord& batch = record.batches[i];
    counted_up_ = counted_up_ && batch.begun.batch == i + 1;
    any_finding_ = any_finding_ || (batch.finished && !batch.finished->findings.empty());
  }
  if (counted_up_) return;
  batches_.reserve(record.batches.size());
  for (const BatchRecord& batch : record.batches) batches_.emplace(batch.begun.batch, &batch);
}

const BatchRecord* Conduct::batch(std::uint32_t number) const
{
  if (counted_up_) return number - 1 < record_.batches.size() ? &record_.batches[number - 1] : nullptr;
  const auto found = batches_.find(number);
  return found == batches_.end() ? nullptr : found->second;
}

std::vector<TestFinding> Conduct::of(const TestRecord& test) const
{
  std::vector<TestFinding> found;
  if (!any_finding_ && test.attempts.size() < 2) return found; // nearly every test of nearly every run
  for (const Attempt& attempt : test.attempts) {
    const BatchRecord* const process = batch(attempt.batch);
    if (!process || !process->finished) continue;
    for (const Finding& finding : process->finished->findings)
      found.push_back({finding, attempt.batch, std::max<std::size_t>(process->begun.cases, 1)});
  }
  order_dependence(test, found);
  if (test.standing() == Standing::flaky)
    found.push_back({{FindingKind::flaky, "passed at attempt " + std::to_string(test.attempts.back().number), false},
                     test.attempts.back().batch,
                     1});
  // Of attempts that found the same the first is told: fewer neighbours say more, so it comes before.
  const auto key = [](const TestFinding& each) { return std::tie(each.finding, each.shared_by, each.batch); };
  std::sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  found.erase(
    std::unique(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.finding == b.finding; }),
    found.end());
  return found;
}

// Alone it did otherwise than among others. What differs may also be chance: the detail says what was seen.
void Conduct::order_dependence(const TestRecord& test, std::vector<TestFinding>& found) const
{
  if (test.attempts.size() < 2) return;
  const Attempt *alone[2] = {}, *among[2] = {}; // green, red
  for (const Attempt& attempt : test.attempts) {
    const BatchRecord* const process = batch(attempt.batch);
    if (!process || !tells(attempt)) continue;
    const Attempt*& first = (process->begun.cases > 1 ? among : alone)[is_red(attempt.result.outcome)];
    if (!first) first = &attempt;
  }
  const auto say = [&](const Attempt& in, const char* there, const Attempt& by_itself, const char* here) {
    const std::size_t cases = batch(in.batch)->begun.cases;
    std::string detail =
      std::string(there) + " among the " + std::to_string(cases) + " tests of batch " + std::to_string(in.batch);
    if (record_.started.seed != 0) detail += ", in the order of --shuffle " + std::to_string(record_.started.seed);
    detail += std::string("; ") + here + " alone in batch " + std::to_string(by_itself.batch);
    found.push_back({{FindingKind::order_dependent, std::move(detail), false}, in.batch, 1});
  };
  // Where it did both in one place, chance is at work and not the order.
  if (among[true] && alone[false] && !among[false] && !alone[true]) say(*among[true], "fails", *alone[false], "passes");
  if (among[false] && alone[true] && !among[true] && !alone[false]) say(*among[false], "passes", *alone[true], "fails");
}

std::string Conduct::unobserved(const TestRecord& test) const
{
  if (test.attempts.empty()) return "it was not executed";
  if (!record_.sandbox || !record_.sandbox->observed) return "tests were not observed in this run";
  for (const Attempt& attempt : test.attempts) {
    const BatchRecord* const process = batch(attempt.batch);
    if (!process || !process->finished) return "its process has no end on record";
    if (!process->finished->unobserved.empty()) return process->finished->unobserved;
  }
  return {};
}

} // namespace sluice
