// What is known when a change is judged, besides the change itself and the record of its run: the tests that its base
// had, what validators said, who approved, what was overridden, how the base's tests did against the new code.
// Plain values; cli/ fetches them, and signatures and bindings were verified before they came here. What is `unknown`
// counts against the change; what is `not_asked` was not needed by any rule that applies.
#pragma once

#include "model/catalogue.h"
#include "model/observation.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "model/run_record.h"
#include "model/sandbox.h"
#include "policy/people.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::policy {

enum class Known { not_asked, known, unknown };

struct ListedTest {
  std::string id, file, program;
  std::vector<std::string> labels;
  std::vector<std::string> files{}; // scripts of its program
  friend bool operator==(const ListedTest&, const ListedTest&) = default;
};

// Every test that there was at the base of the change.
struct BaseListing {
  Known state = Known::not_asked;
  std::vector<ListedTest> tests;
  std::string why; // reason if `state` is unknown
  // Required suites that had too few tests where the change left its base, and have more at the base's tip.
  std::vector<std::string> gained{};
};

// A run of the base's tests against the new code: the suites' files as they were at the base, all else as at the head.
struct BaseReplay {
  struct Test {
    std::string id;
    Outcome outcome = Outcome::not_run;
    std::string output;
    Standing standing = Standing::red; // by the retries and the quarantine that this run allows
  };
  Known state = Known::not_asked;
  std::vector<Test> tests;
  std::vector<std::string> files; // files that were put back to the base's content
  std::vector<std::string> left;  // files of build and configuration that kept the change's content
  std::string why;                // reason if `state` is unknown
  bool interrupted = false;       // by the user: that it is unknown is not the change's fault
};

struct ValidatorRun {
  std::string validator, file;
  int exit_code = 0;
  std::string output;
};

struct Approval {
  std::string signer; // principal of the signers' file
  Person person;      // without names: only the signer's
};

// Excuses these tests under this rule, and nothing else.
struct Override {
  std::string rule;
  std::vector<std::string> tests;
  std::string reason;
  std::vector<std::string> signers;
};

// How tests behaved in an earlier run whose results are reused. A test that is not named showed nothing to report.
struct EarlierRun {
  struct Test {
    std::string unobserved;
    std::vector<Finding> findings;
  };
  std::optional<SandboxReport> sandbox; // absent: not known
  std::unordered_map<std::string, Test> tests;
};

struct Circumstances {
  std::optional<BlastRadius> blast_radius;           // absent: every condition on it holds
  std::optional<std::vector<std::string>> unreached; // changed paths that no test reaches; absent: conditions hold
  std::vector<std::string> altered;                  // files of the commit that the build or the tests have changed
  std::vector<std::string> overtaken; // tests that were reused, though tests of the run changed their inputs
  BaseListing base;
  BaseReplay replay;
  std::vector<ValidatorRun> validators;
  std::vector<Approval> approvals;
  std::vector<Override> overrides;
  std::optional<std::vector<std::string>> base_openings; // what the base's sluice.toml opens; absent: not known
  std::unordered_map<std::string, EarlierRun> earlier;   // by run; of a missing run nothing is known
};

} // namespace sluice::policy
