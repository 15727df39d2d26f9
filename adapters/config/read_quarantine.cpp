#include "adapters/config/read_quarantine.h"

#include "model/glob.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <string_view>

namespace sluice::config {

namespace {

// Ids that no test has: who names them names every test.
constexpr std::string_view k_no_test[] = {"\x7f", "\x7f:\x7f", "\x7f:\x7f/\x7f.\x7f"};

int number(std::string_view digits)
{
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// "2026-12-31", and a day that there is.
bool is_date(std::string_view text)
{
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t at : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u})
    if (text[at] < '0' || text[at] > '9') return false;
  using namespace std::chrono;
  return year_month_day(year(number(text.substr(0, 4))), month(static_cast<unsigned>(number(text.substr(5, 2)))),
                        day(static_cast<unsigned>(number(text.substr(8, 2)))))
    .ok();
}

} // namespace

Quarantine read_quarantine(const std::string& file, const ConfigNode& node)
{
  TableReader table(file, node, "[[quarantine]]");
  Quarantine quarantine;
  quarantine.line = node.position.line;
  quarantine.tests = table.strings("tests");
  quarantine.reason = table.string("reason").value_or("");
  quarantine.ticket = table.string("ticket").value_or("");
  quarantine.owner = table.string("owner").value_or("");
  quarantine.until = table.string("until").value_or("");
  table.finish();
  if (quarantine.tests.empty() ||
      std::find(quarantine.tests.begin(), quarantine.tests.end(), "") != quarantine.tests.end())
    table.fail(node.position, "[[quarantine]] needs \"tests\"", "name them by their ids: tests = [\"core:Net.Slow\"]");
  if (quarantine.reason.empty())
    table.fail(node.position, "[[quarantine]] needs a \"reason\"", "say what is known: reason = \"times out on CI\"");
  if (!is_date(quarantine.until))
    table.fail(table.has("until") ? table.position("until") : node.position,
               "[[quarantine]] needs the last day on which it holds", "write a date: until = 2026-12-31");
  for (const std::string& glob : quarantine.tests)
    if (std::any_of(std::begin(k_no_test), std::end(k_no_test),
                    [&](std::string_view name) { return name_glob_matches(glob, name); }))
      table.fail(table.position("tests"), fmt::format("\"{}\" would put every test in quarantine", glob),
                 "name the tests that are known to fail");
  return quarantine;
}

} // namespace sluice::config
