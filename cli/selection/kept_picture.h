// The graph and the tests of the last run, stored so that `sluice affected` can answer without a look at the build
// folder, the programs or the tests. It is a convenience: if it is missing, damaged or out of date it is ignored.
// It does not know what changed.
#pragma once

#include "cli/selection/picture.h"
#include "cli/stages.h"

#include <optional>
#include <string>
#include <vector>

namespace sluice::cli {

struct KeptPicture {
  Catalogue catalogue; // ids and programs' names
  impact::ReachOptions reach_options;
  impact::ImpactGraph graph;
  // The tree for which the facts were complete, and the files on disk that differed from it then. What has changed
  // since counts as changed, whatever the question: its own facts may be old.
  std::string tree;
  std::vector<std::string> differed;
};

// `picture` was taken of a build folder that is up to date with `change`. Stores nothing if a few dates cannot tell
// later whether everything that decides the picture is the same.
void keep_picture(const Project& project, const Picture& picture, const Change& change);

// nullopt if nothing is stored, or if the build folder or the configuration has changed since.
std::optional<KeptPicture> recall_picture(const Project& project);

} // namespace sluice::cli
