// The project as it lies on disk now: its files, what the build tool knows, its tests, the graph over all of it.
// It is taken once; everything made from it is pure. It does not know what changed, what passed or what is required.
#pragma once

#include "adapters/facts/ages.h"
#include "adapters/facts/build_facts.h"
#include "adapters/frameworks/frameworks.h"
#include "adapters/git/repository.h"
#include "cache/file_digests.h"
#include "cache/store.h"
#include "cli/project.h"
#include "impact/select.h"

#include <set>
#include <string>
#include <vector>

namespace sluice::cli {

// Whether the build folder is known to be configured and built from the present files.
enum class BuildState { current, unknown };

// The files of the tree, without those that Sluice and the build put there: an untracked report of an earlier run or an
// untracked build folder is no input of a test.
struct TreeFiles {
  std::vector<git::TreeFile> files; // sorted by path
  std::vector<git::TreeFile> inner; // what lies in those that are repositories; no tests are looked for among them
  std::set<std::string> left_out;
};
TreeFiles tree_of(const Project& project, std::vector<git::TreeFile> files);
TreeFiles read_tree(const Project& project);

// Digest of a file by its name (repository-relative or absolute): git's where git vouches for it. Empty if it is not
// there.
Digest content_of(const Project& project, const TreeFiles& tree, cache::FileDigests& digests, const std::string& name);

// The file of this repository-relative name, or nullptr.
const git::TreeFile* file_of(const TreeFiles& tree, const std::string& name);

// True if the folder contains a file that git would add.
bool holds_files(const TreeFiles& tree, const std::string& folder);

// True for bytecode that Python keeps beside sources and that git ignores, file or folder. It may come and go: a test
// that did not read it rests on the sources alone. Bytecode that is part of the tree is a file like any other.
bool is_kept_bytecode(const TreeFiles& tree, const std::string& name);

struct Picture {
  TreeFiles tree;
  facts::BuildFacts build;
  Catalogue catalogue;
  std::vector<std::string>
    rewritten; // sources that changed since the build though their date is older; as far as asked
  std::vector<std::string> not_built;   // programs that should have tests and do not exist yet
  std::vector<std::string> environment; // what tests inherit
  impact::ReachOptions reach_options;
  impact::ImpactGraph graph;
};

// `tree` is the working tree as it lies there now.
Picture take_picture(const Project& project, TreeFiles tree, cache::Store& store, cache::FileDigests& digests,
                     BuildState state);

// What the configuration says of files, and of outputs what holds everywhere. What the build knows is not in it.
impact::ReachOptions reach_options_of(const Project& project);

// For each test why its program is not what would be built from the present sources, or empty.
// Compares modification times along the build graph, as make and ninja do; never says "fresh" for what they would
// rebuild because of an input's time.
std::vector<std::string> stale_programs(const Picture& picture, facts::Ages& ages);
facts::Ages ages_of(const Project& project, const Picture& picture);

} // namespace sluice::cli
