#include "policy/rule_judge.h"

#include "policy/conduct_demands.h"
#include "policy/message_text.h"
#include "policy/people.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

namespace sluice::policy {

namespace {

constexpr std::size_t k_named_tests = 100; // lines of evidence for one suite
constexpr std::size_t k_named_files = 10;
constexpr std::size_t k_output_bytes = 2'000;

// Why the test does not count as executed and passed; empty if it does.
std::string missing(const TestRecord* test, const Rule& rule)
{
  if (!test) return "was not planned";
  if (const auto* skip = std::get_if<Skip>(&test->planned.decision))
    return fmt::format("was left out ({}{}{})", to_string(skip->cause), skip->subject.empty() ? "" : ": ",
                       skip->subject);
  if (test->reused()) return rule.allow_reuse ? "" : "was not executed: an earlier result was reused";
  if (test->attempts.empty()) return "was not executed";
  const Attempt& first = test->attempts.front();
  if (first.number != 1 || first.kind != event::AttemptKind::first) return "has no first attempt on record";
  const Standing standing = test->standing();
  if (standing == Standing::flaky)
    return rule.allow_retries ? "" : "passed only on a retry: " + std::string(to_string(test->outcome())) + " at first";
  if (standing == Standing::quarantined)
    return rule.allow_quarantine ? "" : "is in quarantine and did not pass: " + std::string(to_string(test->outcome()));
  if (rule.allow_skips && first.result.outcome == Outcome::skipped && test->outcome() == Outcome::skipped) return "";
  if (first.result.outcome != Outcome::passed)
    return fmt::format("did not pass at its first attempt: {}", to_string(first.result.outcome));
  if (test->outcome() != Outcome::passed) return fmt::format("ended as {}", to_string(test->outcome()));
  return "";
}

// Of a test that counts.
std::string_view how(const TestRecord& test)
{
  if (test.reused()) return "reused";
  switch (test.standing()) {
  case Standing::flaky:
    return "executed and passed on a retry";
  case Standing::quarantined:
    return "executed, in quarantine, and did not pass";
  case Standing::skipped:
    return "skipped by itself";
  case Standing::passed:
  case Standing::red:
    break;
  }
  return "executed and passed";
}

std::string lower(std::string_view text)
{
  return lower_case(trimmed(text));
}

// Collects what one rule finds. A violation of a named test can be excused by an override, any other cannot.
class Judgement {
public:
  Judgement(const Rule& rule, const Case& about) : rule_(rule), about_(about)
  {
    for (const Override& entry : about.known.overrides)
      if (entry.rule == rule.name)
        for (const std::string& test : entry.tests) excused_.emplace(test, &entry);
  }

  void suite(const SuiteMembers& suite, const Records& records)
  {
    std::vector<std::string> bad, good;
    flaky_ = quarantined_ = 0;
    for (const TestIndex index : suite.tests) {
      const TestCase& test = about_.catalogue.test(index);
      const TestRecord* record = records.find(test.id);
      if (const std::string what = missing(record, rule_); !what.empty()) violate(test.id.value, what, bad);
      else good.push_back(fmt::format("{}: {}", test.id.value, how(*record)));
      if (record && record->selected() && record->standing() == Standing::flaky) ++flaky_;
      if (record && record->selected() && record->standing() == Standing::quarantined) ++quarantined_;
    }
    for (const std::string& id : suite.gone)
      if (!rule_.allow_removals) violate(id, "was in the suite at the base and is gone", bad);
    finish_suite(suite, std::move(bad), std::move(good));
  }

