// The contents of the sources with which the build folder was last brought up to date. Build tools compare dates: a
// file whose content changed while its date stayed old (cp -p, tar, a package upgrade, touch) is not built again, and
// the old program would be tested in its place. This remembers contents and finds such files; it builds nothing.
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
  // Looks at every source that the facts know. Keeps none of the references.
  BuiltSources(const Project& project, const Picture& picture, const cache::Store& store, cache::FileDigests& digests);

  // Sources that the build folder may hold in an older version: their content changed but their date did not, or
  // someone else has built there since.
  const std::vector<std::string>& backdated() const { return backdated_; }

  // True if the configure step may have read such an older version.
  bool configured_from_others() const { return configured_from_others_; }

  // Call when the folder is known to be up to date with what the constructor saw. Files that were `altered` while they
  // were built are not up to date: the next object finds them backdated.
  void remember(const Project& project, cache::Store& store, const std::vector<std::string>& altered = {}) const;

private:
  std::map<std::string, Digest> contents_;
  std::vector<std::string> backdated_;
  Digest state_; // of the build tool's own log of what it has done
  bool configured_from_others_ = false;
  bool changed_ = true; // something differs from what is remembered
};

// Removes those of the files (names as in facts) that are in the tree or the build folder; leaves links and anything
// else alone.
void remove_outputs(const Project& project, const std::vector<std::string>& names);

// Removes what the build made directly from these sources or from files that lead to them, so that it is made again.
void remove_direct_outputs(const Project& project, const Facts& facts, const std::vector<std::string>& sources);

} // namespace sluice::cli
