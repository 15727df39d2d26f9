// The hinge of the program: what will happen to each test, and why. After the plan is made the run needs neither git
// nor graph; before it is made nothing has run but the frameworks' listing. Printing it is the dry run.
// A plan does not know how tests are scheduled or started.
#pragma once

#include "model/catalogue.h"
#include "model/proof.h"
#include "model/quarantine.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice {

// One node on the way from a changed file to a test; `via` says how the *next* step uses it ("ninja-deps", "loads",
// "starts"); it is empty on the last step.
struct ReasonStep {
  std::string name;
  std::string via;
  friend bool operator==(const ReasonStep&, const ReasonStep&) = default;
};

enum class RunCause : std::uint8_t {
  affected,      // a changed file reaches it; `path` leads from the file to the test
  unknown_file,  // widened: no fact knows `subject`, a changed file, so any test may use it
  loose_output,  // widened: `subject` is built from a changed file and no fact says which test uses it; `path` leads
                 // there
  incomplete,    // widened: the change set is not complete, `subject` says why
  opaque,        // no fact says what its program (a script, an interpreter) reads, and `subject` changed
  no_proof,      // it never passed here
  last_failed,   // its last run failed, `subject` names the run
  inputs_differ, // its proof rested on `subject`, which differs now, and no changed file explains it
  outdated,      // what it starts is not what would be built now: `subject` says why
  required,      // rule or suite `subject` demands an execution
  fixture,       // test `subject` needs the fixture that it sets up or cleans up
  neighbour,     // test `subject` was red among others of its program and green alone: this is one of the others
  requested,     // the command line asked: `subject` is the option
};

struct Run {
  RunCause cause = RunCause::no_proof;
  std::string subject;
  std::vector<ReasonStep> path;
  friend bool operator==(const Run&, const Run&) = default;
};

struct Reuse {
  Proof proof;
  // True if a changed file reaches the test but what was built from it is the same as in the proof (early cut-off).
  bool cut_off = false;
  friend bool operator==(const Reuse&, const Reuse&) = default;
};

enum class SkipCause : std::uint8_t {
  disabled,   // the framework says so; `subject` is its reason
  filtered,   // --filter left it out
  not_failed, // --rerun-failed, and it did not fail
  shard,      // another shard runs it
};

struct Skip {
  SkipCause cause = SkipCause::filtered;
  std::string subject;
  friend bool operator==(const Skip&, const Skip&) = default;
};

using Decision = std::variant<Run, Reuse, Skip>;

struct PlanEntry {
  TestIndex test{};
  Decision decision;
  std::optional<std::chrono::microseconds> expected; // duration by history
  std::optional<Quarantined> quarantine = std::nullopt;
  friend bool operator==(const PlanEntry&, const PlanEntry&) = default;
};

// One thing that made the plan wider than the facts alone would: what, and how many tests run for it and nothing else.
struct Escalation {
  RunCause cause = RunCause::unknown_file; // unknown_file, loose_output or incomplete
  std::string subject;
  std::string mend; // what would narrow it next time; may be empty
  friend bool operator==(const Escalation&, const Escalation&) = default;
};

// A changed file that was found not to matter, with the reason.
struct Dismissal {
  std::string path;
  std::string reason; // "sluice.toml: ignore \"docs/**\""
  friend bool operator==(const Dismissal&, const Dismissal&) = default;
};

// Share of the project that the change reaches by facts, whatever proofs say.
struct BlastRadius {
  std::size_t tests = 0, all_tests = 0;
  std::size_t programs = 0, all_programs = 0;
  std::size_t files = 0, all_files = 0; // files known to facts that the change reaches, itself included
  friend bool operator==(const BlastRadius&, const BlastRadius&) = default;
};

struct Plan {
  std::vector<PlanEntry> entries; // one for each test of the catalogue, in its order
  std::vector<Escalation> escalations;
  std::vector<Dismissal> dismissed;
  BlastRadius blast_radius;
  // Rules of the policy on this run: no reuse, no retries for these tests.
  std::vector<TestIndex> must_execute; // sorted
  friend bool operator==(const Plan&, const Plan&) = default;
};

std::string_view to_string(RunCause cause);
std::string_view to_string(SkipCause cause);

} // namespace sluice
