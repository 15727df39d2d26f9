// Which files say how tests are found, chosen and run, by names that test runners look for. By them a test can be made
// to pass or to be left out, and no new source needs them: where the base's tests are to be run, these files are the
// base's, too. Some also say what the project needs (dependencies, its name, its parts), which honest changes edit with
// the code that needs it: of these only the rest is compared. It does not read files. What is not known to be about
// something else counts as being about tests: a file put back for nothing costs a review, a file forgotten is a hole.
#pragma once

#include "model/config_tree.h"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::policy {

enum class TestDirection {
  none,
  whole,          // the whole file
  pyproject_toml, // these in part, see below
  setup_cfg,
  package_json,
};

TestDirection direction_of(std::string_view path);

// Where pytest finds the plugins that it loads unasked: a change that commits such files has them loaded. Honest builds
// leave them among the sources, too, with nothing in them that a change could not say elsewhere.
bool is_metadata_of_package(std::string_view path);

// What such a file says of tests, to be compared and for nothing else. Absent where the text cannot be read as what its
// name says, or where readers differ on what it says.
std::string directing_part_of_pyproject(const ConfigNode& file); // without [project], [build-system], [tool.uv], ...
std::optional<std::string> directing_part_of_setup_cfg(std::string_view text);    // without [metadata] and [options*]
std::optional<std::string> directing_part_of_package_json(std::string_view text); // without dependencies, name, ...

} // namespace sluice::policy
