// What sluice.policy.toml says, as plain values. Read from the base of a change by policy/policy_file.h, never from
// the tree under test. The vocabulary grows with the gate; what is here already decides.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class Authorship {
  ai,          // written by an AI tool, by evidence
  ai_assisted, // a person with an AI tool, by evidence
  human,       // declared, or documented automation
  undeclared,  // no evidence either way
};

// A named set of tests: those that match any of the lists.
struct Suite {
  std::string name;
  std::vector<std::string> tests;    // globs over whole ids (name_glob_matches)
  std::vector<std::string> labels;   // exact
  std::vector<std::string> paths;    // globs over source files
  std::vector<std::string> programs; // globs over program names
  int min_tests = 1;                 // fewer matching tests violate every rule that needs the suite
  int line = 0;
  friend bool operator==(const Suite&, const Suite&) = default;
};

struct Rule {
  std::string name;
  // Conditions: all that are given must hold. Without any the rule applies to every change.
  std::vector<Authorship> authorship; // any commit of the change is one of these
  std::vector<std::string> paths;     // globs: any changed path matches
  // Obligations.
  std::vector<std::string> suites; // names: every test executed and passed
  bool allow_reuse = false;        // a proof that holds counts as executed
  int line = 0;
  friend bool operator==(const Rule&, const Rule&) = default;
};

struct Policy {
  std::string source; // "BASE-COMMIT:sluice.policy.toml"; empty when the base has none
  // How a commit without evidence counts: `ai` (also for rules that ask for `ai_assisted`), `human` or `undeclared`.
  // A rule that asks for `undeclared` applies to it in any case.
  Authorship undeclared_counts_as = Authorship::ai;
  std::vector<Suite> suites;
  std::vector<Rule> rules;
  friend bool operator==(const Policy&, const Policy&) = default;
};

std::string_view to_string(Authorship authorship); // "ai", "ai_assisted", "human", "undeclared"

} // namespace sluice
