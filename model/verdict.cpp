#include "model/verdict.h"

namespace sluice {

std::string_view to_string(VerdictStatus status)
{
  switch (status) {
  case VerdictStatus::passed:
    return "PASSED";
  case VerdictStatus::failed:
    return "FAILED";
  case VerdictStatus::refused:
    return "REFUSED";
  case VerdictStatus::overridden:
    return "OVERRIDDEN";
  }
  return "?";
}

std::string_view to_string(RuleStatus status)
{
  switch (status) {
  case RuleStatus::satisfied:
    return "satisfied";
  case RuleStatus::violated:
    return "violated";
  case RuleStatus::not_applicable:
    return "not-applicable";
  case RuleStatus::overridden:
    return "overridden";
  }
  return "?";
}

} // namespace sluice
