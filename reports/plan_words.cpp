#include "reports/plan_words.h"

#include "reports/text.h"

#include <fmt/format.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_name_limit = 500;

std::string with_reason(std::string_view words, const std::string& reason)
{
  return reason.empty() ? std::string(words) : fmt::format("{}: {}", words, shown(reason));
}

std::string subject_of(const Run& run)
{
  if (!run.subject.empty()) return shown(run.subject);
  return run.path.empty() ? "a changed file" : shown(run.path.front().name);
}

} // namespace

std::string shown(std::string_view name)
{
  std::string line = one_line(name, k_name_limit);
  return line.empty() ? "(unnamed)" : line;
}

std::string cause_words(const Run& run)
{
  switch (run.cause) {
  case RunCause::affected:
    return fmt::format("affected by {}", subject_of(run));
  case RunCause::unknown_file:
    return fmt::format("no fact knows {}, which changed: any test may use it", subject_of(run));
  case RunCause::loose_output:
    return fmt::format("no fact says which test uses {}, which is built from a changed file", subject_of(run));
  case RunCause::incomplete:
    return with_reason("the change is not completely known", run.subject);
  case RunCause::opaque:
    return fmt::format("no fact says what its program reads, and {} changed", subject_of(run));
  case RunCause::no_proof:
    return "no passing result with these inputs is on record";
  case RunCause::last_failed:
    return run.subject.empty() ? "failed last time" : fmt::format("failed last time, in run {}", shown(run.subject));
  case RunCause::inputs_differ:
    return fmt::format("{} is not what it was when it last passed", subject_of(run));
  case RunCause::outdated:
    return subject_of(run);
  case RunCause::required:
    return fmt::format("{} demands that it is executed", subject_of(run));
  case RunCause::fixture:
    return fmt::format("its fixture serves {}", subject_of(run));
  case RunCause::neighbour:
    return fmt::format("{} fails among its neighbours and passes alone", subject_of(run));
  case RunCause::requested:
    return run.subject.empty() ? "asked for on the command line" : fmt::format("asked for by {}", shown(run.subject));
  }
  return "?";
}

std::string skip_words(const Skip& skip)
{
  switch (skip.cause) {
  case SkipCause::disabled:
    return with_reason("disabled", skip.subject);
  case SkipCause::filtered:
    return with_reason("left out by --filter", skip.subject);
  case SkipCause::not_failed:
    return with_reason("did not fail last time", skip.subject);
  case SkipCause::shard:
    return with_reason("belongs to another shard", skip.subject);
  }
  return "?";
}

std::string escalation_words(const Escalation& escalation)
{
  const std::string subject = shown(escalation.subject);
  switch (escalation.cause) {
  case RunCause::unknown_file:
    return fmt::format("no fact knows {}, so any test may use it", subject);
  case RunCause::loose_output:
    return fmt::format("no fact says which test uses {}", subject);
  case RunCause::incomplete:
    return subject;
  case RunCause::affected:
  case RunCause::opaque:
  case RunCause::no_proof:
  case RunCause::last_failed:
  case RunCause::inputs_differ:
  case RunCause::outdated:
  case RunCause::required:
  case RunCause::fixture:
  case RunCause::neighbour:
  case RunCause::requested:
    break;
  }
  return fmt::format("{}: {}", to_string(escalation.cause), subject);
}

std::string path_words(const std::vector<ReasonStep>& path)
{
  std::string words;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i > 0) words += path[i - 1].via.empty() ? " -> " : fmt::format(" -> ({}) ", shown(path[i - 1].via));
    words += shown(path[i].name);
  }
  return words;
}

} // namespace sluice::reports
