// The numbers under which outcomes are stored: pinned, whatever the order of the enumeration becomes.
// A number that this version does not know is no outcome.
#pragma once

#include "model/outcome.h"

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

// A number that is not known reads as `lost`, which is red.
constexpr Outcome outcome_of(std::int64_t code)
{
  for (const Outcome outcome : k_outcomes)
    if (code_of(outcome) == code) return outcome;
  return Outcome::lost;
}

} // namespace sluice::cache
