// The closed vocabulary of what happens in a run. The event log is the only thing a run produces: console, store,
// verdict and every report are folds over it (model/run_record.h), so each field that a report needs is in some event.
// Events do not know how they are stored; reports/event_log.h writes and reads them as NDJSON, version k_event_version.
#pragma once

#include "model/observation.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/sandbox.h"
#include "model/verdict.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace sluice {

inline constexpr int k_event_version = 1;
inline constexpr std::size_t k_most_findings = 20;

// Wall-clock time, microseconds since the epoch (UTC).
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

namespace event {

// What the change was read from, for people; RunStarted::base and ::head are its ends.
struct Compared {
  std::string base_name;   // as --base names it: "main"; empty where nobody named one
  std::string base_tip;    // hexadecimal: the commit that this name stands for; the change may have left it earlier
  std::size_t commits = 0; // since the change left its base
  std::size_t paths = 0;   // that differ, the working tree's among them
  friend bool operator==(const Compared&, const Compared&) = default;
};

struct RunStarted {
  std::string run;     // id: "20261121-234500-1a2b"
  std::string version; // of Sluice
  std::string host;
  std::vector<std::string> command_line;
  std::string base, head, tree; // hexadecimal; empty where there is none
  bool working_tree = false;    // uncommitted changes are part of what is tested
  int lanes = 1;
  std::uint64_t seed = 0;                          // of --shuffle; 0 when not shuffled
  std::optional<Compared> compared = std::nullopt; // absent: an older log
  friend bool operator==(const RunStarted&, const RunStarted&) = default;
};

// One commit of the change, and who wrote it by evidence.
struct CommitRead {
  std::string commit;  // hexadecimal id
  std::string author;  // "Name <address>", as the commit says
  std::string subject; // first line of its message
  Authorship authorship = Authorship::undeclared;
  std::string tool; // "Claude Code"; empty if none is known
  std::vector<AuthorshipEvidence> evidence;
  friend bool operator==(const CommitRead&, const CommitRead&) = default;
};

// Only of runs that had a reason to ask: a rule of the policy, or the platform's event file.
struct AuthorshipRead {
  Authorship strongest = Authorship::undeclared; // over all commits, also those that are left out here
  std::vector<CommitRead> commits;               // newest first
  std::size_t left_out = 0;                      // commits beyond the most that a log holds
  friend bool operator==(const AuthorshipRead&, const AuthorshipRead&) = default;
};

struct BuildStarted {
  std::vector<std::string> command;
  std::vector<std::string> targets; // empty: everything
  bool configures = false;          // it only configures the build folder
  friend bool operator==(const BuildStarted&, const BuildStarted&) = default;
};

struct BuildFinished {
  bool ok = false;
  int exit_code = 0;
  std::chrono::microseconds duration{0};
  std::string output; // the compiler's words, head and tail kept; empty when ok
  friend bool operator==(const BuildFinished&, const BuildFinished&) = default;
};

// A checkout beside the project's own is about to be built, which may take as long as building the project does.
struct SecondTreeStarted {
  std::string commit;      // hexadecimal
  bool base_tests = false; // the base's tests are put into it, to run; else: which tests it has is asked
  friend bool operator==(const SecondTreeStarted&, const SecondTreeStarted&) = default;
};

// One for each test of the catalogue, before the first test starts.
struct TestPlanned {
  TestId test;
  std::string suite, name, program, file;
  int line = 0;
  std::vector<std::string> labels;
  Decision decision;
  std::optional<std::chrono::microseconds> expected;
  std::optional<Quarantined> quarantine = std::nullopt;
  friend bool operator==(const TestPlanned&, const TestPlanned&) = default;
};

struct PlanMade {
  std::vector<Escalation> escalations;
  std::vector<Dismissal> dismissed;
  BlastRadius blast_radius;
  friend bool operator==(const PlanMade&, const PlanMade&) = default;
};

// Before the first test starts; a run that starts none has none.
struct SandboxPrepared {
  SandboxReport sandbox;
  friend bool operator==(const SandboxPrepared&, const SandboxPrepared&) = default;
};

struct BatchStarted {
  std::uint32_t batch = 0; // unique within the run
  int lane = 0;
  std::string program;
  std::size_t cases = 0;
  friend bool operator==(const BatchStarted&, const BatchStarted&) = default;
};

struct BatchFinished {
  std::uint32_t batch = 0;
  int exit_code = 0;
  int signal = 0;
  std::chrono::microseconds duration{0};
  std::chrono::microseconds cpu{0}; // user and system time of the process tree
  bool left_processes = false;      // something of its process tree had to be ended afterwards
  bool cut_off = false;             // ended, or was ended, before its cases had finished: its passes prove nothing

  // Of the process with its whole tree, known only now: its tests have ended before. Of one kind there are at most
  // k_most_findings, the last of which then counts the rest.
  std::vector<Finding> findings;
  std::string written;    // folder with what a red process wrote to copied trees, relative to the run's; or empty
  std::string unobserved; // why it is not known completely what the process used; empty: it is
  friend bool operator==(const BatchFinished&, const BatchFinished&) = default;
};

struct TestStarted {
  TestId test;
  int attempt = 1;
  int lane = 0;
  std::uint32_t batch = 0;
  friend bool operator==(const TestStarted&, const TestStarted&) = default;
};

// Why an attempt was made.
enum class AttemptKind : std::uint8_t {
  first,    // as planned
  isolated, // alone, because it failed among neighbours: tells "fails" from "fails only among its neighbours"
  repeat,   // --repeat
  retry,    // alone, because the attempt before failed and --retries or sluice.toml allow another
};

struct TestFinished {
  TestId test;
  int attempt = 1;
  int lane = 0;
  std::uint32_t batch = 0;
  AttemptKind kind = AttemptKind::first;
  AttemptResult result;
  friend bool operator==(const TestFinished&, const TestFinished&) = default;
};

struct Interrupted {
  int signal = 0;
  friend bool operator==(const Interrupted&, const Interrupted&) = default;
};

struct RunFinished {
  Verdict verdict;
  std::chrono::microseconds duration{0};
  friend bool operator==(const RunFinished&, const RunFinished&) = default;
};

} // namespace event

using EventBody =
  std::variant<event::RunStarted, event::AuthorshipRead, event::BuildStarted, event::BuildFinished, event::TestPlanned,
               event::PlanMade, event::SandboxPrepared, event::BatchStarted, event::BatchFinished, event::TestStarted,
               event::TestFinished, event::Interrupted, event::RunFinished, event::SecondTreeStarted>;

struct RunEvent {
  Timestamp time;
  EventBody body;
  friend bool operator==(const RunEvent&, const RunEvent&) = default;
};

} // namespace sluice
