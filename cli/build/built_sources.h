// With which contents the build folder was last brought up to date. Build tools look at dates: a file whose content
// changed while its date stayed old (cp -p, tar, a package upgrade, touch) is not built again, and the old program
// would be tested for it. This remembers contents and finds such files; it builds nothing.
#pragma once

#include "cache/file_digests.h"
#include "cache/store.h"
#include "cli/selection/picture.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sluice::cli {

class BuiltSources {
public:
  // Looks at every source that the facts know. All references are only used here.
  BuiltSources(const Project& project, const Picture& picture, const cache::Store& store, cache::FileDigests& digests);

  // Sources whose content is not what was last built though their date is older than that build, or of which nobody
  // knows it, since somebody else has built or began to.
  const std::vector<std::string>& backdated() const { return backdated_; }

  // True if that may hold for what the configure step reads.
  bool configured_from_others() const { return configured_from_others_; }

  // To be called when the folder is known to be up to date with what the constructor saw. What was `altered` while it
  // was built is not: the next to look finds it backdated.
  void remember(const Project& project, cache::Store& store, const std::vector<std::string>& altered = {}) const;

private:
  std::map<std::string, Digest> contents_;
  std::vector<std::string> backdated_;
  Digest state_; // of what the build tool says that it has done
  bool configured_from_others_ = false;
  bool changed_ = true; // what was looked at is not what is remembered
};

// Removes these files (names as in facts) where they are of the tree or the build folder, links and all else left
// alone.
void remove_outputs(const Project& project, const std::vector<std::string>& names);

// Removes what the build made directly from these sources, or from what leads to them, so that it is made again.
void remove_direct_outputs(const Project& project, const Facts& facts, const std::vector<std::string>& sources);

} // namespace sluice::cli
