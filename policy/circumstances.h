// What is known when a change is judged, besides the change itself and the record of its run: the tests that its base
// had, what validators said, who approved, what was overridden, how the base's tests did against the new code.
// Plain values; cli/ fetches them, and signatures and bindings were verified before they came here. What is `unknown`
// counts against the change; what is `not_asked` was not needed by any rule that applies.
#pragma once

#include "model/catalogue.h"
#include "model/observation.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "model/sandbox.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::policy {

enum class Known { not_asked, known, unknown };

struct ListedTest {
  std::string id, file, program;
  std::vector<std::string> labels;
  std::vector<std::string> files{}; // of its program: scripts that run it
  friend bool operator==(const ListedTest&, const ListedTest&) = default;
};

// Every test that there was at the base of the change.
struct BaseListing {
  Known state = Known::not_asked;
  std::vector<ListedTest> tests;
  std::string why; // it is unknown
  // Required suites that had fewer tests than they must have where the change left its base, and have more by now.
  std::vector<std::string> gained{};
};

// The suites' own files as they stood at the base, with the rest of the head.
struct BaseReplay {
  struct Test {
    std::string id;
    Outcome outcome = Outcome::not_run;
    std::string output;
  };
  Known state = Known::not_asked;
  std::vector<Test> tests;
  std::vector<std::string> files; // that were put back
  std::vector<std::string> left;  // of build and configuration that the change edits, and that are as it has them
  std::string why;                // it is unknown
  bool interrupted = false;       // by the user: unknown for no fault of the change
};

struct ValidatorRun {
  std::string validator, file;
  int exit_code = 0;
  std::string output;
};

struct Approval {
  std::string signer;             // principal of the signers' file
  std::vector<std::string> names; // all of that person's, as that file has them; none: the signer's alone
};

// Excuses these tests under this rule, and nothing else.
struct Override {
  std::string rule;
  std::vector<std::string> tests;
  std::string reason;
  std::vector<std::string> signers;
};

// How tests behaved in an earlier run whose results are reused. Of a test that is not named there is nothing to say.
struct EarlierRun {
  struct Test {
    std::string unobserved;
    std::vector<Finding> findings;
  };
  std::optional<SandboxReport> sandbox; // absent: not known
  std::unordered_map<std::string, Test> tests;
};

struct Circumstances {
  std::optional<BlastRadius> blast_radius;           // absent: a condition on it holds
  std::optional<std::vector<std::string>> unreached; // changed paths that no test reaches; absent: a condition holds
  std::vector<std::string> altered;                  // files of the commit that the build or the tests have changed
  std::vector<std::string> overtaken; // tests that were reused, though tests of the run changed their inputs
  BaseListing base;
  BaseReplay replay;
  std::vector<ValidatorRun> validators;
  std::vector<Approval> approvals;
  std::vector<Override> overrides;
  std::optional<std::vector<std::string>> base_openings; // of the sandbox by sluice.toml of the base; absent: not known
  std::unordered_map<std::string, EarlierRun> earlier;   // by run; of one that is not here nothing is known
};

} // namespace sluice::policy
