// One rule of the policy that applies, judged: every obligation that it has, and the overrides that excuse tests.
// It does not know which rules apply (policy/conditions.h) and forms no verdict (policy/judge.h).
#pragma once

#include "model/conduct.h"
#include "model/run_record.h"
#include "model/verdict.h"
#include "policy/conditions.h"
#include "policy/rules.h"

#include <string_view>
#include <unordered_map>

namespace sluice::policy {

// The records of a run by test; the run outlives them.
class Records {
public:
  explicit Records(const RunRecord& record);
  const TestRecord* find(const TestId& id) const;
  const RunRecord& run() const { return run_; }
  const Conduct& conduct() const { return conduct_; }

private:
  const RunRecord& run_;
  Conduct conduct_;
  std::unordered_map<std::string_view, const TestRecord*> by_id_;
};

// Everything that a rule is judged by.
struct Case {
  const Policy& policy;
  const std::vector<CommitAuthorship>& authorship;
  const ChangeSet& change;
  const Catalogue& catalogue;
  const Circumstances& known;
};

// satisfied, violated, or overridden: then every violation is one of tests that a signed override names.
RuleFinding judge_rule(const Rule& rule, Application application, const std::vector<SuiteMembers>& suites,
                       const Case& about, const Records& records);

// The obligations of a rule besides its suites, in words: "2 approvals of owners".
std::vector<std::string> other_obligations(const Rule& rule);

} // namespace sluice::policy
