#include "model/policy.h"

namespace sluice {

std::string_view to_string(Authorship authorship)
{
  switch (authorship) {
  case Authorship::ai:
    return "ai";
  case Authorship::ai_assisted:
    return "ai_assisted";
  case Authorship::human:
    return "human";
  case Authorship::undeclared:
    return "undeclared";
  }
  return "?";
}

} // namespace sluice
