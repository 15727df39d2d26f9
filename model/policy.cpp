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

std::string_view to_string(EvidenceGrade grade)
{
  switch (grade) {
  case EvidenceGrade::platform_identity:
    return "platform_identity";
  case EvidenceGrade::bot_identity:
    return "bot_identity";
  case EvidenceGrade::structured_line:
    return "structured_line";
  case EvidenceGrade::resolved_note:
    return "resolved_note";
  case EvidenceGrade::kept_verdict:
    return "kept_verdict";
  case EvidenceGrade::free_text:
    return "free_text";
  case EvidenceGrade::weak:
    return "weak";
  }
  return "?";
}

std::string_view to_string(FileKind kind)
{
  switch (kind) {
  case FileKind::policy:
    return "policy";
  case FileKind::configuration:
    return "configuration";
  case FileKind::build:
    return "build";
  case FileKind::ci:
    return "ci";
  case FileKind::test:
    return "test";
  case FileKind::documentation:
    return "documentation";
  case FileKind::source:
    return "source";
  }
  return "?";
}

} // namespace sluice
