// How tests behaved, apart from their outcome: findings, and whether what they used is known. A fold over a run's
// record. A finding is made of a process when its tree has ended; where several tests shared the process it is one of
// each of them, since nobody knows whose it is. No finding changes an outcome.
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
  std::size_t shared_by = 1; // so many tests ran in that process
  friend bool operator==(const TestFinding&, const TestFinding&) = default;
};

class Conduct {
public:
  // `record` outlives this object and does not change meanwhile.
  explicit Conduct(const RunRecord& record);

  // Of every process that the test ran in, each once, and what its attempts say together (order_dependent, flaky).
  // Sorted.
  std::vector<TestFinding> of(const TestRecord& test) const;

  // Why it is not known completely what the test used; empty: it is. A test that was not executed is not observed.
  std::string unobserved(const TestRecord& test) const;

private:
  const BatchRecord* batch(std::uint32_t number) const;
  void order_dependence(const TestRecord& test, std::vector<TestFinding>& found) const;

  const RunRecord& record_;
  bool any_finding_ = false;
  bool counted_up_ = true; // batch N is the N-th: only a merged record needs batches_
  std::unordered_map<std::uint32_t, const BatchRecord*> batches_;
};

} // namespace sluice
