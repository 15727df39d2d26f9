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

// What is known of the walls around commands of the tree (cli/walls/command_walls.h): asked for once, by whoever is
// first; with --no-sandbox by nobody.
struct CommandWalls {
  bool tried = false;
  std::vector<std::string> wrapper;
  std::string refused;
};

struct Project {
  git::Repository repository;
  std::string root; // absolute
  Config config;
  std::string config_text;             // of sluice.toml, empty if there is none and the defaults were found
  std::string state;                   // ROOT/.sluice
  std::string build_directory;         // absolute; empty if the project has none
  std::set<std::string> own_reports;   // repository-relative: reports that --junit has put into the tree
  bool watches_listings = false;       // programs are asked for their cases in observed sandboxes
  std::vector<std::string> secrets{};  // files of the command line that no test and no build may see: absolute
  std::vector<std::string> withheld{}; // what sluice.toml opens in the walls and does not get (cli/walls/held_walls.h)
  // Of a second tree: what its commands see in place of caches and temporary folders, which commands of the change
  // have written (cli/walls/command_walls.h); empty: what is there.
  std::string own_places{};
  std::shared_ptr<CommandWalls> walls = std::make_shared<CommandWalls>();
};

// Programs of our own are found from here on only where no build of the project that holds `directory` writes; to be
// called first of all.
void distrust_what_builds_write(const std::string& directory);

// Throws Error{usage} outside a repository, Error{configuration} when there is no sluice.toml and no single build
// folder with CTest files speaks for itself.
Project open_project(const Options& options);

// Throws Error{usage} if the folder of state is there and could be another's: a link, a repository that a submodule has
// checked out there, or with a link in it, which what is written would follow.
void require_own_state(const std::string& state);

// The build folder that this configuration names; empty if it names none.
std::string build_directory_of(const std::string& root, const Config& config);

// Remembers that `file` is a report of ours, so that it is never taken for an input of a test, now or later.
void remember_report(Project& project, const std::string& file);

// What sluice.toml names as a place: absolute, "~/..." or relative to the root.
std::string place_of(const Project& project, const std::string& name);

std::vector<std::string> whole_environment(); // of this process, "NAME=value"

// The variables that tests inherit: a fixed list and what [run] pass_environment names, "NAME=value", sorted. Where
// tests are isolated, language, time zone and seeds are the same everywhere, unless pass_environment names them.
std::vector<std::string> test_environment(const Config& config, char** environment);

} // namespace sluice::cli
