#include "adapters/forge/payload.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::forge {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t k_most_annotations = 50;
constexpr std::size_t k_longest_summary = 60'000; // the limit is in characters, and escapes take room
constexpr std::size_t k_longest_description = 140;
constexpr std::size_t k_named_reasons = 20;
constexpr std::size_t k_longest_target = 200; // names of statuses end at 255

constexpr auto k_names = std::to_array<std::pair<Forge, std::string_view>>({
  {Forge::github_check, "github-check"},
  {Forge::github_status, "github-status"},
  {Forge::gitlab_status, "gitlab-status"},
  {Forge::gerrit_review, "gerrit-review"},
  {Forge::harness, "harness"},
});

// How many bytes at the front are a character that shows nothing and acts: C1 controls, line separators, and what turns
// the direction of writing around. In UTF-8; other bytes are replaced when the JSON is written.
std::size_t acting_bytes(std::string_view text)
{
  const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f) return 2;
  if (byte(0) != 0xe2) return 0;
  const bool line_or_turn = byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae; // U+2028 to U+202E
  const bool isolate = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;      // U+2066 to U+2069
  return line_or_turn || isolate ? 3 : 0;
}

// Tests and commits put their words into it: no control characters, no HTML of theirs.
std::string plain(std::string_view text, std::size_t most)
{
  text = text.substr(0, most);
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t acting = acting_bytes(text.substr(at));
    const char c = text[at];
    result += acting > 0 || c == '<' || c == '>' || c == '`' ? ' ' : c;
    at += std::max<std::size_t>(acting, 1);
  }
  return result;
}

// The same where Markdown is read: no link, image, mention or table of theirs.
std::string plain_in_markdown(std::string_view text, std::size_t most)
{
  constexpr std::string_view k_signs = "\\*_{}[]()#+-!|~&@:";
  std::string result;
  for (const char c : plain(text, most)) {
    if (k_signs.find(c) == std::string_view::npos) result += c;
    else result += fmt::format("&#{};", static_cast<int>(c));
  }
  return result;
}

Verdict verdict_of(const RunRecord& record)
{
  if (record.finished) return record.finished->verdict;
  Verdict verdict;
  verdict.reasons.emplace_back("no verdict was formed");
  return verdict;
}

bool is_success(const Verdict& verdict)
{
  const bool status = verdict.status == VerdictStatus::passed || verdict.status == VerdictStatus::overridden;
  return status && verdict.exit == ExitCode::passed;
}

std::string headline(const RunRecord& record)
{
  const Verdict verdict = verdict_of(record);
  const Counts counts = record.counts();
  std::string text =
    fmt::format("{}: {} run, {} reused, {} red", to_string(verdict.status), counts.selected, counts.reused, counts.red);
  if (counts.flaky > 0) text += fmt::format(", {} flaky", counts.flaky);
  if (counts.quarantined > 0) text += fmt::format(", {} failed in quarantine", counts.quarantined);
  if (!verdict.reasons.empty()) text += ". " + verdict.reasons.front();
  return plain(text, k_longest_description);
}

using Quote = std::string (*)(std::string_view text, std::size_t most);

