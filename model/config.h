// What sluice.toml says, as plain values: how the project is built, how its tests are found and run.
// Read by adapters/config; the file is owned by developers and comes from the tree under test, so nothing here may
// loosen a rule of the policy.
#pragma once

#include "model/catalogue.h"
#include "model/quarantine.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

struct BuildConfig {
  std::string directory;              // build folder, repository-relative or absolute
  std::vector<std::string> configure; // command that makes or refreshes the build folder; may be empty
  std::vector<std::string> command;   // "{targets}" is replaced by target names (none: everything); may be empty,
                                      // then `cmake --build DIRECTORY --target ...`
  std::string configuration;          // "Release" for multi-config generators; may be empty
  std::vector<std::string> inputs;    // globs of files that steps of the build read and do not declare
  bool isolate = true;                // false: builds, listings and validators run with all rights of the user
  bool network = true;                // they reach it
  std::vector<std::string> writable;  // what they may write besides the tree and caches, as in SandboxConfig
  friend bool operator==(const BuildConfig&, const BuildConfig&) = default;
};

struct TestsConfig {
  FrameworkKind framework = FrameworkKind::command;
  std::string name;                               // prefix of ids when several entries exist; may be empty
  std::string directory;                          // ctest: build folder; command: working directory
  std::string configuration;                      // ctest -C
  std::vector<std::string> programs;              // gtest: globs of executables, repository-relative
  std::vector<std::string> files;                 // command: globs; one test for each file, or for each folder of files
  std::vector<std::string> command;               // command: argument vector
  ResultFormat results = ResultFormat::exit_code; // command: what it says of its own cases
  std::vector<std::string> inputs;                // declared inputs, globs
  std::vector<std::string> labels;
  std::vector<EnvironmentChange> environment;
  std::optional<Millis> time_limit; // for a case
  Isolation isolation = Isolation::batch;
  friend bool operator==(const TestsConfig&, const TestsConfig&) = default;
};

struct RunConfig {
  int jobs = 0;                                // 0: as many as there are processors
  Millis time_limit{std::chrono::minutes(25)}; // for a case that names none (CTest's default: 1,500 s)
  Millis grace{2'000};                         // between TERM and KILL
  std::uint64_t output_limit = 16u << 20;      // bytes of one batch's output kept on disk
  int retries = 0;                             // a failed test is tried again so often; counts as far as the base's do
  std::vector<std::string> pass_environment;   // wildcards over names of variables that tests inherit besides the usual
  friend bool operator==(const RunConfig&, const RunConfig&) = default;
};

enum class SandboxTree : std::uint8_t { copy_on_write, read_only, writable };
enum class SandboxNetwork : std::uint8_t { none, host };
// The least that tests may run in; a run that cannot have it fails.
enum class SandboxDemand : std::uint8_t { full, partial, bare, none };

struct SandboxConfig {
  bool isolate = true; // false: tests run as ordinary processes of the user
  bool observe = true; // false: what a test rests on is known by build facts only
  bool fast_paths = false; // path calls of trusted tests are noted in memory that they can write (docs/design/fast-path.md)
  SandboxTree tree = SandboxTree::copy_on_write;
  SandboxNetwork network = SandboxNetwork::none;
  SandboxDemand level = SandboxDemand::none;
  bool keep_written = false;                   // what a red process wrote to copied trees is kept with the run
  std::uint64_t memory = 0;                    // bytes of all processes of a batch; 0: no limit
  int processes = 4096;                        // of a batch; 0: no limit
  std::uint64_t disk = std::uint64_t{1} << 30; // bytes of what a batch writes to its private and copied folders
  std::vector<std::string> hide, show, writable, devices; // absolute, "~/..." or repository-relative
  friend bool operator==(const SandboxConfig&, const SandboxConfig&) = default;
};

struct Config {
  std::optional<BuildConfig> build;
  std::vector<TestsConfig> tests;
  RunConfig run;
  SandboxConfig sandbox;
  std::vector<std::string> ignore;    // globs of files that cannot matter to any test
  std::vector<Quarantine> quarantine; // counts as far as the base's names the test, too
  friend bool operator==(const Config&, const Config&) = default;
};

} // namespace sluice
