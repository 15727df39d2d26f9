// The part of the policy that planning and judging share: which tests a suite holds, in the catalogue of the change and
// at its base. It does not know whether a rule applies (policy/conditions.h) nor what happened in the run.
#pragma once

#include "model/catalogue.h"
#include "model/policy.h"
#include "policy/circumstances.h"

#include <string>
#include <vector>

namespace sluice::policy {

// "a, b, c and 7 more": names at most `most` of them.
std::string some_of(const std::vector<std::string>& names, std::size_t most);

// The tests of one suite in a catalogue, and what is wrong with the suite before anything runs: fewer tests than it
// must have, or tests that the framework will not run. Without faults `faults` is empty.
struct SuiteMembers {
  std::string name;
  std::vector<TestIndex> tests; // in the catalogue's order
  std::vector<std::string> faults;
  std::vector<std::string> gone; // ids that it held at the base and that the catalogue does not have
  std::vector<std::string> base; // ids that it held at the base, whether it holds them now or not
  std::string too_few;           // the fault that says that it has fewer tests than it must have
};

// One for each suite of the policy, in its order. A test that the suite held at the base stays a member as long as it
// exists, whatever labels, file or program it has now.
std::vector<SuiteMembers> members_of(const Policy& policy, const Catalogue& catalogue, const BaseListing& base);

// The suites that a rule names, each once. A name that the policy does not have gives a suite with a fault.
std::vector<SuiteMembers> required_suites(const Rule& rule, const std::vector<SuiteMembers>& all);

// True if a test with these properties belongs to the suite.
bool holds(const Suite& suite, const ListedTest& test);

} // namespace sluice::policy