  // Which tests are executed or reused at all is the suites' affair.
  void conduct(const std::vector<SuiteMembers>& suites, const Records& records)
  {
    if (!demands_conduct(rule_)) return;
    std::vector<const TestRecord*> tests;
    for (const SuiteMembers& suite : suites)
      for (const TestIndex index : suite.tests)
        if (const TestRecord* record = records.find(about_.catalogue.test(index).id)) tests.push_back(record);
    if (rule_.suites.empty())
      for (const TestRecord& record : records.run().tests) tests.push_back(&record);
    std::erase_if(tests, [](const TestRecord* test) { return std::holds_alternative<Skip>(test->planned.decision); });
    std::vector<std::string> bad;
    std::string first;
    for (const TestRecord* test : tests) {
      const std::vector<std::string> faults = conduct_faults(rule_, behaviour_of(*test, records), about_.known);
      if (faults.empty()) continue;
      const std::size_t before = bad.size();
      violate(test->planned.test.value, fmt::format("{}", fmt::join(faults, "; ")), bad);
      if (first.empty() && bad.size() > before) first = bad.back();
    }
    const std::vector<std::string> demands = conduct_demands(rule_);
    if (bad.empty()) return say(fmt::format("{} tests: {}", tests.size(), fmt::join(demands, ", ")));
    const std::size_t count = bad.size();
    bad.resize(std::min(count, k_named_tests));
    for (std::string& line : bad) line.insert(0, "test ");
    if (count > k_named_tests) bad.push_back(fmt::format("and {} more tests", count - k_named_tests));
    fail(fmt::format("{} of {} tests did not run as demanded ({}); {}", count, tests.size(), fmt::join(demands, ", "),
                     first),
         std::move(bad));
  }

  void base_tests(const std::vector<SuiteMembers>& suites)
  {
    if (!rule_.base_tests) return;
    const BaseReplay& replay = about_.known.replay;
    if (replay.state != Known::known) return fail("the base's tests were not run: " + replay.why, {});
    std::vector<std::string> bad, excused;
    for (const SuiteMembers& suite : suites)
      for (const std::string& id : suite.base) replayed(id, bad, excused);
    if (bad.empty()) {
      excused.resize(std::min(excused.size(), k_named_tests));
      return say(fmt::format("the suite as it was at the base passes ({} files put back{})", replay.files.size(),
                             replay.left.empty() ? "" : "; as changed: " + some_of(replay.left, k_named_files)),
                 std::move(excused));
    }
    fail("the change and its tests changed together: the tests of the base do not pass", std::move(bad));
  }

  void approvals()
  {
    if (rule_.approvals == 0) return;
    // A commit that is not here may be the approver's own.
    if (!about_.change.incomplete.empty())
      return fail("approvals do not count where who wrote the change is not known: " +
                    printable(about_.change.incomplete.front().what),
                  {});
    const std::set<std::string> authors = authors_of(about_.change);
    std::vector<Person> counted; // one person may have several keys and addresses
    std::vector<std::string> lines;
    for (const Approval& approval : about_.known.approvals) {
      const std::string signer = lower(approval.signer);
      Person person = approval.person;
      person.names.push_back(signer);
      if (is_one_of(person.names, authors))
        lines.push_back("approval of " + signer + " does not count: an author of the change");
      else if (!is_member(person.names))
        lines.push_back("approval of " + signer + " does not count: not of the groups named");
      else if (std::none_of(counted.begin(), counted.end(),
                            [&](const Person& other) { return is_same_person(person, other); })) {
        lines.push_back("approved by " + signer);
        counted.push_back(std::move(person));
      }
    }
    const std::string words =
      fmt::format("{} of {} approvals{}", counted.size(), rule_.approvals,
                  rule_.groups.empty() ? "" : fmt::format(" by {}", fmt::join(rule_.groups, " or ")));
    if (counted.size() < static_cast<std::size_t>(rule_.approvals)) fail(words, std::move(lines));
    else say(words, std::move(lines));
  }

  void validators()
  {
    for (const std::string& name : rule_.validators) validator(name);
  }

  void reason()
  {
    if (!rule_.reason) return;
    for (const Commit& commit : about_.change.commits)
      for (const std::string_view line : split_lines(commit.message)) {
        const std::string text = lower(line);
        if (text.starts_with("reason:") && trimmed(std::string_view(text).substr(7)).size() >= k_shortest_reason)
          return say("a reason is given", {printable("commit " + commit.id.substr(0, 12) + ": " + std::string(line))});
      }
    fail("no commit gives a reason: \"Reason: ...\"", {});
  }

  RuleFinding finish(std::vector<std::string> evidence)
  {
    RuleFinding finding{rule_.name, RuleStatus::satisfied, {}, std::move(evidence)};
    if (violated_) finding.status = RuleStatus::violated;
    else if (overridden_) finding.status = RuleStatus::overridden;
    finding.summary = fmt::format("{}", fmt::join(violated_ ? bad_ : good_, "; "));
    finding.evidence.insert(finding.evidence.end(), lines_.begin(), lines_.end());
    return finding;
  }

private:
  static constexpr std::size_t k_shortest_reason = 10;

