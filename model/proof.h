// What a passing test rested on, and whether that still stands.
// A proof is a passing record plus the digest of every input that decided the outcome; it holds wherever all of these
// inputs are the same, on whatever branch or machine it was made. This file knows the vocabulary only: cache/ stores
// proofs and compares digests, impact/ turns their states into a plan.
#pragma once

#include "model/catalogue.h"
#include "model/digest.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class InputKind : std::uint8_t {
  definition,    // how a test is started and judged (launch, rules, limits); name: its id. The test's own, and those of
                 // the tests that it stands on (fixtures, DEPENDS)
  loaded,        // what the loader maps of a native program or library: debug sections and build ids left out
  content,       // whole content of a file, whether it is a link and may be executed; absent digest: it was not there
  unknown_files, // all files of the tree that no fact knows and no declaration dismisses, as one digest
  whole_tree,    // every file of the tree that no declaration dismisses: what an unobserved script rests on
  matched_files, // the files that a declared glob matches, names and contents; name: the glob
  configuration, // sluice.toml as used
  loose_outputs, // built files that no fact ties to a test, and what went into steps that left no content, as one
                 // digest
  configured,    // files that the configure step generated and no build step knows
  environment,   // the environment variables that tests inherit
  entry,         // what is at a path: nothing (absent digest), a folder, a file and whether it may be written and
                 // executed, a link ...
  metadata,      // kind, size and mode of what is at a path: what a test learns by looking without reading
  listing,       // names and kinds of the entries of a folder; name: as ListingName writes it
};

struct Input {
  InputKind kind = InputKind::content;
  std::string name; // path (repository-relative or absolute), or what the kind says
  Digest digest;
  friend bool operator==(const Input&, const Input&) = default;
  friend auto operator<=>(const Input&, const Input&) = default;
};

using InputSet = std::vector<Input>; // sorted, (kind, name) unique

struct Proof {
  std::string run;       // the run that made it
  std::int64_t made = 0; // seconds since the epoch
  std::string tree;      // git tree that was checked out then; empty if the working tree was dirty
  Digest inputs;         // identity of the input set
  std::chrono::microseconds duration{0};
  friend bool operator==(const Proof&, const Proof&) = default;
};

// The state of a test's proof for the tree as it is now.
struct ProofState {
  enum class Kind {
    holds,   // `proof` holds now
    broken,  // the newest proof rested on `difference`, which is not the same now
    failed,  // never passed with the present inputs, and its last run failed; `proof.run` names that run
    missing, // no passing record at all
  };
  Kind kind = Kind::missing;
  Proof proof;
  Input difference; // as recorded; only for broken
  friend bool operator==(const ProofState&, const ProofState&) = default;
};

std::string_view to_string(InputKind kind);

} // namespace sluice
