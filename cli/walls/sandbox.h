// Which executor a run gets, from configuration and options: the sandboxed one, or the plain one on demand.
// What a sandbox is stands in runner/sandbox; here is only what a project wants of it.
#pragma once

#include "cli/options.h"
#include "cli/project.h"
#include "model/catalogue.h"
#include "model/sandbox.h"
#include "runner/executor.h"
#include "runner/sandbox/sandbox_executor.h"
#include "runner/sandbox/sandbox_spec.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

// `environment` is what tests inherit, by which tools in the home folder are found; `scratch` the run's folder for
// batches' own files.
sandbox::SandboxSpec sandbox_spec(const Project& project, const Options& options,
                                  const std::vector<std::string>& environment, const std::string& scratch);

// Whether tests may be observed by memory that they can write; policy::may_trust_tests() says for which changes.
enum class FastPaths : bool { no, yes };

// What confines tests.
struct Confinement {
  std::string walls; // of the machine: "full", or the level and what is missing, one line each; empty: not isolated
  FastPaths fast = FastPaths::no;
  friend bool operator==(const Confinement&, const Confinement&) = default;
};

constexpr std::string_view k_all_walls = "full";

std::string walls_text(const sandbox::SandboxState& state);

struct MadeExecutor {
  std::unique_ptr<runner::Executor> executor;
  SandboxReport report;
  Confinement confinement;
};

// Says once, on standard error, when the sandbox is less than full. Throws Error{world} when a demanded level cannot be
// had.
MadeExecutor make_executor(const Project& project, const Options& options, const std::vector<std::string>& environment,
                           const std::string& scratch, FastPaths fast);

// Throws Error{configuration} where sluice.toml hides a file that a test is started from or written in: an empty script
// passes.
void require_tests_unhidden(const Project& project, const Catalogue& catalogue);

// Whether this run's tests are to be isolated.
bool isolates(const Project& project, const Options& options);

} // namespace sluice::cli
