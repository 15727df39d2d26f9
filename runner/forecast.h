// How long tests will take, and how much work is left. What history does not know is estimated: by the mean of the
// program's other tests, then by the mean of all; without any history, by CTest's COST, then by what this run has
// measured of the same program. It knows nothing of lanes or order.
#pragma once

#include "model/catalogue.h"
#include "model/plan.h"

#include <chrono>
#include <cstddef>
#include <vector>

namespace sluice::runner {

using Duration = std::chrono::microseconds;

class Forecast {
public:
  // Uses PlanEntry::expected of every test, also of those that do not run; the tests that run count as waiting.
  // `catalogue` outlives this object, `plan` need not.
  Forecast(const Plan& plan, const Catalogue& catalogue);

  Duration of(TestIndex test) const;
  // How long a process of this program takes to start and end, without its cases: measured in this run, else a usual
  // value.
  Duration startup(ProgramId program) const;

  // The sum over all tests that are waiting to be started.
  Duration left() const { return known_left_ + unknown_left_; }
  void taken(TestIndex test);
  void returned(TestIndex test);

  // A process of the program has run `cases` cases in `spent`, its start-up included.
  void learn(ProgramId program, Duration spent, std::size_t cases);
  void learn_startup(ProgramId program, Duration startup);

private:
  struct PerProgram {
    Duration guess{0};
    bool from_history = false;
    std::size_t unknown_waiting = 0;
    Duration measured{0};
    std::size_t measured_cases = 0;
    Duration startup{0}; // 0: not measured
  };
  PerProgram& program_of(TestIndex test);
  const PerProgram& program_of(TestIndex test) const;
  void guess_unknown(Duration sum, std::size_t count, const std::vector<Duration>& sums,
                     const std::vector<std::size_t>& counts);

  const Catalogue* catalogue_;
  std::vector<Duration> known_; // by test; negative: unknown
  std::vector<PerProgram> programs_;
  Duration known_left_{0};
  Duration unknown_left_{0};
};

} // namespace sluice::runner
