#include "reports/conduct_words.h"

#include "reports/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace sluice::reports {

namespace {

constexpr std::size_t k_detail_bytes = 500;
constexpr std::size_t k_line_bytes = 1'000;

std::string bare_words(const Finding& finding)
{
  const std::string detail = one_line(finding.detail, k_detail_bytes);
  return fmt::format("{}{}{}", to_string(finding.kind), detail.empty() ? "" : ": ", detail);
}

std::string line(const std::string& whose, const std::vector<std::string>& words)
{
  return one_line(fmt::format("{}: {}", whose, fmt::join(words, ", ")), k_line_bytes);
}

} // namespace

std::string finding_words(const TestFinding& finding)
{
  std::string words = bare_words(finding.finding);
  if (finding.shared_by > 1) words += fmt::format(" (one of the {} tests of its process)", finding.shared_by);
  return words;
}

std::vector<TestFinding> findings_shown(const Conduct& conduct, const TestRecord& test)
{
  std::vector<TestFinding> found = conduct.of(test);
  // That a test is flaky stands wherever its outcome does.
  std::erase_if(
    found, [](const TestFinding& each) { return each.finding.declared || each.finding.kind == FindingKind::flaky; });
  return found;
}

std::vector<std::string> finding_lines(const RunRecord& record)
{
  const Conduct conduct(record);
  std::set<std::uint32_t> told; // processes of several tests
  std::vector<std::string> lines;
  for (const TestRecord& test : record.tests) {
    const std::vector<TestFinding> found = findings_shown(conduct, test);
    if (found.empty()) continue;
    const std::string id = one_line(test.planned.test.value, k_detail_bytes);
    std::vector<std::string> own, shared;
    std::size_t others = 0;
    for (const TestFinding& each : found) {
      if (each.shared_by == 1) {
        own.push_back(bare_words(each.finding));
      } else if (!told.contains(each.batch)) {
        shared.push_back(bare_words(each.finding));
        others = each.shared_by - 1;
      }
    }
    for (const Attempt& attempt : test.attempts) told.insert(attempt.batch);
    if (!own.empty()) lines.push_back(line(id, own));
    if (!shared.empty())
      lines.push_back(line(fmt::format("{} or {} of the same process", id,
                                       others == 1 ? "the other test" : fmt::format("one of {} others", others)),
                           shared));
  }
  return lines;
}

std::string sandbox_words(const SandboxReport& sandbox)
{
  const std::string why = one_line(sandbox.refused, k_detail_bytes);
  return fmt::format("{}, {}{}{}", to_string(sandbox.level), sandbox.observed ? "observed" : "not observed",
                     why.empty() ? "" : ": ", why);
}

} // namespace sluice::reports
