#include "adapters/frameworks/tap_output.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_longest_line = 64u << 10; // what is longer is cut: its beginning decides

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text)
{
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool begins_without_case(std::string_view text, std::string_view lower)
{
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char one, char other) {
           return one == (other >= 'A' && other <= 'Z' ? static_cast<char>(other - 'A' + 'a') : other);
         });
}

bool is_todo(std::string_view directive)
{
  return begins_without_case(directive, "todo") && (directive.size() == 4 || !is_letter(directive[4]));
}

// Takes `word` off the front of `text` if it stands there as a word of its own.
bool take_word(std::string_view& text, std::string_view word)
{
  if (!text.starts_with(word)) return false;
  const bool whole = text.size() == word.size() || is_blank(text[word.size()]) || text[word.size()] == '#';
  if (whole) text.remove_prefix(word.size());
  return whole;
}

std::optional<std::size_t> number(std::string_view digits)
{
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value > 1'000'000'000) return std::nullopt;
  return value;
}

} // namespace

void TapOutput::feed(std::string_view bytes)
{
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, newline);
    pending_.append(piece.substr(0, k_longest_line - std::min(k_longest_line, pending_.size())));
    if (newline == std::string_view::npos) return;
    take_line(pending_);
    pending_.clear();
    bytes.remove_prefix(newline + 1);
  }
}

void TapOutput::end()
{
  if (!pending_.empty()) take_line(pending_);
  pending_.clear();
  if (inner_failed_)
    reported_.add_problem(fmt::format("a subtest failed and its test was never reported: {}", inner_failure_));
  if (!has_plan_)
    reported_.add_problem(reported_.cases == 0 ? "it printed no TAP plan" : "it ended without a TAP plan");
  else if (reported_.cases < planned_)
    reported_.add_problem(fmt::format("{} tests planned, {} reported", planned_, reported_.cases));
}

void TapOutput::take_line(std::string_view line)
{
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  const std::string_view text = line.substr(indent);
  if (take_block(indent, text)) return;
  after_point_ = false;
  if (indent == 0) take_top(text);
  else if (indent % 4 == 0) take_inner(indent, text);
}

// A YAML block follows a point and is indented further than it; true if the line belongs to one. A line that stands
// further left than the block ends it, marked or not: a block must not hide points.
bool TapOutput::take_block(std::size_t indent, std::string_view text)
{
  if (!in_block_) {
    if (!after_point_ || text != "---" || indent == 0) return false;
    in_block_ = true;
    block_indent_ = indent;
    return true;
  }
  if (text.empty()) return true;
  in_block_ = indent >= block_indent_ && !(indent == block_indent_ && text == "...");
  return indent >= block_indent_;
}

void TapOutput::take_top(std::string_view text)
{
  Point point;
  if (read_point(text, point)) {
    take_point(point);
    return;
  }
  if (!take_plan(text)) take_bail_out(text);
}

void TapOutput::take_bail_out(std::string_view text)
{
  if (!begins_without_case(text, "bail out!") || !reported_.stopped.empty()) return;
  reported_.stopped = "Bail out! " + std::string(trimmed(text.substr(9)).substr(0, ReportedCases::k_longest_name));
}

// Only what a subtest cannot take back matters here: its own point, one level up, says how it ended.
void TapOutput::take_inner(std::size_t indent, std::string_view text)
{
  Point point;
  if (!read_point(text, point)) {
    take_bail_out(text);
    return;
  }
  after_point_ = true;
  const bool above = inner_failed_ && indent < inner_indent_;
  if (point.directive == Directive::todo) {
    if (above) inner_failed_ = false;
  } else if (!point.ok) {
    if (!inner_failed_) inner_failure_ = std::string(point.description.substr(0, ReportedCases::k_longest_name));
    inner_indent_ = inner_failed_ ? std::min(inner_indent_, indent) : indent;
    inner_failed_ = true;
  } else if (above) {
    reported_.add_problem(fmt::format("a subtest failed and claims to have passed: {}", inner_failure_));
  }
}

