#include "model/observation.h"

#include <algorithm>

namespace sluice {

bool called_a_daemon(const Observation& observation)
{
  const std::vector<Finding>& all = observation.findings;
  const auto is_call = [](const Finding& finding) { return finding.kind == FindingKind::network; };
  if (std::count_if(all.begin(), all.end(), is_call) >= static_cast<std::ptrdiff_t>(k_most_observed_findings))
    return true;
  return std::any_of(all.begin(), all.end(), [&](const Finding& finding) {
    return is_call(finding) && finding.detail.starts_with(k_unix_socket);
  });
}

std::string_view to_string(FindingKind kind)
{
  switch (kind) {
  case FindingKind::network:
    return "network";
  case FindingKind::device:
    return "device";
  case FindingKind::outside_write:
    return "outside_write";
  case FindingKind::left_processes:
    return "left_processes";
  case FindingKind::limit:
    return "limit";
  case FindingKind::order_dependent:
    return "order_dependent";
  case FindingKind::flaky:
    return "flaky";
  }
  return "?";
}

} // namespace sluice
