#include "adapters/frameworks/gtest/gtest_output.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_marker_size = 13;
constexpr std::size_t k_longest_pending = 1u << 20;
constexpr std::size_t k_kept_pending = 64u << 10; // longer than any line that gtest ends a case with
constexpr std::size_t k_longest_message = 300;
constexpr std::string_view k_suite_failure = ": SetUpTestSuite or TearDownTestSuite";
constexpr std::string_view k_case_failure = ": SetUpTestCase or TearDownTestCase"; // before 1.10

std::chrono::microseconds duration_at_end(std::string_view rest)
{
  // "Suite.Case (12 ms)"
  if (!rest.ends_with(" ms)")) return {};
  rest.remove_suffix(4);
  const std::size_t open = rest.rfind('(');
  if (open == std::string_view::npos) return {};
  std::int64_t value = 0;
  std::from_chars(rest.data() + open + 1, rest.data() + rest.size(), value);
  constexpr std::int64_t k_most = std::int64_t{1} << 40;
  return std::chrono::milliseconds(std::clamp<std::int64_t>(value, 0, k_most));
}

// True if `rest` names `name` and nothing else: gtest goes on with a duration, with parameters, or not at all.
bool names(std::string_view rest, std::string_view name)
{
  if (!rest.starts_with(name)) return false;
  rest.remove_prefix(name.size());
  return rest.empty() || rest.starts_with(" (") || rest.starts_with(", where ");
}

std::string_view without_line_end(std::string_view line)
{
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view next_line(std::string_view& text)
{
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return without_line_end(line);
}

std::string_view trimmed(std::string_view text)
{
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "FILE:LINE: Failure" or "unknown file: Failure"; false for any other line.
bool read_place(std::string_view line, std::string_view verdict, Assertion& assertion)
{
  if (!line.ends_with(verdict)) return false;
  line.remove_suffix(verdict.size());
  if (!line.ends_with(": ")) return false;
  line.remove_suffix(2);
  if (line.ends_with("unknown file")) return true;
  const std::size_t colon = line.rfind(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view digits = line.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), assertion.line);
  if (error != std::errc{} || end != digits.data() + digits.size()) return false;
  assertion.file = std::string(line.substr(0, colon));
  return true;
}

} // namespace

Assertion first_assertion(std::string_view text, std::string_view verdict)
{
  Assertion assertion;
  while (!text.empty() && !read_place(next_line(text), verdict, assertion)) continue;
  Assertion other;
  while (!text.empty() && assertion.message.size() < k_longest_message) {
    const std::string_view line = trimmed(next_line(text));
    if (line.empty() && assertion.message.empty()) continue;
    if (line.empty() || read_place(line, verdict, other)) break;
    if (!assertion.message.empty()) assertion.message += ' ';
    assertion.message += line;
  }
  if (assertion.message.size() > k_longest_message) assertion.message.resize(k_longest_message);
  return assertion;
}

GtestOutput::GtestOutput(std::span<const TestCase* const> cases) : cases_(cases), states_(cases.size(), State::waiting)
{
  positions_.reserve(cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) positions_.emplace(cases[i]->selector, static_cast<std::uint32_t>(i));
}

std::ptrdiff_t GtestOutput::position_of(std::string_view selector) const
{
  const auto at = positions_.find(selector);
  return at == positions_.end() ? -1 : static_cast<std::ptrdiff_t>(at->second);
}

void GtestOutput::feed(std::string_view bytes, std::vector<runner::CaseUpdate>& updates)
{
  while (!bytes.empty()) {
    const auto* end = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
    if (!end) {
      pending_.append(bytes);
      break;
    }
    const auto length = static_cast<std::size_t>(end - bytes.data());
    if (pending_.empty()) {
      take_line(bytes.substr(0, length), updates);
    } else {
      pending_.append(bytes.substr(0, length));
      const std::string line = std::move(pending_);
      pending_.clear();
      take_line(line, updates);
    }
    bytes.remove_prefix(length + 1);
  }
  // A test that prints megabytes without a line end: all but what may become a marker line is plain text.
  if (pending_.size() > k_longest_pending) {
    take_text(std::string_view(pending_).substr(0, pending_.size() - k_kept_pending));
    pending_.erase(0, pending_.size() - k_kept_pending);
  }
}

void GtestOutput::end()
{
  take_text(pending_);
  pending_.clear();
}

void GtestOutput::take_line(std::string_view line, std::vector<runner::CaseUpdate>& updates)
{
  struct Entry {
    std::string_view text;
    Marker marker;
  };
  static constexpr std::array<Entry, 5> k_markers{{{"[ RUN      ] ", Marker::run},
                                                   {"[       OK ] ", Marker::ok},
                                                   {"[  FAILED  ] ", Marker::failed},
                                                   {"[  SKIPPED ] ", Marker::skipped},
                                                   {"[==========] ", Marker::totals}}};
  std::size_t at = line.find('[');
  while (at != std::string_view::npos && line.size() - at > k_marker_size) {
    const std::string_view candidate = line.substr(at, k_marker_size);
    for (const Entry& entry : k_markers) {
      if (candidate != entry.text) continue;
      const std::string_view rest = without_line_end(line.substr(at + k_marker_size));
      if (take_marker(entry.marker, line.substr(0, at), rest, updates)) return;
    }
    at = line.find('[', at + 1);
  }
  if (current_ == k_none && (line.empty() || line.starts_with("[-----") || line.starts_with("Note: Google Test")))
    return;
  take_text(line);
  take_text("\n");
  if (current_ == k_none) {
    Assertion place;
    if (read_place(without_line_end(line), "Failure", place)) failed_outside_ = true;
  }
}