  void say(std::string words, std::vector<std::string> lines = {})
  {
    good_.push_back(std::move(words));
    lines_.insert(lines_.end(), lines.begin(), lines.end());
  }

  Behaviour behaviour_of(const TestRecord& test, const Records& records) const
  {
    if (const auto* reuse = std::get_if<Reuse>(&test.planned.decision))
      return behaviour_then(test.planned.test.value, reuse->proof.run, about_.known);
    return behaviour_now(test, records.run(), records.conduct());
  }

  void fail(std::string words, std::vector<std::string> lines)
  {
    violated_ = true;
    bad_.push_back(std::move(words));
    lines_.insert(lines_.end(), lines.begin(), lines.end());
  }

  // `bad` gets the test only if no override names it.
  void violate(const std::string& id, const std::string& what, std::vector<std::string>& bad)
  {
    const auto found = excused_.find(id);
    if (found == excused_.end()) return bad.push_back(id + ": " + what);
    overridden_ = true;
    lines_.push_back(fmt::format("OVERRIDDEN by {} (\"{}\"): test {}: {}", fmt::join(found->second->signers, " and "),
                                 printable(found->second->reason), printable(id), what));
  }

  // The policy is that of the base's tip: an old branch may lack tests that the suite has there by now.
  std::string rebase_words(const SuiteMembers& suite) const
  {
    const ChangeSet& change = about_.change;
    if (!change.other_merge_bases.empty() && !suite.gone.empty())
      return " (the change has several merge bases, and a test that one of them had counts: if the base itself has "
             "removed it, merge the base into the change or rebase onto it)";
    if (suite.too_few.empty() || change.merge_base.empty() || change.merge_base == change.base) return {};
    return fmt::format(" (the change left its base at {} and the base has moved to {}: rebase the change onto it)",
                       change.merge_base.substr(0, 12), change.base.substr(0, 12));
  }

  // Of a suite that is met.
  std::string excused_words() const
  {
    std::string words;
    if (flaky_ > 0) words += fmt::format(", {} of them only on a retry", flaky_);
    if (quarantined_ > 0) words += fmt::format(", but for {} in quarantine", quarantined_);
    return words;
  }

  // Tests that fail the suite are named first; a long list is cut, with its length.
  void finish_suite(const SuiteMembers& suite, std::vector<std::string> bad, std::vector<std::string> good)
  {
    const std::size_t all = suite.tests.size() + suite.gone.size();
    std::string words = suite.faults.empty() ? std::string{} : suite.faults.front();
    if (!bad.empty())
      words = fmt::format("suite \"{}\": {} of {} tests: not executed, or not passed", suite.name, bad.size(), all);
    const bool met = words.empty();
    if (!met) words += rebase_words(suite);
    if (met)
      words = fmt::format("suite \"{}\": all {} tests were {}", suite.name, suite.tests.size(),
                          rule_.allow_reuse ? "executed and passed, or reused" : "executed and passed") +
              excused_words();
    std::vector<std::string> lines = suite.faults;
    for (std::vector<std::string>* list : {&bad, &good}) {
      const std::size_t count = list->size();
      list->resize(std::min(count, k_named_tests));
      for (std::string& line : *list) lines.push_back("test " + std::move(line));
      if (count > k_named_tests) lines.push_back(fmt::format("and {} more tests", count - k_named_tests));
    }
    if (met) say(std::move(words), std::move(lines));
    else fail(std::move(words), std::move(lines));
  }

  // What the rule allows of the suite it allows of the suite as it was. `excused` gets those that count for it.
  bool counts(const BaseReplay::Test& test, std::vector<std::string>& excused) const
  {
    if (test.outcome == Outcome::passed) return true;
    const bool skipped = rule_.allow_skips && test.outcome == Outcome::skipped;
    const bool flaky = rule_.allow_retries && test.standing == Standing::flaky;
    const bool quarantined = rule_.allow_quarantine && test.standing == Standing::quarantined;
    if (!skipped && !flaky && !quarantined) return false;
    excused.push_back(fmt::format("test {}: as it was at the base: {}", test.id,
                                  skipped ? "skipped by itself"
                                  : flaky ? "passed on a retry"
                                          : "in quarantine, and did not pass"));
    return true;
  }

