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

// The key of --key or SLUICE_SIGNING_KEY (the key itself, for CI); nullopt if no evidence is asked for. Call it before
// anything runs: it removes the key from the environment. Throws Error{usage} if there is no key, or without
// --head.
std::optional<signing::SecretKey> evidence_key(const Options& options);

// Evidence is about committed files: throws Error{usage} if the tree differs from HEAD in any file but reports.
void require_clean(const Project& project);

// Returns both signed statements. Throws Error{usage} if a run that passed left tests out, or if a file that is
// not committed may direct tests.
std::string make_evidence(const Project& project, const Change& change, const Plan& plan, const Catalogue& catalogue,
                          const Session& session, const signing::SecretKey& key);

// Writes the evidence where it is believed. Call it after everybody who has to hear the verdict has been told.
void put_evidence(const Project& project, const Options& options, const ChangeSet& change, const std::string& bundle);

// Hexadecimal SHA-256.
std::string hex_digest(std::string_view bytes);

// The digest of the base's policy file; of the empty text if there is none.
std::string policy_digest(const git::Repository& repository, const std::string& base);

} // namespace sluice::cli
