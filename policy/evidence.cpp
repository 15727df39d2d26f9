#include "policy/evidence.h"

#include "policy/message_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <set>

namespace sluice::policy {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* k_statement = "https://in-toto.io/Statement/v1";
constexpr const char* k_test_result = "https://in-toto.io/attestation/test-result/v0.1";
constexpr const char* k_summary = "https://slsa.dev/verification_summary/v1";
constexpr const char* k_run = "urn:sluice:run:v1"; // names of fields that the predicates do not have are URIs
constexpr const char* k_verifier = "urn:sluice";
constexpr const char* k_overridden_level = "ORG_SOURCE_SLUICE_OVERRIDDEN";
constexpr std::size_t k_largest_bundle = 16 << 20;
constexpr std::size_t k_most_envelopes = 1'000; // of one bundle: a run makes two
constexpr std::int64_t k_skew = 300;            // seconds by which another clock may be ahead

std::string utc(std::int64_t seconds)
{
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

ordered_json subjects(const RunFacts& facts)
{
  return ordered_json::array({{{"name", "commit"}, {"digest", {{"gitCommit", facts.commit}}}},
                              {{"name", "tree"}, {"digest", {{"gitTree", facts.tree}}}}});
}

ordered_json statement(const RunFacts& facts, const char* type, ordered_json predicate)
{
  ordered_json whole;
  whole["_type"] = k_statement;
  whole["subject"] = subjects(facts);
  whole["predicateType"] = type;
  whole["predicate"] = std::move(predicate);
  return whole;
}

ordered_json run_fields(const RunFacts& facts)
{
  ordered_json run;
  run["version"] = k_evidence_version;
  run["run"] = facts.run;
  run["sluice"] = facts.version;
  run["time"] = facts.time;
  run["verdict"] = to_string(facts.verdict);
  run["commit"] = facts.commit;
  run["tree"] = facts.tree;
  run["base"] = facts.base;
  run["baseTree"] = facts.base_tree;
  run["tip"] = facts.tip;
  for (const auto& [name, value] :
       {std::pair("policy", &facts.policy), std::pair("configuration", &facts.configuration),
        std::pair("plan", &facts.plan), std::pair("catalogue", &facts.catalogue), std::pair("report", &facts.report)})
    run[name] = *value;
  if (facts.flaky > 0) run["flaky"] = facts.flaky;
  if (facts.quarantined > 0) run["quarantined"] = facts.quarantined;
  if (facts.sandbox)
    run["sandbox"] = {{"level", to_string(facts.sandbox->level)}, {"observed", facts.sandbox->observed},
                      {"refused", facts.sandbox->refused},        {"losses", facts.sandbox->losses},
                      {"openings", facts.sandbox->openings},      {"limits", facts.sandbox->limits}};
  return run;
}

std::string dumped(const ordered_json& whole)
{
  return whole.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json test_result(const RunFacts& facts, const RunRecord& record)
{
  ordered_json predicate;
  const bool passed = facts.verdict == VerdictStatus::passed;
  const bool warn = facts.verdict == VerdictStatus::overridden || facts.flaky > 0 || facts.quarantined > 0;
  predicate["result"] = !passed && facts.verdict != VerdictStatus::overridden ? "FAILED" : warn ? "WARNED" : "PASSED";
  predicate["configuration"] = ordered_json::array();
  for (const auto& [name, value] : {std::pair("sluice.policy.toml", &facts.policy),
                                    std::pair("sluice.toml", &facts.configuration), std::pair("plan", &facts.plan),
                                    std::pair("catalogue", &facts.catalogue), std::pair("junit.xml", &facts.report)})
    predicate["configuration"].push_back({{"name", name}, {"digest", {{"sha256", *value}}}});
  ordered_json passed_tests = ordered_json::array(), warned = ordered_json::array(), failed = ordered_json::array();
  for (const TestRecord& test : record.tests) {
    const std::string& id = test.planned.test.value;
    if (test.reused()) passed_tests.push_back(id);
    if (!test.selected()) continue;
    const Standing standing = test.standing();
    (standing == Standing::red ? failed : standing == Standing::passed ? passed_tests : warned).push_back(id);
  }
  predicate["passedTests"] = std::move(passed_tests);
  predicate["warnedTests"] = std::move(warned);
  predicate["failedTests"] = std::move(failed);
  predicate[k_run] = run_fields(facts);
  return predicate;
}

ordered_json decision(const RunFacts& facts, const std::string& input)
{
  const bool passed = facts.verdict == VerdictStatus::passed || facts.verdict == VerdictStatus::overridden;
  ordered_json predicate;
  predicate["verifier"] = {{"id", k_verifier}, {"version", {{"sluice", facts.version}}}};
  predicate["timeVerified"] = utc(facts.time);
  predicate["resourceUri"] = "git+commit:" + facts.commit;
  predicate["policy"] = {{"uri", "git+commit:" + facts.tip + "#sluice.policy.toml"},
                         {"digest", {{"sha256", facts.policy}}}};
  predicate["inputAttestations"] = ordered_json::array({{{"digest", {{"sha256", input}}}}});
  predicate["verificationResult"] = passed ? "PASSED" : "FAILED";
  predicate["verifiedLevels"] = ordered_json::array();
  if (passed)
    predicate["verifiedLevels"].push_back(facts.verdict == VerdictStatus::passed ? "ORG_SOURCE_SLUICE_PASSED"
                                                                                 : k_overridden_level);
  predicate[k_run] = run_fields(facts);
  return predicate;
}

// --- reading

std::optional<std::string> text_at(const json& object, const char* pointer)
{
  const json::json_pointer place{pointer};
  if (!object.contains(place) || !object.at(place).is_string()) return std::nullopt;
  return object.at(place).get<std::string>();
}

std::optional<VerdictStatus> verdict_of(const std::string& word)
{
  for (const VerdictStatus status :
       {VerdictStatus::passed, VerdictStatus::failed, VerdictStatus::refused, VerdictStatus::overridden})
    if (to_string(status) == word) return status;
  return std::nullopt;
}

std::optional<std::vector<std::string>> texts_in(const json& object, const char* key)
{
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const json& each : *found) {
    if (!each.is_string()) return std::nullopt;
    texts.push_back(each.get<std::string>());
  }
  return texts;
}

std::optional<SandboxReport> read_sandbox(const json& object)
{
  const auto level = text_at(object, "/level"), refused = text_at(object, "/refused"),
             limits = text_at(object, "/limits");
  const auto losses = texts_in(object, "losses"), openings = texts_in(object, "openings");
  const auto observed = object.find("observed");
  if (!level || !refused || !limits || !losses || !openings || observed == object.end() || !observed->is_boolean())
    return std::nullopt;
  for (const SandboxLevel each : {SandboxLevel::full, SandboxLevel::partial, SandboxLevel::bare, SandboxLevel::none})
    if (to_string(each) == *level)
      return SandboxReport{each, *refused, *losses, *limits, observed->get<bool>(), *openings};
  return std::nullopt;
}

std::optional<RunFacts> read_facts(const json& predicate)
{
  const auto found = predicate.find(k_run);
  if (found == predicate.end() || !found->is_object()) return std::nullopt;
  const json& run = *found;
  RunFacts facts;
  const auto version = run.find("version");
  const auto time = run.find("time");
  if (version == run.end() || *version != k_evidence_version || time == run.end() || !time->is_number_integer())
    return std::nullopt;
  facts.time = time->get<std::int64_t>();
  for (const auto& [name, into] :
       {std::pair("/run", &facts.run), std::pair("/sluice", &facts.version), std::pair("/commit", &facts.commit),
        std::pair("/tree", &facts.tree), std::pair("/base", &facts.base), std::pair("/baseTree", &facts.base_tree),
        std::pair("/tip", &facts.tip), std::pair("/policy", &facts.policy),
        std::pair("/configuration", &facts.configuration), std::pair("/plan", &facts.plan),
        std::pair("/catalogue", &facts.catalogue), std::pair("/report", &facts.report)}) {
    const auto text = text_at(run, name);
    if (!text) return std::nullopt;
    *into = *text;
  }
  const auto verdict = verdict_of(text_at(run, "/verdict").value_or(""));
  if (!verdict) return std::nullopt;
  facts.verdict = *verdict;
  for (const auto& [name, into] : {std::pair("flaky", &facts.flaky), std::pair("quarantined", &facts.quarantined)}) {
    const auto number = run.find(name);
    if (number == run.end()) continue;
    if (!number->is_number_unsigned()) return std::nullopt;
    *into = number->get<std::size_t>();
  }
  if (const auto sandbox = run.find("sandbox"); sandbox != run.end()) {
    if (!sandbox->is_object()) return std::nullopt;
    facts.sandbox = read_sandbox(*sandbox);
    if (!facts.sandbox) return std::nullopt;
  }
  return facts;
}

struct Read {
  std::string type, payload;
  json predicate;
  RunFacts facts;
};

// One statement that enough keys have signed; nullopt for one that is not understood or speaks of other subjects than
// its own fields do.
std::optional<Read> read_statement(std::string payload)
{
  const json all = json::parse(payload, nullptr, false);
  if (!all.is_object() || text_at(all, "/_type") != k_statement) return std::nullopt;
  Read read;
  read.type = text_at(all, "/predicateType").value_or("");
  if (!all.contains("predicate") || !all["predicate"].is_object()) return std::nullopt;
  read.predicate = all["predicate"];
  const auto facts = read_facts(read.predicate);
  if (!facts || text_at(all, "/subject/0/digest/gitCommit") != facts->commit ||
      text_at(all, "/subject/1/digest/gitTree") != facts->tree || all["subject"].size() != 2)
    return std::nullopt;
  read.facts = *facts;
  read.payload = std::move(payload);
  return read;
}

std::vector<int> numbers(std::string_view version)
{
  std::vector<int> parts;
  while (!version.empty()) {
    const std::string_view part = version.substr(0, version.find('.'));
    int number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    parts.push_back(number);
    version.remove_prefix(std::min(part.size() + 1, version.size()));
  }
  return parts;
}

Verification no(std::string why)
{
  return {false, std::move(why), std::nullopt};
}

std::string sandbox_words(const RunFacts& facts)
{
  if (!facts.sandbox) return {};
  std::string words = fmt::format(", sandbox {}, {}", to_string(facts.sandbox->level),
                                  facts.sandbox->observed ? "observed" : "not observed");
  for (const std::string& opening : facts.sandbox->openings) words += ", " + printable(opening);
  return words;
}

std::string excused_words(const RunFacts& facts)
{
  std::string words;
  if (facts.flaky > 0) words += fmt::format(", {} passed only on a retry", facts.flaky);
  if (facts.quarantined > 0) words += fmt::format(", {} failed in quarantine", facts.quarantined);
  return words;
}

std::string why_not(const RunFacts& facts, const Trust& trust, const Expected& expected)
{
  if (facts.verdict != VerdictStatus::passed && facts.verdict != VerdictStatus::overridden)
    return fmt::format("the verdict of run {} is {}", printable(facts.run), to_string(facts.verdict));
  if (facts.verdict == VerdictStatus::overridden && !trust.accept_overridden)
    return "the verdict is OVERRIDDEN, which the trust file does not accept";
  if (!trust.accept_excused && (facts.flaky > 0 || facts.quarantined > 0))
    return fmt::format("tests failed and were excused{}, which the trust file does not accept", excused_words(facts));
  if (!expected.any_base && facts.base != expected.base)
    return fmt::format("it was tested against base {}, not {}", printable(facts.base.substr(0, 12)),
                       expected.base.substr(0, 12));
  if (!expected.any_base && facts.tip != expected.base)
    return fmt::format("it was judged by the rules and signers of {}, not of {}", printable(facts.tip.substr(0, 12)),
                       expected.base.substr(0, 12));
  if (!expected.policy.empty() && facts.policy != expected.policy) return "it was judged by another policy";
  if (facts.time > expected.now + k_skew) return fmt::format("it is dated in the future ({})", utc(facts.time));
  if (trust.max_age > 0 && facts.time < expected.now - trust.max_age)
    return fmt::format("it is too old ({})", utc(facts.time));
  if (!trust.min_version.empty() && numbers(facts.version) < numbers(trust.min_version))
    return fmt::format("it was made by version {}, and {} is asked for", printable(facts.version), trust.min_version);
  return {};
}

// The decisions by the digest of the result that each was made on.
std::multimap<std::string, const Read*> decisions_on(const std::vector<Read>& read)
{
  std::multimap<std::string, const Read*> decisions;
  for (const Read& summary : read)
    if (summary.type == k_summary)
      if (auto input = text_at(summary.predicate, "/inputAttestations/0/digest/sha256"))
        decisions.emplace(std::move(*input), &summary);
  return decisions;
}

bool contradict(const Read& result, const Read& summary)
{
  return run_fields(summary.facts) != run_fields(result.facts) ||
         text_at(summary.predicate, "/verificationResult") != "PASSED" ||
         text_at(summary.predicate, "/policy/digest/sha256") != summary.facts.policy;
}

std::string words_for(const RunFacts& facts, const Expected& expected)
{
  const std::string commit = facts.commit == expected.commit ? ""
                                                             : fmt::format(", tested as commit {} with the same tree",
                                                                           printable(facts.commit.substr(0, 12)));
  const std::string judge = facts.tip == facts.base ? "" : ", judged by " + printable(facts.tip.substr(0, 12));
  return fmt::format("{}: run {}, base {}{}{}{}", to_string(facts.verdict), printable(facts.run),
                     printable(facts.base.substr(0, 12)), judge, commit, excused_words(facts) + sandbox_words(facts));
}

} // namespace

Statements make_statements(const RunFacts& facts, const RunRecord& record, const HexDigest& digest)
{
  Statements statements;
  statements.test_result = dumped(statement(facts, k_test_result, test_result(facts, record)));
  statements.decision = dumped(statement(facts, k_summary, decision(facts, digest(statements.test_result))));
  return statements;
}

std::optional<RunFacts> facts_of(std::string payload)
{
  auto read = read_statement(std::move(payload));
  return read ? std::optional(std::move(read->facts)) : std::nullopt;
}

Verification verify_evidence(std::string_view bundle, const Trust& trust, const Expected& expected,
                             const CheckSignature& check, const HexDigest& digest)
{
  if (bundle.size() > k_largest_bundle) return no("it is longer than 16 MiB");
  std::vector<Read> read;
  std::set<std::string, std::less<>> seen; // said twice it is no truer, and takes its time
  std::size_t envelopes = 0, unsigned_ones = 0, others = 0;
  for (std::size_t at = 0; at < bundle.size();) {
    const std::size_t end = std::min(bundle.find('\n', at), bundle.size());
    const std::string_view line = trimmed(bundle.substr(at, end - at));
    at = end + 1;
    if (line.empty()) continue;
    if (++envelopes > k_most_envelopes) return no(fmt::format("it has more than {} envelopes", k_most_envelopes));
    auto opened = open_envelope(line, check);
    if (!opened) return no(fmt::format("line {} is no envelope", envelopes));
    if (opened->key_ids.size() < static_cast<std::size_t>(std::max(trust.threshold, 1))) {
      ++unsigned_ones;
      continue;
    }
    if (!seen.insert(opened->payload).second) continue;
    auto statement = read_statement(std::move(opened->payload));
    if (!statement) return no(fmt::format("line {} is signed, but not understood here", envelopes));
    if (statement->facts.tree != expected.tree) ++others;
    else read.push_back(std::move(*statement));
  }
  std::string reason = "there is no evidence";
  if (others > 0) reason = "it is about another tree";
  if (unsigned_ones > 0) reason = "it is not signed by enough trusted keys";
  const auto decisions = decisions_on(read);
  for (const Read& result : read) {
    if (result.type != k_test_result) continue;
    reason = "the decision on the tests is missing";
    const auto [first, last] = decisions.equal_range(digest(result.payload));
    for (auto at = first; at != last; ++at) {
      const Read& summary = *at->second;
      reason = why_not(summary.facts, trust, expected);
      if (reason.empty() && contradict(result, summary)) reason = "its two statements contradict each other";
      if (reason.empty()) return {true, words_for(summary.facts, expected), summary.facts};
    }
  }
  return no(std::move(reason));
}

} // namespace sluice::policy
