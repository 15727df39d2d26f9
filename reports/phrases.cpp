#include "reports/phrases.h"

#include "reports/text.h"

#include <algorithm>
#include <fmt/compile.h>
#include <fmt/format.h>

namespace sluice::reports {

namespace {

// A name as a pattern of the filter language (impact/filter.h). '*' and '?' in a name stay: they match themselves too.
std::string filter_pattern(std::string_view name)
{
  if (name.find_first_of(" \t\n()&|\"") == std::string_view::npos) return std::string(name);
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

} // namespace

std::string human_duration(std::chrono::microseconds duration)
{
  const auto micros = std::max<std::int64_t>(duration.count(), 0);
  const std::int64_t millis = (micros + 500) / 1000;
  if (millis < 1000) return fmt::format("{} ms", millis);
  if (millis < 59'950) return fmt::format("{:.1f} s", static_cast<double>(millis) / 1000);
  const std::int64_t seconds = (millis + 500) / 1000;
  if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {:02} min", seconds / 3600, seconds % 3600 / 60);
}

std::string fixed_seconds(std::chrono::microseconds duration)
{
  const std::int64_t millis = (std::max<std::int64_t>(duration.count(), 0) + 500) / 1000;
  return fmt::format(FMT_COMPILE("{}.{:03}"), millis / 1000, millis % 1000);
}

std::string utc_seconds(Timestamp time)
{
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::string counted(std::size_t count, std::string_view noun)
{
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string shell_word(std::string_view word)
{
  constexpr std::string_view safe = "%+,-./0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
  if (!word.empty() && word.find_first_not_of(safe) == std::string_view::npos) return std::string(word);

  if (clean_text(word) == word && word.find_first_of("\n\t") == std::string_view::npos) {
    std::string quoted = "'";
    for (const char c : word) {
      if (c == '\'') quoted += "'\\''";
      else quoted += c;
    }
    return quoted += '\'';
  }

  std::string quoted = "$'";
  for (const char c : word) {
    const auto value = static_cast<unsigned char>(c);
    if (c == '\'' || c == '\\') quoted.append("\\").append(1, c);
    else if (value >= 0x20 && value < 0x7F) quoted += c;
    else quoted += fmt::format("\\{:03o}", value); // octal: exactly three digits, so that a digit may follow
  }
  return quoted += '\'';
}

std::string repeat_command(std::string_view test_id)
{
  return "sluice run --all --filter " + shell_word("id(" + filter_pattern(test_id) + ")");
}

} // namespace sluice::reports
