#include "model/plan.h"

namespace sluice {

std::string_view to_string(RunCause cause)
{
  switch (cause) {
  case RunCause::affected:
    return "affected";
  case RunCause::unknown_file:
    return "unknown-file";
  case RunCause::loose_output:
    return "loose-output";
  case RunCause::incomplete:
    return "incomplete-change";
  case RunCause::opaque:
    return "opaque";
  case RunCause::no_proof:
    return "no-proof";
  case RunCause::last_failed:
    return "last-failed";
  case RunCause::inputs_differ:
    return "inputs-differ";
  case RunCause::outdated:
    return "outdated";
  case RunCause::required:
    return "required";
  case RunCause::fixture:
    return "fixture";
  case RunCause::neighbour:
    return "neighbour";
  case RunCause::requested:
    return "requested";
  }
  return "?";
}

std::string_view to_string(SkipCause cause)
{
  switch (cause) {
  case SkipCause::disabled:
    return "disabled";
  case SkipCause::filtered:
    return "filtered";
  case SkipCause::not_failed:
    return "not-failed";
  case SkipCause::shard:
    return "other-shard";
  }
  return "?";
}

std::string_view to_string(InputKind kind)
{
  switch (kind) {
  case InputKind::definition:
    return "definition";
  case InputKind::loaded:
    return "loaded";
  case InputKind::content:
    return "content";
  case InputKind::unknown_files:
    return "unknown-files";
  case InputKind::whole_tree:
    return "whole-tree";
  case InputKind::matched_files:
    return "matched-files";
  case InputKind::configuration:
    return "configuration";
  case InputKind::loose_outputs:
    return "loose-outputs";
  case InputKind::configured:
    return "configured";
  case InputKind::environment:
    return "environment";
  case InputKind::entry:
    return "entry";
  case InputKind::metadata:
    return "metadata";
  case InputKind::listing:
    return "listing";
  }
  return "?";
}

} // namespace sluice
