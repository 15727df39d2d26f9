#include "runner/forecast.h"

#include <algorithm>

namespace sluice::runner {

namespace {

using namespace std::chrono_literals;

constexpr Duration k_unknown{-1};
constexpr Duration k_usual_test = 10ms;
constexpr Duration k_usual_startup = 20ms; // a test program of some thousand cases
constexpr double k_most_cost = 1e6;        // seconds; COST is also used to say just "first"

std::size_t at(TestIndex test)
{
  return static_cast<std::size_t>(test);
}

std::size_t at(ProgramId program)
{
  return static_cast<std::size_t>(program);
}

Duration cost_of(const TestCase& test)
{
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(test.needs.cost, k_most_cost)));
}

} // namespace

Forecast::Forecast(const Plan& plan, const Catalogue& catalogue)
  : catalogue_(&catalogue), known_(catalogue.tests.size(), k_unknown), programs_(catalogue.programs.size())
{
  std::vector<Duration> sums(catalogue.programs.size(), Duration{0});
  std::vector<std::size_t> counts(catalogue.programs.size(), 0);
  Duration sum{0};
  std::size_t count = 0;
  for (const PlanEntry& entry : plan.entries) {
    const TestCase& test = catalogue.test(entry.test);
    if (entry.expected) {
      known_[at(entry.test)] = std::max(*entry.expected, Duration{0});
      sums[at(test.program)] += known_[at(entry.test)];
      ++counts[at(test.program)];
      sum += known_[at(entry.test)];
      ++count;
    } else if (test.needs.cost > 0) {
      known_[at(entry.test)] = cost_of(test);
    }
  }
  guess_unknown(sum, count, sums, counts);
  for (const PlanEntry& entry : plan.entries)
    if (std::holds_alternative<Run>(entry.decision)) returned(entry.test);
}

void Forecast::guess_unknown(Duration sum, std::size_t count, const std::vector<Duration>& sums,
                             const std::vector<std::size_t>& counts)
{
  const Duration overall = count > 0 ? sum / static_cast<std::int64_t>(count) : k_usual_test;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    programs_[i].from_history = counts[i] > 0;
    programs_[i].guess = counts[i] > 0 ? sums[i] / static_cast<std::int64_t>(counts[i]) : overall;
  }
}

Forecast::PerProgram& Forecast::program_of(TestIndex test)
{
  return programs_[at(catalogue_->test(test).program)];
}

const Forecast::PerProgram& Forecast::program_of(TestIndex test) const
{
  return programs_[at(catalogue_->test(test).program)];
}

Duration Forecast::of(TestIndex test) const
{
  const Duration known = known_[at(test)];
  return known != k_unknown ? known : program_of(test).guess;
}

Duration Forecast::startup(ProgramId program) const
{
  const Duration measured = programs_[at(program)].startup;
  return measured > Duration{0} ? measured : k_usual_startup;
}

void Forecast::taken(TestIndex test)
{
  if (known_[at(test)] != k_unknown) {
    known_left_ -= known_[at(test)];
    return;
  }
  PerProgram& program = program_of(test);
  unknown_left_ -= program.guess;
  --program.unknown_waiting;
}

void Forecast::returned(TestIndex test)
{
  if (known_[at(test)] != k_unknown) {
    known_left_ += known_[at(test)];
    return;
  }
  PerProgram& program = program_of(test);
  unknown_left_ += program.guess;
  ++program.unknown_waiting;
}

void Forecast::learn(ProgramId id, Duration spent, std::size_t cases)
{
  PerProgram& program = programs_[at(id)];
  if (program.from_history || cases == 0) return;
  program.measured += spent;
  program.measured_cases += cases;
  const Duration guess = program.measured / static_cast<std::int64_t>(program.measured_cases);
  unknown_left_ += (guess - program.guess) * static_cast<std::int64_t>(program.unknown_waiting);
  program.guess = guess;
}

void Forecast::learn_startup(ProgramId id, Duration startup)
{
  programs_[at(id)].startup = std::max(startup, Duration{1});
}

} // namespace sluice::runner
