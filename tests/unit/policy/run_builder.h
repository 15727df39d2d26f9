// A catalogue and the record of its run, for tests of the policy: every test executed and passed unless told otherwise.
#pragma once

#include "policy/judge.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sluice::policy::tests {

class ARun {
public:
  // Tests with these ids, in this order; the part before ':' is the program.
  explicit ARun(std::vector<std::string> ids)
  {
    std::sort(ids.begin(), ids.end());
    for (std::string& id : ids) add(std::move(id));
  }

  ARun& planned(const std::string& id, Decision decision)
  {
    record_of(id).planned.decision = std::move(decision);
    record_of(id).attempts.clear();
    return *this;
  }
  ARun& disabled(const std::string& id)
  {
    for (TestCase& test : catalogue.tests)
      if (test.id.value == id) test.disabled = "the framework says so";
    return planned(id, Skip{SkipCause::disabled, "the framework says so"});
  }
  ARun& ended(const std::string& id, std::vector<Outcome> outcomes,
              event::AttemptKind later = event::AttemptKind::isolated)
  {
    TestRecord& test = record_of(id);
    test.attempts.clear();
    for (const Outcome outcome : outcomes) {
      Attempt attempt;
      attempt.number = static_cast<int>(test.attempts.size()) + 1;
      attempt.kind = attempt.number == 1 ? event::AttemptKind::first : later;
      attempt.result.outcome = outcome;
      test.attempts.push_back(std::move(attempt));
    }
    return *this;
  }
  ARun& forgotten(const std::string& id)
  {
    std::erase_if(record.tests, [&](const TestRecord& test) { return test.planned.test.value == id; });
    return *this;
  }
  ARun& labelled(const std::string& id, std::vector<std::string> labels)
  {
    for (TestCase& test : catalogue.tests)
      if (test.id.value == id) test.labels = labels;
    return *this;
  }

  TestRecord& record_of(const std::string& id)
  {
    return *std::find_if(record.tests.begin(), record.tests.end(),
                         [&](const TestRecord& test) { return test.planned.test.value == id; });
  }

  Verdict judged(const Policy& policy, std::vector<CommitAuthorship> authorship = {},
                 const ChangeSet& change = {}) const
  {
    return judge(policy, authorship, change, catalogue, record);
  }

  Catalogue catalogue;
  RunRecord record;

private:
  void add(std::string id)
  {
    const std::string program = id.substr(0, id.find(':'));
    auto found = std::find_if(catalogue.programs.begin(), catalogue.programs.end(),
                              [&](const Program& known) { return known.name == program; });
    if (found == catalogue.programs.end()) {
      catalogue.programs.emplace_back().name = program;
      found = catalogue.programs.end() - 1;
    }
    TestCase test;
    test.id = {id};
    test.program = static_cast<ProgramId>(found - catalogue.programs.begin());
    test.file = "tests/" + program + ".cpp";
    catalogue.tests.push_back(test);
    TestRecord planned;
    planned.planned.test = {id};
    planned.planned.decision = Run{};
    record.tests.push_back(std::move(planned));
    ended(id, {Outcome::passed});
  }
};

// The core suite: all tests of program "core".
inline Policy core_policy(Rule rule = {})
{
  Suite suite;
  suite.name = "core";
  suite.tests = {"core:*"};
  rule.name = "core-must-run";
  rule.suites = {"core"};
  Policy policy;
  policy.suites = {suite};
  policy.rules = {rule};
  return policy;
}

inline CommitAuthorship written_by(Authorship authorship)
{
  return {"1234567890123456789012345678901234567890", authorship, "", {}};
}

} // namespace sluice::policy::tests
