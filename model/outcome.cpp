#include "model/outcome.h"

#include <array>
#include <utility>

namespace sluice {

namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 8> k_names{{
  {Outcome::passed, "passed"},
  {Outcome::failed, "failed"},
  {Outcome::crashed, "crashed"},
  {Outcome::timed_out, "timed-out"},
  {Outcome::skipped, "skipped"},
  {Outcome::lost, "lost"},
  {Outcome::not_started, "not-started"},
  {Outcome::not_run, "not-run"},
}};

} // namespace

bool is_red(Outcome outcome)
{
  return outcome != Outcome::passed && outcome != Outcome::skipped;
}

bool is_failure(Outcome outcome)
{
  switch (outcome) {
  case Outcome::failed:
  case Outcome::crashed:
  case Outcome::timed_out:
  case Outcome::lost:
    return true;
  case Outcome::passed:
  case Outcome::skipped:
  case Outcome::not_started:
  case Outcome::not_run:
    return false;
  }
  return false;
}

std::string_view to_string(Outcome outcome)
{
  for (const auto& [value, name] : k_names)
    if (value == outcome) return name;
  return "?";
}

std::optional<Outcome> outcome_from_string(std::string_view text)
{
  for (const auto& [value, name] : k_names)
    if (name == text) return value;
  return std::nullopt;
}

} // namespace sluice
