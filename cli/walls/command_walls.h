// The walls around commands that the tree under test decides: configuring, building, listing, validating.
// runner/sandbox/enclosure.h says what such walls are; here is what a project wants of them, and whether this machine
// can make them.
#pragma once

#include "cli/project.h"
#include "runner/sandbox/enclosure.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

constexpr std::string_view k_enclose = "enclose-command";

// Absolute paths of the folders where every build of the project at `root` may write for good. `environment` is the
// caller's, "NAME=value".
std::vector<std::string> places_of_builds(const std::string& root, const std::vector<std::string>& environment);

// The enclosure for this project's commands: default places, plus what sluice.toml adds, minus what stays read-only or
// hidden.
sandbox::EnclosureSpec enclosure_spec(const Project& project, const std::vector<std::string>& environment);

// The words that start a command behind such walls.
std::vector<std::string> wrapper_of(const sandbox::EnclosureSpec& spec);
// Tries these walls and returns why they cannot be made here; empty if they can.
std::string why_refused(const std::vector<std::string>& wrapper, const std::string& folder);

// The words to put before such a command (CommandLine::wrapper). Empty where sluice.toml wants no walls or the machine
// cannot make any. The first call tries them and takes a few milliseconds. Call it for each command: it throws
// Error{configuration} as soon as a writable folder is not where it should be (cli/build/build_place.h), or if the
// machine makes walls, but not these. From then on nothing that this process starts has the variables by which people
// tell test tools to list fewer tests, with walls or without.
std::vector<std::string> command_wrapper(const Project& project);

// Same, for a command that also writes to `written`; the command cannot replace the folder itself.
std::vector<std::string> command_wrapper(const Project& project, const std::string& written);

// Why commands ran without the walls that the project wants; empty until a command had to be started.
std::string why_no_walls(const Project& project);

} // namespace sluice::cli
