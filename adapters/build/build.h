// Has the project's own build tool bring the build folder up to date, or asks it whether it is.
// It decides nothing about what to build: the targets are the caller's. A failed build is a result, not an error.
#pragma once

#include "model/config.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::build {

struct BuildRequest {
  std::string root; // repository root, absolute
  BuildConfig config;
  std::vector<std::string> targets; // names for the build tool; empty: everything
  int jobs = 1;
  std::function<std::vector<std::string>()> wrapper; // CommandLine::wrapper of each command; may be empty
  std::function<void(const std::vector<std::string>& command)> on_start; // may be empty
  std::function<void(std::string_view)> on_output;                       // may be empty
};

struct BuildResult {
  bool ok = false;
  int exit_code = 0;
  std::vector<std::string> command; // the one that decided
  std::string output;               // of that command, both streams, head and tail kept; empty when ok
  std::chrono::microseconds duration{0};
};

// The build folder, absolute.
std::string build_directory(const std::string& root, const BuildConfig& config);

// Throws Error{world} where a pipe, a device or a file of more than 2 GiB lies in place of one that the build tool and
// Sluice read: they would wait for ever. All that follow throw it.
void require_plain_files(const std::string& directory);

// Throws Error{configuration} if the folder was configured for other sources or at another place (a copy, a link): what
// is built there says nothing about this tree.
void require_own_folder(const std::string& root, const std::string& directory);

// Configures the folder if it is not a build folder yet (or if it has no generator files any more).
// The result is ok with an empty command when there was nothing to do, as for a build of the project's own that has a
// `command` and no `configure`.
BuildResult configure_if_needed(const BuildRequest& request);

// Carries out the project's `configure` command in a folder that is configured already. The result is ok with an empty
// command where there is none.
BuildResult configure_as_told(const BuildRequest& request);

// The same without the values that CMake keeps from earlier times: a default that has changed since takes effect.
BuildResult configure_anew(const BuildRequest& request);

// Has CMake configure the folder again where it was asked for its codemodel (facts::request_codemodel) and has not
// written one: a Makefile says too little by itself. The result is ok with an empty command when there was nothing to
// do.
BuildResult write_codemodel(const BuildRequest& request);

// Has a configured folder configured again, with the settings that it has: CMake writes only what differs. A folder
// that is not CMake's gets the project's own `configure` command, unless only CMake may be asked. The result is ok with
// an empty command where there is nothing to call.
enum class ConfigureAgain { any, cmake };
BuildResult configure_again(const BuildRequest& request, ConfigureAgain which);

// Has Ninja remove what it once made and no step of its graph makes now. False if it did not: a folder of several
// configurations, whose graph names one of them, or a Ninja before 1.10.
bool remove_dead_outputs(const BuildRequest& request);

// Builds the targets. The build tool itself re-runs the configure step when its inputs changed.
BuildResult build_targets(const BuildRequest& request);

enum class Freshness {
  fresh,   // the build tool has nothing to do for what was asked
  stale,   // it would do something
  unknown, // this build tool cannot be asked without building
};

// Whether a build with this configuration does what Ninja does and nothing else, so that Ninja's word on what is to do
// is all that there is to know.
bool is_ninjas_alone(const BuildConfig& config);

// Asks Ninja with a dry run of `targets` (empty: everything); other generators are `unknown`, and so is a Ninja that
// has not answered within a minute. Writes nothing.
Freshness ask_freshness(const std::string& directory, const std::vector<std::string>& targets);

} // namespace sluice::build
