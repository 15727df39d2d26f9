#include "model/sandbox.h"

#include <algorithm>

namespace sluice {

namespace {

void add_new(std::vector<std::string>& to, const std::vector<std::string>& from)
{
  for (const std::string& line : from)
    if (std::find(to.begin(), to.end(), line) == to.end()) to.push_back(line);
}

} // namespace

SandboxReport worse_of(const SandboxReport& one, const SandboxReport& other)
{
  SandboxReport worse = one.level >= other.level ? one : other;
  const SandboxReport& better = one.level >= other.level ? other : one;
  add_new(worse.losses, better.losses);
  add_new(worse.openings, better.openings);
  worse.observed = one.observed && other.observed;
  return worse;
}

std::string_view to_string(SandboxLevel level)
{
  switch (level) {
  case SandboxLevel::full:
    return "full";
  case SandboxLevel::partial:
    return "partial";
  case SandboxLevel::bare:
    return "bare";
  case SandboxLevel::none:
    return "none";
  }
  return "?";
}

} // namespace sluice
