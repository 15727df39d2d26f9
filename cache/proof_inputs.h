// What proofs rest on, for people who ask: reads only, and decides nothing. Whether a proof holds is proof_check.h's
// business. Of each test the newest proof is looked at.
#pragma once

#include "cache/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cache {

// The inputs of a stored set, in no order; nullopt for one that cannot be read back.
std::optional<InputSet> members_of(const Store& store, std::string_view stored);

// Sorted. nullopt for a test without a proof, or one that cannot be read back. `identity`: of the proof
// (Proof::inputs); absent: the newest.
std::optional<InputSet> inputs_of_proof(const Store& store, std::string_view test,
                                        const std::optional<Digest>& identity = {});

struct ProofUse {
  std::string test;
  Input input; // as the proof has it
  friend bool operator==(const ProofUse&, const ProofUse&) = default;
};

// Tests whose newest proof rests on what has one of these names (paths as proofs write them), sorted by test.
std::vector<ProofUse> uses_of(const Store& store, const std::vector<std::string>& names);

} // namespace sluice::cache
