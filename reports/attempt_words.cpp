#include "reports/attempt_words.h"

#include "reports/phrases.h"
#include "reports/text.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_message_limit = 1000;
constexpr std::size_t k_who_limit = 100;

std::string signal_words(int signal)
{
  const char* name = ::sigabbrev_np(signal);
  return name ? fmt::format("{} (SIG{})", signal, name) : std::to_string(signal);
}

std::string ending(const Attempt& attempt)
{
  const AttemptResult& result = attempt.result;
  switch (result.outcome) {
  case Outcome::passed:
    return "passed";
  case Outcome::failed:
    return result.exit_code != 0 ? fmt::format("failed: its program ended with exit code {}", result.exit_code)
                                 : "failed";
  case Outcome::crashed:
    return result.signal != 0 ? fmt::format("ended by signal {}", signal_words(result.signal)) : "crashed";
  case Outcome::timed_out:
    return fmt::format("ended at its time limit, after {}", human_duration(result.duration));
  case Outcome::skipped:
    return "skipped by the test itself";
  case Outcome::lost:
    return "its program ended without reporting this test";
  case Outcome::not_started:
    return "could not be started";
  case Outcome::not_run:
    return "was begun, but the run ended before it did";
  }
  return "?";
}

// There is one.
auto last_pass(const TestRecord& test)
{
  return std::find_if(test.attempts.rbegin(), test.attempts.rend(),
                      [](const Attempt& attempt) { return attempt.result.outcome == Outcome::passed; });
}

std::string flaky_words(const TestRecord& test)
{
  const auto failed = std::find_if(test.attempts.begin(), test.attempts.end(),
                                   [](const Attempt& attempt) { return is_red(attempt.result.outcome); });
  return one_line(fmt::format("flaky: passed at attempt {}, after it {} at attempt {}: {}", last_pass(test)->number,
                              to_string(failed->result.outcome), failed->number, attempt_message(*failed)),
                  k_message_limit);
}

} // namespace

const Attempt* deciding_attempt(const TestRecord& test)
{
  if (test.passed_on_retry()) return &*last_pass(test);
  for (const Attempt& attempt : test.attempts)
    if (is_red(attempt.result.outcome)) return &attempt;
  return test.attempts.empty() ? nullptr : &test.attempts.back();
}

std::string attempt_message(const Attempt& attempt)
{
  std::string message = one_line(attempt.result.message, k_message_limit);
  return message.empty() ? ending(attempt) : message;
}

std::string quarantine_words(const Quarantined& quarantine)
{
  std::string words = "until " + one_line(quarantine.until, 10);
  std::string who = one_line(quarantine.ticket, k_who_limit);
  const std::string owner = one_line(quarantine.owner, k_who_limit);
  if (!owner.empty()) who += (who.empty() ? "" : ", ") + owner;
  if (!who.empty()) words += " (" + who + ")";
  return words;
}

std::string test_message(const TestRecord& test)
{
  const Attempt* attempt = deciding_attempt(test);
  if (!attempt) return "was selected, but never begun";
  if (test.passed_on_retry()) return flaky_words(test);
  std::string message = attempt_message(*attempt);
  if (test.only_among_neighbours()) message = "fails only among its neighbours, passes when run alone: " + message;
  const auto& quarantine = test.planned.quarantine;
  if (quarantine && is_red(attempt->result.outcome)) {
    const std::string until = quarantine_words(*quarantine);
    if (quarantine->expired) message = fmt::format("the quarantine {} has expired: {}", until, message);
    else if (test.standing() == Standing::quarantined)
      message = fmt::format("quarantined {}: {}: {}", until, to_string(attempt->result.outcome), message);
  }
  return one_line(message, k_message_limit);
}

Place test_place(const TestRecord& test, const Attempt* attempt)
{
  const std::string& known = test.planned.file;
  std::string_view file = known;
  int line = test.planned.line;
  if (attempt && !attempt->result.file.empty()) {
    file = attempt->result.file;
    line = attempt->result.line;
    const bool same = !known.empty() && file.size() > known.size() && file.ends_with(known) &&
                      file[file.size() - known.size() - 1] == '/';
    if (same) file = known;
  }
  return {one_line(file, k_message_limit), std::max(line, 0)};
}

std::string test_location(const TestRecord& test, const Attempt* attempt)
{
  auto [location, line] = test_place(test, attempt);
  if (!location.empty() && line > 0) location += fmt::format(":{}", line);
  return location;
}

std::string log_path(const event::RunStarted& run, const Attempt& attempt)
{
  if (attempt.result.log.empty()) return {};
  return one_line(".sluice/runs/" + run.run + "/" + attempt.result.log, k_message_limit);
}

std::string written_path(const RunRecord& record, const Attempt& attempt)
{
  const auto at =
    std::lower_bound(record.batches.begin(), record.batches.end(), attempt.batch,
                     [](const BatchRecord& each, std::uint32_t wanted) { return each.begun.batch < wanted; });
  const bool kept = at != record.batches.end() && at->begun.batch == attempt.batch && at->finished &&
                    !at->finished->written.empty() && is_red(attempt.result.outcome);
  if (!kept) return {};
  return one_line(".sluice/runs/" + record.started.run + "/" + at->finished->written, k_message_limit);
}

} // namespace sluice::reports
