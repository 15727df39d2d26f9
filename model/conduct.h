// How tests behaved, apart from their outcome: findings, and whether it is known what they used. A fold over a run's
// record. Findings are recorded per process, after its whole tree has ended. Tests that shared the process share its
// findings, since the culprit cannot be told apart. No finding changes an outcome.
#pragma once

#include "model/run_record.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice {

struct TestFinding {
  Finding finding;
  std::uint32_t batch = 0;
  std::size_t shared_by = 1; // how many tests ran in that process
  friend bool operator==(const TestFinding&, const TestFinding&) = default;
};

class Conduct {
public:
  // `record` outlives this object and does not change meanwhile.
  explicit Conduct(const RunRecord& record);

  // The findings of every process that the test ran in, each once, and those that follow from all of its attempts
  // (order_dependent, flaky). Sorted.
  std::vector<TestFinding> of(const TestRecord& test) const;

  // Why it is not known completely what the test used; empty if it is. A test that was not executed is not observed.
  std::string unobserved(const TestRecord& test) const;

private:
  const BatchRecord* batch(std::uint32_t number) const;
  void order_dependence(const TestRecord& test, std::vector<TestFinding>& found) const;

  const RunRecord& record_;
  bool any_finding_ = false;
  bool counted_up_ = true; // batch N is the N-th of the record; a merged record breaks this and needs batches_
  std::unordered_map<std::uint32_t, const BatchRecord*> batches_;
};

} // namespace sluice
