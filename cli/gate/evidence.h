// Signed evidence of a run: what it rested on by digest, written as a file and, on request, as a git note on the tree.
// It does not know what the evidence says (policy/evidence.h) nor when it is believed
// (cli/commands/verify_command.cpp).
#pragma once

#include "adapters/signing/ed25519.h"
#include "cli/session.h"
#include "cli/stages.h"

#include <optional>

namespace sluice::cli {

inline constexpr const char* k_evidence_notes = "refs/notes/sluice";

// The key that --key or SLUICE_SIGNING_KEY (the key itself, for CI) gives; nullopt where no evidence is asked for. Read
// before anything runs, and taken out of the environment. Throws Error{usage} without a key, or for a run on what is
// not committed.
std::optional<signing::SecretKey> evidence_key(const Options& options);

// Evidence is about the files that were committed: throws Error{usage} for a tree with any other, reports aside.
void require_clean(const Project& project);

// Both signed statements. Throws Error{usage} for a pass of some tests only.
std::string make_evidence(const Project& project, const Change& change, const Plan& plan, const Catalogue& catalogue,
                          const Session& session, const signing::SecretKey& key);

// Puts it where it is believed: once the verdict was told to everybody who has to hear it.
void put_evidence(const Project& project, const Options& options, const ChangeSet& change, const std::string& bundle);

// Hexadecimal SHA-256.
std::string hex_digest(std::string_view bytes);

// Of the policy of the base; of the empty text where there is none.
std::string policy_digest(const git::Repository& repository, const std::string& base);

} // namespace sluice::cli
