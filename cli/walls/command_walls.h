// The walls around commands that the tree under test decides: configuring, building, listing, validating.
// What such walls are stands in runner/sandbox/enclosure.h; here is what a project wants of them, and whether this
// machine can make them.
#pragma once

#include "cli/project.h"
#include "runner/sandbox/enclosure.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

constexpr std::string_view k_enclose = "enclose-command";

// Where every build may write for good, in a project at `root`: absolute. `environment` is the caller's, "NAME=value".
std::vector<std::string> places_of_builds(const std::string& root, const std::vector<std::string>& environment);

// What is described by these, by sluice.toml and by what must not be touched.
sandbox::EnclosureSpec enclosure_spec(const Project& project, const std::vector<std::string>& environment);

// The words that start a command behind such walls, and why they cannot be made here (empty: they can), which is tried.
std::vector<std::string> wrapper_of(const sandbox::EnclosureSpec& spec);
std::string why_refused(const std::vector<std::string>& wrapper, const std::string& folder);

// What is put before such a command (CommandLine::wrapper); none where sluice.toml has no walls, or the machine cannot
// make any. The first call tries them and takes a few milliseconds. To be called for each command: throws
// Error{configuration} as soon as what may be written is not where it should be (cli/build/build_place.h), or if the
// machine makes walls, but not these.
std::vector<std::string> command_wrapper(const Project& project);

// The same for a command that also writes to this folder, which nothing that it does puts another in place of.
std::vector<std::string> command_wrapper(const Project& project, const std::string& written);

// Why commands had no walls although they were to have some; empty as long as none had to be started.
std::string why_no_walls(const Project& project);

} // namespace sluice::cli
