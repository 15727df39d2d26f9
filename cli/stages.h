// The stages that several commands share, each from values to a value: change, policy, build, plan.
// Wiring only: what a stage decides is decided in the folder that it calls.
#pragma once

#include "cache/store.h"
#include "cli/gate/leniency.h"
#include "cli/project.h"
#include "cli/selection/change_uses.h"
#include "cli/selection/inputs.h"
#include "cli/selection/picture.h"
#include "cli/walls/sandbox.h"
#include "model/plan.h"
#include "model/policy.h"
#include "policy/authorship.h"
#include "policy/judge.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

// The change and what the policy of its base says about it.
struct Change {
  ChangeSet set;
  TreeFiles tree;                       // the working tree at the same moment
  std::vector<std::string> uncommitted; // files that differ from HEAD then
  Policy policy;
  bool authorship_asked = false; // a rule or an event file gave a reason to
  bool trusts_tests = false;     // policy::may_trust_tests(), where sluice.toml gave a reason to ask
  std::vector<policy::CommitAuthorship> authorship;
  policy::Circumstances known; // cli/gate/circumstances.h fills it
};

// Whether a head that is named must be all that there is: a verdict is about commits, and what is not committed would
// be tested with them and judged as if it were.
enum class Uncommitted { refused, allowed };

// Throws Error{usage} for a head that is not what is checked out: facts and programs on disk are those of the tree on
// disk, and a verdict about another tree would be a guess.
void check_head(const Project& project, const Options& options);

// The same is thrown here.
// `store` may be null: then no earlier verdict on authorship is known.
Change read_change(const Project& project, const Options& options, Uncommitted uncommitted, const cache::Store* store);

// What the tests of this change get of what sluice.toml wants; after hold_walls().
FastPaths fast_paths_of(const Project& project, const Change& change);

// How many tests (and build steps) go on at once.
int jobs_of(const Project& project, const Options& options);

cache::Store open_store(const Project& project);

// Hears of a build while it goes on.
struct BuildListener {
  // Once for each time that a tool is called; no targets: everything.
  std::function<void(const std::vector<std::string>& command, const std::vector<std::string>& targets)> started;
  std::function<void(std::string_view)> output;
};

// How the build folder was brought up to date.
struct BuildOutcome {
  // The project as it lies on disk, where nothing had to be built to know it; else it must be looked at again, and this
  // is the tree after the build.
  std::optional<Picture> picture;
  TreeFiles tree;

  // Sources that somebody saved while they were built, so that nobody knows what was built from them. Sorted.
  std::vector<std::string> altered;

  bool attempted = false;
  bool ok = true;
  std::vector<std::string> targets;
  int exit_code = 0;
  std::chrono::microseconds duration{0};
  std::string output;
};

// Builds what the tests need. `tree` is the working tree as it is before. Without a [build] step (or with --no-build)
// it only makes sure that the folder is up to date, and throws Error{usage} when it is not: old programs prove nothing
// about new sources.
BuildOutcome bring_up_to_date(const Project& project, const Options& options, TreeFiles tree, cache::Store& store,
                              cache::FileDigests& digests, const BuildListener& listener);

// Everything that went into a plan, kept for the stages after it.
struct Planned {
  Plan plan;
  impact::Reach reach;
  Leniency leniency;
  policy::Obligations obligations;
};

// What a change reaches as far as it is known now; more is known when tests have run.
struct Reached {
  BlastRadius blast_radius;
  ChangeUses uses; // empty where facts made no guess
};
Reached reached_by(const Project& project, const impact::Reach& reach, const ChangeSet& change,
                   const Catalogue& catalogue, const cache::Store& store);

// `state` says whether programs on disk are known to be those of the tree; proofs hold under the same confinement. Adds
// to `change.known` what rules ask of earlier runs.
Planned make_plan(const Project& project, const Options& options, Change& change, const Picture& picture,
                  CurrentInputs& inputs, const cache::Store& store, BuildState state, const Confinement& confinement);

} // namespace sluice::cli
