// The store: proofs, outcomes, durations, remembered digests and listings, in one SQLite file (WAL mode).
// It may be deleted at any time; losing it costs time, never safety. Several processes may use it at once. A store that
// is damaged or was written by a newer Sluice is set aside under another name and an empty one takes its place:
// `notice` then says so in one line, and earlier results are not known. What cannot be mended (disk full, no
// permission, another process that does not let go of its lock) is Error{world}. One thread at a time. The schema is in
// docs/formats/store.md.
#pragma once

#include "model/catalogue.h"
#include "model/history.h"
#include "model/proof.h"
#include "model/run_record.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace sluice::cache {

inline constexpr std::int64_t k_remembered_bytes = 64 << 20;

// Values of this purpose are no cache: who once was found to have written a commit cannot be computed again after its
// marks were taken out. They never go, and do not count against the bound.
inline constexpr std::string_view k_lasting_purpose = "authorship";

// The digest of an input as it is now; called at most once for each distinct (kind, name), but for definitions.
using CurrentDigest = std::function<Digest(InputKind kind, const std::string& name)>;

class Store {
public:
  // Opens or creates `directory`/store.db. Throws Error{world} only if the folder cannot be written.
  static Store open(const std::string& directory);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  const std::string& notice() const; // empty, or why the previous store was set aside

  // For each test the state of its newest proofs (the last few are tried, newest first), comparing recorded inputs with
  // `current`, which must not write to this store. In the order of `tests`. cache/proof_check.h has the exact rule: a
  // red record with inputs that are all present now outweighs an older proof.
  std::vector<ProofState> check(std::span<const TestCase> tests, const CurrentDigest& current) const;

  History history() const;

  // Records a run: outcomes and durations, a proof for each test that passed at its first attempt and at every other (a
  // retry proves nothing) for which `inputs_of` knows the input set, and a red record for each that failed; nullptr or
  // an empty set: no proof is kept, and a failure then voids the proofs that the test has. Tests without a finished
  // attempt leave nothing. Idempotent by run id; one transaction, so a killed process leaves all of it or nothing.
  // `inputs_of` must not write to this store.
  using InputsOf = std::function<const InputSet*(const TestId&)>;
  void record(const RunRecord& run, const InputsOf& inputs_of);

  // What a run came to, after its verdict was told: the columns of `runs`, what widened its plan, its suites. A run
  // that is not recorded yet (its build failed) is recorded first, without proofs. Idempotent.
  void conclude(const RunRecord& run, std::span<const SuiteRun> suites);

  // Small remembered values, keyed by purpose and digest of what they were made from (listings of programs, for
  // instance). A miss is nullopt. All values but the lasting are together bounded (k_remembered_bytes): the
  // oldest go first, and one that is larger than the bound is not kept.
  std::optional<std::string> remembered(std::string_view purpose, const Digest& key) const;
  void remember(std::string_view purpose, const Digest& key, std::string_view value);

  // True if the run's events have been folded into the store.
  bool knows_run(std::string_view run) const;

  // For file_digests.cpp.
  sqlite3* handle() const;

private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

} // namespace sluice::cache