bool GtestOutput::take_marker(Marker marker, std::string_view before, std::string_view rest,
                              std::vector<runner::CaseUpdate>& updates)
{
  switch (marker) {
  case Marker::run:
    return take_start(before, rest, updates);
  case Marker::ok:
  case Marker::failed:
  case Marker::skipped:
    return take_end(marker, before, rest, updates);
  case Marker::totals:
    if (current_ != k_none) return false;
    take_totals(rest);
    return true;
  }
  return false;
}

bool GtestOutput::take_start(std::string_view before, std::string_view name, std::vector<runner::CaseUpdate>& updates)
{
  const std::ptrdiff_t position = position_of(name);
  if (position < 0) return false;
  const auto index = static_cast<std::size_t>(position);
  if (current_ != k_none || states_[index] != State::waiting) {
    contradictory_ = true;
    return false;
  }
  take_text(before);
  output_.clear();
  current_ = index;
  states_[index] = State::running;
  updates.emplace_back(runner::CaseStarted{index});
  return true;
}

bool GtestOutput::take_end(Marker marker, std::string_view before, std::string_view rest,
                           std::vector<runner::CaseUpdate>& updates)
{
  if (current_ == k_none || !names(rest, cases_[current_]->selector)) return take_late_end(marker, rest, updates);
  take_text(before);
  finish_current(marker, duration_at_end(rest), updates);
  return true;
}

// An end marker of a case that does not run: gtest's summary repeats failures and skips, everything else is a test
// that prints markers. A failure counts in either case, since red can be checked again and green cannot.
bool GtestOutput::take_late_end(Marker marker, std::string_view rest, std::vector<runner::CaseUpdate>& updates)
{
  if (marker == Marker::failed && current_ == k_none) {
    for (const std::string_view suffix : {k_suite_failure, k_case_failure}) {
      if (!rest.ends_with(suffix)) continue;
      failed_suites_.emplace_back(rest.substr(0, rest.size() - suffix.size()));
      return true;
    }
  }
  std::ptrdiff_t position = position_of(rest);
  for (const std::string_view stop : {", where ", " ("}) {
    if (position < 0) position = position_of(rest.substr(0, rest.find(stop)));
  }
  if (position < 0) return false;
  const auto index = static_cast<std::size_t>(position);
  const bool repeated = current_ == k_none && ((marker == Marker::failed && states_[index] == State::failed) ||
                                               (marker == Marker::skipped && states_[index] == State::skipped));
  if (repeated) return true;
  contradictory_ = true;
  if (marker != Marker::failed || states_[index] == State::failed) return false;
  states_[index] = State::failed;
  any_failed_ = true;
  AttemptResult result;
  result.outcome = Outcome::failed;
  result.message = "GoogleTest reported it as failed after it had been reported otherwise";
  updates.emplace_back(runner::CaseFinished{index, std::move(result)});
  return current_ == k_none;
}

void GtestOutput::take_totals(std::string_view rest)
{
  // "12 tests from 4 test suites ran. (0 ms total)"
  if (rest.find(" ran.") == std::string_view::npos) return;
  long value = -1;
  std::from_chars(rest.data(), rest.data() + rest.size(), value);
  counted_ = value;
}

void GtestOutput::take_text(std::string_view text)
{
  if (text.empty()) return;
  if (current_ != k_none) output_.add(text);
  else outside_.add(text);
}

void GtestOutput::finish_current(Marker marker, std::chrono::microseconds duration,
                                 std::vector<runner::CaseUpdate>& updates)
{
  const std::size_t index = current_;
  current_ = k_none;
  AttemptResult result;
  result.duration = duration;
  result.output = output_.text();
  if (marker == Marker::ok) {
    states_[index] = State::passed;
    result.outcome = Outcome::passed;
  } else {
    const bool failed = marker == Marker::failed;
    any_failed_ = any_failed_ || failed;
    states_[index] = failed ? State::failed : State::skipped;
    result.outcome = failed ? Outcome::failed : Outcome::skipped;
    Assertion assertion = first_assertion(result.output, failed ? "Failure" : "Skipped");
    result.message = std::move(assertion.message);
    result.file = std::move(assertion.file);
    result.line = assertion.line;
    if (result.message.empty()) result.message = failed ? "failed without a message" : "skipped";
  }
  output_.clear();
  updates.emplace_back(runner::CaseFinished{index, std::move(result)});
}

} // namespace sluice::frameworks
