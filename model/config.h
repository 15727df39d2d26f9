// What sluice.toml says, as plain values: how the project is built, how its tests are found and run.
// Read by adapters/config; the file is owned by developers and comes from the tree under test, so nothing here may
// loosen a rule of the policy.
#pragma once

#include "model/catalogue.h"

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
  friend bool operator==(const BuildConfig&, const BuildConfig&) = default;
};

struct TestsConfig {
  FrameworkKind framework = FrameworkKind::command;
  std::string name;                  // prefix of ids when several entries exist; may be empty
  std::string directory;             // ctest: build folder; command: working directory
  std::string configuration;         // ctest -C
  std::vector<std::string> programs; // gtest: globs of executables, repository-relative
  std::vector<std::string> files;    // command: globs; one test for each file, "{file}" in the command
  std::vector<std::string> command;  // command: argument vector
  std::vector<std::string> inputs;   // declared inputs, globs
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
  std::vector<std::string> pass_environment;   // wildcards over names of variables that tests inherit besides the usual
  friend bool operator==(const RunConfig&, const RunConfig&) = default;
};

struct Config {
  std::optional<BuildConfig> build;
  std::vector<TestsConfig> tests;
  RunConfig run;
  std::vector<std::string> ignore; // globs of files that cannot matter to any test
  friend bool operator==(const Config&, const Config&) = default;
};

} // namespace sluice
