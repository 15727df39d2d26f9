// Made-up changes with the verdict that each must get, so that those who write rules can test them:
// sluice.policy.test.toml (docs/formats/sluice.policy.test.toml.md). It does not know TOML, git or real tests: a suite
// is taken to hold as many tests as it must have at least.
#pragma once

#include "model/config_tree.h"
#include "model/policy.h"
#include "model/verdict.h"

#include <string>
#include <vector>

namespace sluice::policy {

struct MadeUpChange {
  std::string name;
  std::vector<Authorship> authorship; // one commit for each
  std::vector<std::string> paths;
  std::vector<std::string> unreached; // of the paths
  std::string message;                // of the commits
  std::string author = "author@example.org";
  int blast_radius = 0;                      // percent
  std::vector<std::string> passed;           // suites whose every test was executed and passed
  std::vector<std::string> base_passed;      // suites that passed in the form of the base
  std::vector<std::string> approved;         // signers
  std::vector<std::string> validated;        // validators that found every file right
  SandboxLevel sandbox = SandboxLevel::full; // that every test ran in
  bool observed = true;
  std::vector<FindingKind> findings; // on every test
  VerdictStatus expect = VerdictStatus::passed;
  std::vector<std::string> violated; // exactly these rules
  int line = 0;
};

// Throws Error{configuration} "FILE:LINE: what".
std::vector<MadeUpChange> read_policy_tests(const ConfigNode& root, const std::string& file, const Policy& policy);

// Empty if the policy gives the verdict that is expected; otherwise what it gives instead, in one line.
std::string disagreement(const Policy& policy, const MadeUpChange& change);

} // namespace sluice::policy
