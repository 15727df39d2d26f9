// Which executor a run gets, from configuration and options: the sandboxed one, or the plain one on demand.
// What a sandbox is stands in runner/sandbox; here is only what a project wants of it.
#pragma once

#include "cli/options.h"
#include "cli/project.h"
#include "model/sandbox.h"
#include "runner/executor.h"
#include "runner/sandbox/sandbox_spec.h"

#include <memory>
#include <string>
#include <vector>

namespace sluice::cli {

// `environment` is what tests inherit, by which tools in the home folder are found; `scratch` the run's folder for
// batches' own files.
sandbox::SandboxSpec sandbox_spec(const Project& project, const Options& options,
                                  const std::vector<std::string>& environment, const std::string& scratch);

struct MadeExecutor {
  std::unique_ptr<runner::Executor> executor;
  SandboxReport report;
};

// Says once, on standard error, when the sandbox is less than full. Throws Error{world} when a demanded level cannot be
// had.
MadeExecutor make_executor(const Project& project, const Options& options, const std::vector<std::string>& environment,
                           const std::string& scratch);

// Whether this run's tests are to be isolated.
bool isolates(const Project& project, const Options& options);

// The digest of what tests inherit, with that: a test that passes with the whole machine before it says nothing about
// itself in a sandbox. What sluice.toml says of sandboxes is compared with its text.
Digest with_isolation(const Digest& environment, bool isolated);

} // namespace sluice::cli
