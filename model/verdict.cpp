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
  }
  return "?";
}

} // namespace sluice
