// The parts of the policy that planning and judging share: which tests a suite holds in a catalogue, and whether a rule
// applies to a change, both with the words that explain the answer. It does not know what happened in the run.
#pragma once

#include "model/catalogue.h"
#include "model/change_set.h"
#include "model/policy.h"
#include "model/verdict.h"
#include "policy/authorship.h"

#include <string>
#include <vector>

namespace sluice::policy {

// "a, b, c and 7 more": at most `most` of the names.
std::string some_of(const std::vector<std::string>& names, std::size_t most);

// The tests of one suite in a catalogue, and what is wrong with it before anything runs: fewer tests than it must have,
// tests that the framework will not run. Empty `faults`: nothing.
struct SuiteMembers {
  std::string name;
  std::vector<TestIndex> tests; // in the catalogue's order
  std::vector<std::string> faults;
};

// One for each suite of the policy, in its order.
std::vector<SuiteMembers> members_of(const Policy& policy, const Catalogue& catalogue);

// The suites that a rule names, each once. A name that the policy does not have gives a suite with a fault.
std::vector<SuiteMembers> required_suites(const Rule& rule, const std::vector<SuiteMembers>& all);

struct Application {
  bool applies = false;
  std::string summary;               // why not, if it does not
  std::vector<std::string> evidence; // the commits and paths that make it apply
};

// Whether the rule applies. What the change set cannot show (it is incomplete, or holds changes without a commit) makes
// a condition true.
Application application_of(const Rule& rule, const Policy& policy, const std::vector<CommitAuthorship>& authorship,
                           const ChangeSet& change);

} // namespace sluice::policy
