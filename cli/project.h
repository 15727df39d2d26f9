// The project that a command works on: its repository, its configuration, its folder of state.
// It does not know what changed, nor what is built or tested.
#pragma once

#include "adapters/git/repository.h"
#include "cli/options.h"
#include "model/config.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sluice::cli {

// What is known of the walls around commands of the tree (cli/walls/command_walls.h). The first command that needs them
// finds it out for all; with --no-sandbox it is never asked.
struct CommandWalls {
  bool tried = false;
  std::vector<std::string> wrapper;
  std::string refused;
};

struct Project {
  git::Repository repository;
  std::string root; // absolute
  Config config;
  std::string config_text;             // the text of sluice.toml; empty if settings were inferred without one
  std::string state;                   // ROOT/.sluice
  std::string build_directory;         // absolute; empty if the project has none
  std::set<std::string> own_reports;   // reports that --junit has put into the tree: repository-relative
  bool built_before = false;           // a folder in which tests are listed held something when the command began
  bool watches_listings = false;       // programs are asked for their cases in observed sandboxes
  std::vector<std::string> secrets{};  // files named on the command line that no test or build may see: absolute
  std::vector<std::string> withheld{}; // openings that sluice.toml asks for and is refused (cli/walls/held_walls.h)
  // For a second tree: the folder that its commands see in place of caches and temporary folders, which commands of the
  // change have written to (cli/walls/command_walls.h). Empty: they see the real ones.
  std::string own_places{};
  std::shared_ptr<CommandWalls> walls = std::make_shared<CommandWalls>();
};

// From here on our own programs (git, cmake ...) are searched only where no build of the project that holds `directory`
// can write. Call it before anything else.
void distrust_what_builds_write(const std::string& directory);

// Throws Error{usage} outside a repository, and Error{configuration} if there is no sluice.toml and not exactly one
// configured CMake build folder to infer the settings from.
Project open_project(const Options& options);

// Throws Error{usage} if something else may own the folder of state: it is a link, it is a repository that a submodule
// has checked out there, or it contains a link, which our writing would follow.
void require_own_state(const std::string& state);

// The build folder that this configuration names; empty if it names none.
std::string build_directory_of(const std::string& root, const Config& config);

// Remembers that `file` is our own report, so that no run ever takes it for an input of a test.
void remember_report(Project& project, const std::string& file);

// The absolute path of a place that sluice.toml names as absolute, "~/..." or relative to the root.
std::string place_of(const Project& project, const std::string& name);

std::vector<std::string> whole_environment(); // of this process, "NAME=value"

// The variables that tests inherit, as "NAME=value", sorted: a fixed list and what [run] pass_environment names. Where
// tests are isolated, language, time zone and seeds have fixed values unless pass_environment names them.
std::vector<std::string> test_environment(const Config& config, char** environment);

} // namespace sluice::cli
