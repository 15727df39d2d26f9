#include "reports/junit_layout.h"

#include "reports/attempt_words.h"
#include "reports/text.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <unordered_set>

namespace sluice::reports {

namespace {

// ResultDB and Azure refuse longer names.
constexpr std::size_t k_name_units = 512;
constexpr std::size_t k_number_units = 16; // room for " #12345"

// FNV-1a. It tells long names apart; whether two collide does not matter, because names are made unique afterwards.
std::uint64_t name_digest(std::string_view bytes)
{
  std::uint64_t digest = 0xcbf29ce484222325u;
  for (const char c : bytes) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return digest;
}

CaseStatus status_of(const TestRecord& test)
{
  switch (test.standing()) {
  case Standing::passed:
  case Standing::flaky:
    return CaseStatus::passed;
  case Standing::skipped:
  case Standing::quarantined:
    return CaseStatus::skipped;
  case Standing::red:
    break;
  }
  switch (test.outcome()) {
  case Outcome::passed:
    return CaseStatus::passed;
  case Outcome::skipped:
    return CaseStatus::skipped;
  case Outcome::failed:
    return CaseStatus::failure;
  case Outcome::crashed:
  case Outcome::timed_out:
  case Outcome::lost:
  case Outcome::not_started:
  case Outcome::not_run:
    return CaseStatus::error;
  }
  return CaseStatus::error;
}

std::chrono::milliseconds time_of(const TestRecord& test)
{
  const Attempt* attempt = test.selected() ? deciding_attempt(test) : nullptr;
  if (!attempt) return std::chrono::milliseconds(0);
  return std::max(std::chrono::round<std::chrono::milliseconds>(attempt->result.duration),
                  std::chrono::milliseconds(0));
}

using SuitesByName = std::map<std::string, std::vector<JunitCase>>;

SuitesByName name_all_tests(const std::vector<TestRecord>& tests)
{
  SuitesByName suites;
  auto suite = suites.end();
  const std::string* raw = nullptr; // of `suite`: neighbours mostly share it
  for (const TestRecord& test : tests) {
    if (!raw || *raw != test.planned.suite) {
      raw = &test.planned.suite;
      std::string name = junit_name(*raw);
      if (name == k_gate_suite) name += " (tests)";
      suite = suites.try_emplace(std::move(name)).first;
    }
    JunitCase entry;
    entry.name = junit_name(test.planned.name);
    entry.test = &test;
    suite->second.push_back(std::move(entry));
  }
  for (auto& [name, cases] : suites) {
    std::sort(cases.begin(), cases.end(), [](const JunitCase& a, const JunitCase& b) {
      return std::tie(a.name, a.test->planned.test) < std::tie(b.name, b.test->planned.test);
    });
    make_names_unique(cases);
  }
  return suites;
}

} // namespace

void JunitCounts::add(CaseStatus status, std::chrono::milliseconds duration)
{
  ++tests;
  failures += status == CaseStatus::failure;
  errors += status == CaseStatus::error;
  skipped += status == CaseStatus::skipped;
  time += duration;
}

void JunitCounts::add(const JunitCounts& other)
{
  tests += other.tests;
  failures += other.failures;
  errors += other.errors;
  skipped += other.skipped;
  time += other.time;
}

std::string junit_name(std::string_view bytes)
{
  std::string name = one_line(bytes, bytes.size() * 3); // U+FFFD is three times as long as what it replaces
  if (name.empty()) return "(unnamed)";
  if (name.size() <= k_name_units || utf16_length(name) <= k_name_units) return name;
  const std::string suffix = fmt::format(" ~{:016x}", name_digest(bytes));
  name.resize(utf16_prefix(name, k_name_units - suffix.size()).size());
  return name + suffix;
}

void make_names_unique(std::vector<JunitCase>& cases)
{
  const auto same = [](const JunitCase& a, const JunitCase& b) { return a.name == b.name; };
  if (std::adjacent_find(cases.begin(), cases.end(), same) == cases.end()) return;

  std::unordered_set<std::string> taken;
  for (const JunitCase& entry : cases) taken.insert(entry.name);
  std::string repeated; // the name that the cases just visited share
  std::size_t number = 1;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (i == 0 || cases[i].name != repeated) {
      repeated = cases[i].name;
      number = 1;
      continue;
    }
    const std::string base(utf16_prefix(repeated, k_name_units - k_number_units));
    do cases[i].name = fmt::format("{} #{}", base, ++number);
    while (!taken.insert(cases[i].name).second);
  }
}

std::vector<JunitSuite> junit_layout(const RunRecord& record, Unselected unselected)
{
  std::vector<JunitSuite> layout;
  layout.push_back(gate_suite(record));
  for (auto& [name, cases] : name_all_tests(record.tests)) {
    JunitSuite suite;
    suite.name = name;
    for (JunitCase& entry : cases) {
      const bool left_out = !entry.test->selected() && !entry.test->reused();
      if (left_out && unselected == Unselected::omit) continue;
      entry.status = status_of(*entry.test);
      entry.time = time_of(*entry.test);
      suite.counts.add(entry.status, entry.time);
      suite.cases.push_back(std::move(entry));
    }
    if (!suite.cases.empty()) layout.push_back(std::move(suite));
  }
  return layout;
}

} // namespace sluice::reports
