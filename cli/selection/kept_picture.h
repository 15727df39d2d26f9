// What says which tests a change reaches, kept from the last run: `sluice affected` answers from it without a look at
// the build folder, the programs or the tests. It is a convenience: whatever is missing, damaged or older than what it
// speaks of is taken for nothing.
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

// `picture` is of a build folder that is up to date with `change`. Keeps nothing where not all that decides the picture
// can be told to be the same later by a few dates.
void keep_picture(const Project& project, const Picture& picture, const Change& change);

// nullopt if nothing is kept, or the build folder or the configuration is not as it was.
std::optional<KeptPicture> recall_picture(const Project& project);

} // namespace sluice::cli
