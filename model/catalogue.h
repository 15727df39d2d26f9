// Every test there is: what it is called, how it is started, how its result is judged, what it needs.
// The catalogue does not know what changed, what passed before, or how tests are scheduled. Frameworks
// (adapters/frameworks) make it; a TestCase points to its Program by index so that cases of one program can share a
// process.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

using Millis = std::chrono::milliseconds;

// Unique within a catalogue, stable across runs and machines: "parser_test:Parser.Empty", "compile-errors".
struct TestId {
  std::string value;
  friend bool operator==(const TestId&, const TestId&) = default;
  friend auto operator<=>(const TestId&, const TestId&) = default;
};

struct TestIdHash {
  std::size_t operator()(const TestId& id) const { return std::hash<std::string>{}(id.value); }
};

enum class ProgramId : std::uint32_t {};
enum class TestIndex : std::uint32_t {}; // position in Catalogue::tests

// One change to the environment that a program starts with, applied in order.
struct EnvironmentChange {
  enum class Action { set, unset };
  Action action = Action::set;
  std::string name;
  std::string value;
  friend bool operator==(const EnvironmentChange&, const EnvironmentChange&) = default;
};

struct Launch {
  std::vector<std::string> arguments; // [0] is the program, absolute
  std::string working_directory;      // absolute
  std::vector<EnvironmentChange> environment;
  friend bool operator==(const Launch&, const Launch&) = default;
};

enum class FrameworkKind : std::uint8_t { gtest, ctest, command };

enum class Isolation : std::uint8_t {
  batch,    // cases of one program share a process; one that fails is run again alone
  one_case, // one process for each case
};

// One way of starting one executable. Cases that share it may share a process.
struct Program {
  std::string name; // for people and ids: path relative to the build folder, or the command's first word
  Launch launch;    // without the framework's own selection arguments
  FrameworkKind framework = FrameworkKind::command;
  Isolation isolation = Isolation::batch;

  // Existing files named by the launch (the executable first), repository-relative or absolute: its inputs by fact.
  std::vector<std::string> files;

  // The file of the tree that is compiled into this program and into nothing else, where there is exactly one: what the
  // tests of the program are written in, as far as facts can tell. Filled in where a policy asks.
  std::string own_source;

  // Shared libraries that the loader maps when the program starts, as found on this machine, and places where it would
  // find another one first (absolute); filled in after listing, for closed programs only.
  std::vector<std::string> libraries;

  // Files and globs (repository-relative) that sluice.toml declares as inputs of this program.
  std::vector<std::string> declared_inputs;

  // True if facts carry sources to everything that decides its behaviour: a native executable made by the build. False
  // for scripts, interpreters and tools, about whose reading nothing is known without observation: such a test is
  // affected by every change.
  bool closed = false;

  // How many cases the program runs when it is told nothing (disabled ones left out); 0 if unknown. A batch of so many
  // cases is the whole program and needs no selection arguments.
  std::uint32_t cases = 0;
  friend bool operator==(const Program&, const Program&) = default;
};

// What a whole program says of its own cases, besides its exit code.
enum class ResultFormat : std::uint8_t {
  exit_code, // nothing
  tap,       // it prints the Test Anything Protocol
  junit,     // it writes a JUnit report to the file that replaces "{report}" in its arguments
};

// CTest's TIMEOUT_AFTER_MATCH: the first match in what was printed begins the time anew, with another limit.
struct LimitAfterMatch {
  std::vector<std::string> patterns; // CMake regular expressions; none: nothing of the kind
  Millis limit{0};
  friend bool operator==(const LimitAfterMatch&, const LimitAfterMatch&) = default;
};

// How exit code and output become an outcome (CTest's result properties; for commands the format). Patterns are CMake
// regular expressions.
struct ResultRules {
  std::vector<std::string> pass_patterns;
  std::vector<std::string> fail_patterns;
  std::vector<std::string> skip_patterns;
  std::optional<int> skip_code;
  bool will_fail = false;
  std::vector<std::string> required_files; // absolute; a missing one fails the test without starting it
  ResultFormat format = ResultFormat::exit_code;
  LimitAfterMatch after_match{};
  bool plain() const
  {
    return pass_patterns.empty() && fail_patterns.empty() && skip_patterns.empty() && !skip_code && !will_fail &&
           required_files.empty() && format == ResultFormat::exit_code && after_match.patterns.empty();
  }
  friend bool operator==(const ResultRules&, const ResultRules&) = default;
};

// What a test needs while it runs, and what must have happened before.
struct Needs {
  int processors = 1;                         // lanes it counts for
  bool alone = false;                         // CTest RUN_SERIAL: nothing else runs meanwhile
  std::vector<std::string> locks;             // exclusive named resources
  std::vector<std::string> fixtures_setup;    // it sets these fixtures up
  std::vector<std::string> fixtures_cleanup;  // it cleans these up
  std::vector<std::string> fixtures_required; // it needs these
  std::vector<TestId> after;                  // CTest DEPENDS: ordering only
  double cost = 0;                            // CTest COST: larger starts earlier when there is no history
  friend bool operator==(const Needs&, const Needs&) = default;
};

struct TestCase {
  TestId id;
  std::string suite;    // groups cases in reports; never empty
  std::string name;     // unique within the suite; never empty
  std::string selector; // what the framework passes to run just this case; empty: the whole program is the case
  ProgramId program{};
  std::vector<std::string> labels; // sorted
  std::string file;                // source, repository-relative; empty if unknown
  int line = 0;                    // 0 if unknown
  std::optional<Millis> time_limit;
  Needs needs;
  ResultRules rules;
  std::string disabled; // non-empty: the framework will not run it, and this says why
  friend bool operator==(const TestCase&, const TestCase&) = default;
};

struct Catalogue {
  std::vector<Program> programs;
  std::vector<TestCase> tests; // sorted by id, ids unique

  const Program& program(ProgramId id) const { return programs[static_cast<std::size_t>(id)]; }
  const Program& program_of(const TestCase& test) const { return program(test.program); }
  const TestCase& test(TestIndex index) const { return tests[static_cast<std::size_t>(index)]; }
  // Binary search by id; nullopt when there is no such test.
  std::optional<TestIndex> find(std::string_view id) const;
  friend bool operator==(const Catalogue&, const Catalogue&) = default;
};

} // namespace sluice
