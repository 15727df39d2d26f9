#include "reports/conduct_words.h"

#include "reports/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <utility>

namespace sluice::reports {

namespace {

constexpr std::size_t k_detail_bytes = 500;
constexpr std::size_t k_line_bytes = 400;
constexpr std::size_t k_paths_named = 3; // more of one kind are told by the folder that they have in common

std::string bare_words(const Finding& finding)
{
  const std::string detail = one_line(finding.detail, k_detail_bytes);
  return fmt::format("{}{}{}", to_string(finding.kind), detail.empty() ? "" : ": ", detail);
}

// The folder that all of these absolute paths lie in; empty where that is the root.
std::string common_folder(const std::vector<std::string>& paths)
{
  std::string folder = paths.front().substr(0, paths.front().rfind('/'));
  for (const std::string& path : paths)
    while (!path.starts_with(folder + "/")) folder.erase(folder.rfind('/'));
  return folder;
}

// What was found of one kind. What is no path stands last: it may count the rest.
std::string words_of_kind(FindingKind kind, const std::vector<std::string>& details)
{
  std::vector<std::string> paths, words;
  for (const std::string& detail : details)
    if (!detail.empty()) (detail.starts_with('/') ? paths : words).push_back(one_line(detail, k_detail_bytes));
  if (paths.size() > k_paths_named) {
    const std::string folder = common_folder(paths);
    paths = {folder.empty() ? fmt::format("{} paths, the first is {}", paths.size(), paths.front())
                            : fmt::format("{} paths below {}", paths.size(), folder)};
  }
  words.insert(words.begin(), paths.begin(), paths.end());
  return fmt::format("{}{}{}", to_string(kind), words.empty() ? "" : ": ", fmt::join(words, ", "));
}

// The findings of one process, each kind once, in the order in which they were found.
std::vector<std::string> by_kind(const std::vector<const Finding*>& findings)
{
  std::vector<std::pair<FindingKind, std::vector<std::string>>> kinds;
  for (const Finding* finding : findings) {
    auto same = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.first == finding->kind; });
    if (same == kinds.end()) same = kinds.insert(kinds.end(), {finding->kind, {}});
    same->second.push_back(finding->detail);
  }
  std::vector<std::string> words;
  for (const auto& [kind, details] : kinds) words.push_back(words_of_kind(kind, details));
  return words;
}

std::string line(const std::string& whose, const std::vector<const Finding*>& findings)
{
  const std::vector<std::string> words = by_kind(findings);
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
    std::vector<const Finding*> own, shared;
    std::size_t others = 0;
    for (const TestFinding& each : found) {
      if (each.shared_by == 1) {
        own.push_back(&each.finding);
      } else if (!told.contains(each.batch)) {
        shared.push_back(&each.finding);
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