  void replayed(const std::string& id, std::vector<std::string>& bad, std::vector<std::string>& excused)
  {
    const auto& tests = about_.known.replay.tests;
    const auto found =
      std::find_if(tests.begin(), tests.end(), [&](const BaseReplay::Test& test) { return test.id == id; });
    if (found == tests.end()) return violate(id, "was not listed when the base's files were put back", bad);
    if (counts(*found, excused)) return;
    std::string what = fmt::format("as it was at the base: {}", to_string(found->outcome));
    const std::string output = found->output.substr(0, k_output_bytes);
    if (!output.empty()) what += ": " + printable(output);
    violate(id, what, bad);
  }

  bool is_member(const std::vector<std::string>& names) const
  {
    if (rule_.groups.empty()) return true;
    for (const Group& group : about_.policy.groups) {
      if (std::find(rule_.groups.begin(), rule_.groups.end(), group.name) == rule_.groups.end()) continue;
      for (const std::string& member : group.members)
        if (std::any_of(names.begin(), names.end(),
                        [&](const std::string& name) { return lower(member) == lower(name); }))
          return true;
    }
    return false;
  }

  void validator(const std::string& name)
  {
    const auto& all = about_.policy.validators;
    const auto found = std::find_if(all.begin(), all.end(), [&](const Validator& one) { return one.name == name; });
    if (found == all.end()) return fail(fmt::format("there is no validator \"{}\"", name), {});
    std::vector<std::string> bad;
    const std::vector<std::string> files = changed_paths(about_.change, found->paths);
    for (const std::string& file : files) {
      const auto& runs = about_.known.validators;
      const auto run = std::find_if(runs.begin(), runs.end(),
                                    [&](const ValidatorRun& one) { return one.validator == name && one.file == file; });
      if (run == runs.end()) bad.push_back(printable(file) + ": was not validated");
      else if (run->exit_code != 0)
        bad.push_back(fmt::format("{}: exit code {}: {}", printable(file), run->exit_code,
                                  printable(run->output.substr(0, k_output_bytes))));
    }
    if (bad.empty()) return say(fmt::format("validator \"{}\": {} files are right", name, files.size()));
    fail(fmt::format("validator \"{}\": {} of {} files are not right", name, bad.size(), files.size()), std::move(bad));
  }

  const Rule& rule_;
  const Case& about_;
  std::unordered_map<std::string, const Override*> excused_;
  std::vector<std::string> bad_, good_, lines_;
  bool violated_ = false, overridden_ = false;
  std::size_t flaky_ = 0, quarantined_ = 0; // of the suite that is looked at
};

} // namespace

Records::Records(const RunRecord& record) : run_(record), conduct_(record)
{
  by_id_.reserve(record.tests.size());
  for (const TestRecord& test : record.tests) by_id_.emplace(test.planned.test.value, &test);
}

const TestRecord* Records::find(const TestId& id) const
{
  const auto found = by_id_.find(id.value);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<std::string> other_obligations(const Rule& rule)
{
  std::vector<std::string> words;
  if (rule.base_tests) words.emplace_back("the suites as they were at the base pass against the new code");
  if (rule.approvals > 0)
    words.push_back(fmt::format("{} approval{}{} by people who are no authors", rule.approvals,
                                rule.approvals == 1 ? "" : "s",
                                rule.groups.empty() ? "" : fmt::format(" by {}", fmt::join(rule.groups, " or "))));
  for (const std::string& name : rule.validators) words.push_back(fmt::format("validator \"{}\"", name));
  for (std::string& line : conduct_demands(rule)) words.push_back(std::move(line));
  if (rule.reason) words.emplace_back("a reason in a commit message (\"Reason: ...\")");
  return words;
}

RuleFinding judge_rule(const Rule& rule, Application application, const std::vector<SuiteMembers>& suites,
                       const Case& about, const Records& records)
{
  if (!application.applies) return {rule.name, RuleStatus::not_applicable, application.summary, {}};
  // A rule without obligations was refused when the file was read; here it would hold for nothing.
  if (rule.suites.empty() && other_obligations(rule).empty())
    return {rule.name, RuleStatus::violated, "the rule demands nothing", {}};
  Judgement judgement(rule, about);
  const std::vector<SuiteMembers> required = required_suites(rule, suites);
  for (const SuiteMembers& suite : required) judgement.suite(suite, records);
  judgement.conduct(required, records);
  judgement.base_tests(required);
  judgement.approvals();
  judgement.validators();
  judgement.reason();
  return judgement.finish(std::move(application.evidence));
}

} // namespace sluice::policy
