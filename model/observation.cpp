#include "model/observation.h"

namespace sluice {

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