// In Markdown; `quote` makes the words of others harmless where it is read.
std::string summary(const RunRecord& record, Quote quote)
{
  const Verdict verdict = verdict_of(record);
  std::string text = fmt::format("Run {}, risk {}\n\n", plain(record.started.run, 100), risk_class(record));
  for (std::size_t i = 0; i < std::min(verdict.reasons.size(), k_named_reasons); ++i)
    text += "* " + quote(verdict.reasons[i], 1'000) + "\n";
  if (!verdict.rules.empty()) text += "\n| rule | |\n|---|---|\n";
  for (const RuleFinding& rule : verdict.rules)
    text += fmt::format("| {} | {} |\n", quote(rule.rule, 200), to_string(rule.status));
  return text.substr(0, k_longest_summary);
}

// What failed and did not turn the verdict red says so first.
std::string excuse(const TestRecord& test)
{
  const Standing standing = test.standing();
  return standing == Standing::red ? "" : fmt::format("{}: ", to_string(standing));
}

ordered_json annotations(const RunRecord& record)
{
  ordered_json list = ordered_json::array();
  for (const TestRecord& test : record.tests) {
    if (!test.selected() || !is_red(test.outcome()) || test.attempts.empty()) continue;
    const AttemptResult& result = test.attempts.front().result;
    const std::string& file = result.file.empty() ? test.planned.file : result.file;
    if (file.empty() || file.front() == '/' || list.size() >= k_most_annotations) continue;
    const int line = std::max(result.file.empty() ? test.planned.line : result.line, 1);
    list.push_back({{"path", file},
                    {"start_line", line},
                    {"end_line", line},
                    {"annotation_level", test.standing() == Standing::red ? "failure" : "warning"},
                    {"title", plain(excuse(test) + test.planned.test.value, 255)},
                    {"message", plain(result.message.empty() ? to_string(test.outcome()) : result.message, 4'000)}});
  }
  return list;
}

// One prefix is taken away, no more: a branch may be called refs/heads/main itself, and must not get main's name.
std::string check_name(std::string_view target)
{
  constexpr std::string_view k_heads = "refs/heads/";
  if (target.starts_with(k_heads)) target.remove_prefix(k_heads.size());
  return target.empty() ? "sluice" : fmt::format("sluice ({})", plain(target, k_longest_target));
}

ordered_json github_check(const RunRecord& record, std::string_view commit, const std::string& name)
{
  ordered_json check;
  check["name"] = name;
  check["head_sha"] = commit;
  check["external_id"] = record.started.run;
  check["status"] = "completed";
  check["conclusion"] = is_success(verdict_of(record)) ? "success" : "failure"; // never neutral: that counts as green
  check["output"] = {
    {"title", headline(record)}, {"summary", summary(record, plain_in_markdown)}, {"annotations", annotations(record)}};
  return check;
}

ordered_json gerrit_review(const RunRecord& record)
{
  ordered_json review;
  review["labels"] = {{"Verified", is_success(verdict_of(record)) ? 1 : -1}};
  review["message"] = headline(record) + "\n\n" + summary(record, plain);
  review["tag"] = "autogenerated:sluice";
  ordered_json comments = ordered_json::object();
  for (const auto& note : annotations(record))
    comments[note["path"].get<std::string>()].push_back(
      {{"line", note["start_line"]},
       {"message", note["title"].get<std::string>() + ": " + note["message"].get<std::string>()}});
  if (!comments.empty()) review["comments"] = std::move(comments);
  return review;
}

// As rules see it where it was measured for them: with the tests that the change has taken away.
ReachedTests reach_of(const RunRecord& record)
{
  const BlastRadius& planned = record.plan.blast_radius;
  const ReachedTests by_plan{planned.tests, planned.all_tests};
  return record.finished ? record.finished->verdict.reach.value_or(by_plan) : by_plan;
}

std::string output_variables(const RunRecord& record)
{
  const auto [tests, all_tests] = reach_of(record);
  const std::size_t share = all_tests == 0 ? 0 : tests * 100 / all_tests;
  return fmt::format("sluice_verdict={}\nsluice_blast_radius={}\nsluice_risk={}\nsluice_run={}\n",
                     to_string(verdict_of(record).status), share, risk_class(record), record.started.run);
}

std::string dumped(const ordered_json& json)
{
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace

std::optional<Forge> forge_named(std::string_view name)
{
  for (const auto& [forge, word] : k_names)
    if (word == name) return forge;
  return std::nullopt;
}

std::string_view to_string(Forge forge)
{
  for (const auto& [value, word] : k_names)
    if (value == forge) return word;
  return "?";
}

std::string_view risk_class(const RunRecord& record)
{
  const auto [tests, all_tests] = reach_of(record);
  const bool wide = !record.plan.escalations.empty();
  if (!record.finished || tests * 4 > all_tests * 3) return "critical";
  if (wide || tests * 3 > all_tests) return "high";
  return tests * 20 > all_tests ? "medium" : "low";
}

std::string payload(Forge forge, const RunRecord& record, std::string_view commit, std::string_view target)
{
  const std::string name = check_name(target);
  const bool success = is_success(verdict_of(record));
  switch (forge) {
  case Forge::github_check:
    return dumped(github_check(record, commit, name));
  case Forge::github_status:
    return dumped({{"state", success ? "success" : "failure"}, {"context", name}, {"description", headline(record)}});
  case Forge::gitlab_status:
    return dumped({{"state", success ? "success" : "failed"}, {"name", name}, {"description", headline(record)}});
  case Forge::gerrit_review:
    return dumped(gerrit_review(record));
  case Forge::harness:
    return output_variables(record);
  }
  return {};
}

} // namespace sluice::forge
