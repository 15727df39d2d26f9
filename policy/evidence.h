// What a run leaves for others to check: an in-toto Statement v1 with the test-result predicate and one with a SLSA
// verification summary for the decision, about one git commit and its tree (docs/formats/evidence.md). It does not know
// keys, files or git: digests and signatures come from the caller. Reading is strict: what is not understood is no
// evidence.
#pragma once

#include "model/run_record.h"
#include "policy/dsse.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

inline constexpr int k_evidence_version = 2;

// Everything that the decision rested on. Git ids and SHA-256 digests in lower-case hexadecimal.
struct RunFacts {
  std::string run, version; // id of the run; of Sluice
  std::string commit, tree;
  std::string base, base_tree; // where the change left its base
  std::string tip;             // of the base: its policy, signers and sluice.toml judged the change
  std::string policy, configuration, plan, catalogue, report; // SHA-256
  std::int64_t time = 0;                                      // seconds since the epoch
  VerdictStatus verdict = VerdictStatus::failed;
  std::size_t flaky = 0, quarantined = 0; // tests that failed and did not turn the verdict red
  std::optional<SandboxReport> sandbox{}; // what tests ran in; absent: none was executed, or an older Sluice made it
};

// The two statements as JSON. `digest` gives the hexadecimal SHA-256 of bytes.
struct Statements {
  std::string test_result, decision;
};
using HexDigest = std::function<std::string(std::string_view bytes)>;
Statements make_statements(const RunFacts& facts, const RunRecord& record, const HexDigest& digest);

// What a statement says of its run, whoever has signed it; nullopt for what is not understood here.
std::optional<RunFacts> facts_of(std::string payload);

// Whom to believe, and what.
struct Trust {
  struct Key {
    std::string id, public_pem;
    std::int64_t not_after = 0; // seconds since the epoch; 0: no end
  };
  std::vector<Key> keys;
  int threshold = 1;        // how many of them must have signed
  std::string min_version;  // of Sluice; empty: any
  std::int64_t max_age = 0; // seconds; 0: any
  bool accept_overridden = true;
  bool accept_excused = true; // tests that passed only on a retry, or failed in quarantine
};

// What the evidence must be about. Empty fields of digests are not compared, but for `tree` and `base`.
struct Expected {
  std::string commit, tree;
  std::string base; // commit that the change was tested against and judged by
  bool any_base = false;
  std::string policy; // SHA-256 of the base's policy
  std::int64_t now = 0;
};

struct Verification {
  bool ok = false;
  std::string reason; // one line: why not, or what was shown
  std::optional<RunFacts> facts;
};

// `bundle` has one envelope per line; those about another tree are passed over. Both statements must be there, be
// signed by enough trusted keys, belong to one run, and say PASSED (or OVERRIDDEN where that is accepted).
Verification verify_evidence(std::string_view bundle, const Trust& trust, const Expected& expected,
                             const CheckSignature& check, const HexDigest& digest);

} // namespace sluice::policy
