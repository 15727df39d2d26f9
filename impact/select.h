// From facts, a change and the state of the proofs to a plan, with a reason for every entry.
// Pure: no files, no store, no processes. The decision and its explanation come from the same walk: the path that is
// shown is the path that selected. Whatever is not known widens the plan, by name.
#pragma once

#include "model/catalogue.h"
#include "model/change_set.h"
#include "model/config.h"
#include "model/facts.h"
#include "model/history.h"
#include "model/plan.h"
#include "model/proof.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::impact {

// The reverse dependency graph "input -> what uses it", as compressed sparse rows over Facts' paths plus one node for
// each test. Built once, asked often; immutable.
class ImpactGraph {
public:
  ImpactGraph(); // of nothing
  ImpactGraph(const Facts& facts, const Catalogue& catalogue);
  ~ImpactGraph();
  ImpactGraph(ImpactGraph&&) noexcept;
  ImpactGraph& operator=(ImpactGraph&&) noexcept;

  struct Impl;
  explicit ImpactGraph(std::unique_ptr<Impl> impl);
  const Impl& impl() const { return *impl_; }

private:
  std::unique_ptr<Impl> impl_;
};

// What a change reaches by facts alone, before proofs are asked.
struct Reach {
  // For each test (by position in the catalogue) the shortest path from a changed file; empty if none reaches it.
  std::vector<std::vector<ReasonStep>> paths;
  // For each test: its path is no fact, but a guess: its program is a script or tool that may read anything.
  std::vector<bool> guessed;
  std::vector<std::string> outputs;    // built files that are reached, repository-relative or absolute
  std::vector<Escalation> escalations; // what widens to every test
  std::vector<Dismissal> dismissed;    // changed files that cannot matter
  std::vector<std::string> declared;   // changed files that are known by sluice.toml alone, by no fact
  // Changed files whose effect no fact shows beforehand: what configures the build or the tests. They select nothing,
  // since what comes of them is compared, but the blast radius is that of everything. The policy is among them.
  std::vector<std::string> compared;
  std::vector<std::string> untested; // changed files that facts know and from which none leads to a test
  BlastRadius blast_radius;

  // True if the change set itself is not known to be whole: then nothing is reused.
  bool incomplete() const;

  // True where no fact says that the test uses the change: it has no path, or a guessed one.
  bool is_without_fact(std::size_t test) const { return paths[test].empty() || guessed[test]; }
};

// The share of the catalogue that a change reaches. Where facts only guess, `spared` has for each test whether it was
// watched and seen to use nothing of the change.
BlastRadius blast_radius_of(const Reach& reach, const Catalogue& catalogue, const std::vector<bool>& spared);

struct ReachOptions {
  std::vector<std::string> ignore; // globs of files that cannot matter (sluice.toml, [changes])
  // Files whose effect is compared by other means and which no test reads: the policy file, sluice.toml itself.
  std::vector<std::string> compared;
  // Globs of built files that no running test can depend on without a fact (objects, archives), or whose effect is
  // compared by other means (lists of tests that the build itself generates).
  std::vector<std::string> harmless_outputs;
  // Built files that no build of this project makes unless somebody asks for them by name. Sorted.
  std::vector<std::string> on_demand;
  // True when the build folder is known to be configured from the present files: then what the configure step made
  // (build graph, test definitions, generated files) is compared by content and its inputs need not widen.
  bool configured = false;
};

// What a file of the tree is to the tests. The same answer sorts changed files and decides which files a proof rests on
// as "unknown": one question, asked in one place.
enum class FileRole {
  dismissed, // sluice.toml says that it cannot matter
  compared,  // its whole effect is compared by other means (configure inputs of a configured folder, sluice.toml)
  known,     // facts or declarations say who uses it
  unknown,   // any test may use it
};
struct RoleOfFile {
  FileRole role = FileRole::unknown;
  std::string dismissed_by; // the glob
  bool declared = false;    // known by sluice.toml alone
};
RoleOfFile role_of(const ImpactGraph& graph, const ReachOptions& options, const std::string& path);

// Built files that lead to no test's program, dismissed ones and what only goes into objects left out: some test may
// start or open them and no fact says which, so every proof rests on them.
std::vector<std::string> loose_outputs(const ImpactGraph& graph, const ReachOptions& options);

// All that the default build makes and that leads to no test's program. Where there is any, a build of the tests'
// programs alone leaves files old that a test may open.
std::vector<std::string> untied_outputs(const ImpactGraph& graph, const ReachOptions& options);

Reach reach(const ImpactGraph& graph, const Catalogue& catalogue, const ChangeSet& change, const ReachOptions& options);

// The `via` of a first step that is a guess. Words for people: Reach::guessed decides.
inline constexpr std::string_view k_may_be_read = "may be read by";

// Why a changed file that no fact knows is dismissed.
inline constexpr std::string_view k_used_by_none = "no test was seen to use it";

// The `via` of an input that a test was seen to use.
inline constexpr std::string_view k_was_read = "was read by";
inline constexpr std::string_view k_was_looked_at = "was looked at by";
inline constexpr std::string_view k_was_missed = "was looked for by";
inline constexpr std::string_view k_was_listed = "was listed by";

struct SelectionRequest {
  std::vector<ProofState> proofs; // one for each test of the catalogue
  // One for each test: why what it starts is not what would be built from the tree as it is now ("build/a_test is older
  // than src/a.cpp"), or empty. Its proofs are then not asked. May be left empty as a whole: everything is up to date.
  std::vector<std::string> stale;
  std::vector<std::string> required_by;        // one for each test: the rule that demands an execution, or empty
  std::string requested;                       // "--all": run everything, whatever proofs say
  std::function<bool(const TestCase&)> filter; // empty: everything passes
  bool only_failed = false;                    // --rerun-failed
  const History* history = nullptr;
  std::set<std::string> used; // changed files that tests were seen to use
  // One for each test: it was red among others of its program and green alone, and says something only among them. May
  // be left empty: there is none.
  std::vector<bool> order_dependent;
  std::vector<bool> spared; // as for blast_radius_of(); may be left empty: none is known to be
};

Plan select(const Catalogue& catalogue, const Reach& reach, const SelectionRequest& request);

} // namespace sluice::impact
