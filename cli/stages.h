// The stages that several commands share, each from values to a value: change, policy, build, plan.
// This is wiring only: the folders that a stage calls make its decisions.
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
#include "model/run_event.h"
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
  TreeFiles tree;                       // the working tree when `set` was read
  std::vector<std::string> uncommitted; // files that differed from HEAD at that moment
  Policy policy;
  bool authorship_asked = false; // a rule or an event file asks who wrote the change
  bool trusts_tests = false;     // policy::may_trust_tests(); false where sluice.toml gives no reason to ask
  std::vector<policy::CommitAuthorship> authorship;
  policy::Circumstances known; // cli/gate/circumstances.h fills it
};

// Whether uncommitted changes are refused when --head names a commit: the verdict is about that commit, but the tests
// would see the changes.
enum class Uncommitted { refused, allowed };

// Throws Error{usage} if --head is not what is checked out: facts and programs on disk belong to the tree on disk, so a
// verdict about another tree would be a guess.
void check_head(const Project& project, const Options& options);

// Throws what check_head() throws. `store` may be null: then no earlier verdict on authorship is known.
Change read_change(const Project& project, const Options& options, Uncommitted uncommitted, const cache::Store* store);

// Whether the tests of this change may use the fast path that sluice.toml asks for. Call after hold_walls().
FastPaths fast_paths_of(const Project& project, const Change& change);

// How many tests (and build steps) may run at once; at least 1.
int jobs_of(const Project& project, const Options& options);

cache::Store open_store(const Project& project);

// Told about a build while it runs.
struct BuildListener {
  std::function<void(event::BuildStarted)> started; // before each call of the build tool
  std::function<void(std::string_view)> output;
};

// How the build folder was brought up to date.
struct BuildOutcome {
  // The project as it lies on disk, if nothing had to be built to know it. Absent: the caller takes a new picture.
  std::optional<Picture> picture;
  TreeFiles tree; // after the build

  // Sources that were saved while they were built: it is unknown which version was built. Sorted.
  std::vector<std::string> altered;

  bool attempted = false; // a build was started
  bool ok = true;
  std::vector<std::string> targets;
  int exit_code = 0;
  std::chrono::microseconds duration{0};
  std::string output;
};

// Builds what the tests need. `tree` is the working tree before the build. Without a [build] step (or with --no-build)
// it only checks that the folder is up to date, and throws Error{usage} if it is not: old programs prove nothing about
// new sources. A build that fails is a result (`ok`), no error.
BuildOutcome bring_up_to_date(const Project& project, const Options& options, TreeFiles tree, cache::Store& store,
                              cache::FileDigests& digests, const BuildListener& listener);

// A plan and what it was made from, for the stages after it.
struct Planned {
  Plan plan;
  impact::Reach reach;             // which tests the change reaches, and how
  Leniency leniency;               // quarantines and retries: what may excuse a failure
  policy::Obligations obligations; // what the policy's rules demand of this change
};

// What a change reaches, as far as it is known now; after the tests have run more is known.
struct Reached {
  BlastRadius blast_radius; // how many tests it reaches, of how many
  ChangeUses uses;          // empty where facts made no guess
};
Reached reached_by(const Project& project, const impact::Reach& reach, const ChangeSet& change,
                   const Catalogue& catalogue, const cache::Store& store);

// `state` says whether the programs on disk are known to be built from this tree. Only proofs made under `confinement`
// hold. Adds what rules ask about earlier runs to `change.known`.
Planned make_plan(const Project& project, const Options& options, Change& change, const Picture& picture,
                  CurrentInputs& inputs, const cache::Store& store, BuildState state, const Confinement& confinement);

} // namespace sluice::cli
