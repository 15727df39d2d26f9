// The numbers under which outcomes are stored: pinned, whatever the order of the enumeration becomes.
// A number that this version does not know is no outcome.
#pragma once

#include "model/run_record.h"

#include <array>
#include <cstdint>

namespace sluice::cache {

inline constexpr std::array k_outcomes{Outcome::passed,  Outcome::failed, Outcome::crashed,     Outcome::timed_out,
                                       Outcome::skipped, Outcome::lost,   Outcome::not_started, Outcome::not_run};

constexpr int code_of(Outcome outcome)
{
  switch (outcome) { // without a default, so that the compiler asks for the number of a new outcome
  case Outcome::passed:
    return 0;
  case Outcome::failed:
    return 1;
  case Outcome::crashed:
    return 2;
  case Outcome::timed_out:
    return 3;
  case Outcome::skipped:
    return 4;
  case Outcome::lost:
    return 5;
  case Outcome::not_started:
    return 6;
  case Outcome::not_run:
    return 7;
  }
  return 255; // no outcome has it: it reads as `lost`
}

// Added to the number of a red outcome of a run: the failure was excused. Versions before these read the sum as `lost`,
// which is as red.
inline constexpr std::int64_t k_passed_on_retry = 16;
inline constexpr std::int64_t k_in_quarantine = 32;
inline constexpr std::int64_t k_excuses = k_passed_on_retry | k_in_quarantine;

// A number that is not known reads as `lost`, which is red.
constexpr Outcome outcome_of(std::int64_t code)
{
  if (const std::int64_t bare = code & ~k_excuses; code > 0 && code < 2 * k_in_quarantine && bare != 0 && bare != 4)
    code = bare;
  for (const Outcome outcome : k_outcomes)
    if (code_of(outcome) == code) return outcome;
  return Outcome::lost;
}

// An excuse of what is not red means nothing.
constexpr std::int64_t code_of(Outcome outcome, Standing standing)
{
  if (outcome == Outcome::passed || outcome == Outcome::skipped) return code_of(outcome);
  const std::int64_t excuse = standing == Standing::flaky         ? k_passed_on_retry
                              : standing == Standing::quarantined ? k_in_quarantine
                                                                  : 0;
  return code_of(outcome) + excuse;
}

constexpr Standing standing_of(std::int64_t code)
{
  const Outcome outcome = outcome_of(code);
  if (outcome == Outcome::passed) return code == 0 ? Standing::passed : Standing::red;
  if (outcome == Outcome::skipped) return code == 4 ? Standing::skipped : Standing::red;
  if (code < 0 || code >= 2 * k_in_quarantine) return Standing::red;
  if ((code & k_excuses) == k_passed_on_retry) return Standing::flaky;
  return (code & k_excuses) == k_in_quarantine ? Standing::quarantined : Standing::red;
}

} // namespace sluice::cache