void TapOutput::take_point(const Point& point)
{
  after_point_ = true;
  ++reported_.cases;
  if (!point.number.empty() && number(point.number) != reported_.cases)
    reported_.add_problem(
      fmt::format("TAP numbers are out of order: {} came as number {}", point.number.substr(0, 20), reported_.cases));
  if (plan_at_end_ || (has_plan_ && reported_.cases > planned_))
    reported_.add_problem(fmt::format("{} tests planned, and more were reported", planned_));
  const bool todo = point.directive == Directive::todo;
  if (point.ok && !todo && inner_failed_)
    reported_.add_problem(fmt::format("a subtest failed and its test claims to have passed: {}", inner_failure_));
  inner_failed_ = false;
  if (point.ok && point.directive == Directive::skip) reported_.add_skip(point.reason);
  if (point.ok || todo) return;
  const std::string_view name = point.description.empty() ? point.number : point.description;
  reported_.add_failure(name.empty() ? fmt::format("{}", reported_.cases) : std::string(name));
}

// "1..N", with "# skip REASON" behind "1..0".
bool TapOutput::take_plan(std::string_view text)
{
  if (!text.starts_with("1..")) return false;
  text.remove_prefix(3);
  const auto digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  const std::string_view rest = trimmed(text.substr(digits));
  if (digits == 0 || (!rest.empty() && rest.front() != '#')) return false;
  const std::optional<std::size_t> planned = number(text.substr(0, digits));
  if (!planned) reported_.add_problem("its TAP plan is no number of tests");
  if (has_plan_) reported_.add_problem("it printed two TAP plans");
  has_plan_ = true;
  planned_ = planned.value_or(0);
  plan_at_end_ = reported_.cases > 0;
  if (reported_.cases > planned_)
    reported_.add_problem(fmt::format("{} tests planned, {} reported", planned_, reported_.cases));
  if (planned_ != 0) return true;
  const std::string_view directive = rest.empty() ? rest : trimmed(rest.substr(1));
  reported_.skips_all = begins_without_case(directive, "skip");
  if (!reported_.skips_all) {
    reported_.add_problem("its TAP plan is empty and gives no reason (1..0 # skip REASON)");
    return true;
  }
  const std::size_t blank = std::min(directive.find_first_of(" \t"), directive.size());
  reported_.skip_reason = std::string(trimmed(directive.substr(blank)).substr(0, ReportedCases::k_longest_name));
  return true;
}

// "not ok 3 - description # TODO reason".
bool TapOutput::read_point(std::string_view text, Point& point)
{
  const bool negated = take_word(text, "not");
  if (negated) {
    if (text.empty() || !is_blank(text.front())) return false;
    text = trimmed(text);
  }
  if (!take_word(text, "ok")) return false;
  point.ok = !negated;
  text = trimmed(text);
  const auto digits = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  if (digits == text.size() || is_blank(text[digits]) || text[digits] == '#') {
    point.number = text.substr(0, digits);
    text = trimmed(text.substr(digits));
  }
  if (text.starts_with('-')) text = trimmed(text.substr(1));
  read_directive(text, point);
  return true;
}

// The last '#' that is not escaped begins a directive, if "skip" or "todo" follows it and white space or nothing stands
// before it. In a description "#" is written "\#".
void TapOutput::read_directive(std::string_view text, Point& point)
{
  point.description = text;
  for (std::size_t at = text.rfind('#'); at != std::string_view::npos;
       at = at == 0 ? at - 1 : text.rfind('#', at - 1)) {
    if (at != 0 && !is_blank(text[at - 1])) continue;
    const std::string_view directive = trimmed(text.substr(at + 1));
    if (is_todo(directive)) point.directive = Directive::todo;
    else if (begins_without_case(directive, "skip")) point.directive = Directive::skip;
    else continue;
    const std::size_t blank = std::min(directive.find_first_of(" \t"), directive.size());
    point.reason = trimmed(directive.substr(blank));
    point.description = trimmed(text.substr(0, at));
    return;
  }
}

} // namespace sluice::frameworks
