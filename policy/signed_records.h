// Approvals and overrides as people sign them: one JSON object, bound to a target, its tip, the commits at which the
// change left it, and the tree that would be merged (docs/formats/records.md). It does not know signatures: the caller
// checks them and says who signed.
#pragma once

#include "model/change_set.h"
#include "policy/circumstances.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

enum class RecordKind { approval, override_of_tests };

struct SignedRecord {
  RecordKind kind = RecordKind::approval;
  std::string target, base, tree;      // branch; commit at its tip; tree of the change
  std::vector<std::string> departures; // the merge bases, sorted: what the signer was shown is what differs from them
  std::string signer;                  // principal
  std::string reason;
  std::string rule;               // of an override
  std::vector<std::string> tests; // of an override: whole ids
  std::int64_t expires = 0;       // seconds since the epoch
};

// What records must be bound to in order to count now.
struct Binding {
  std::string target, base, tree;
  std::vector<std::string> departures;
  std::int64_t now = 0;
};

// Every commit at which the change left its base, sorted; empty where git does not know.
std::vector<std::string> departures_of(const ChangeSet& change);

// "sluice-approval" or "sluice-override": a signature made for one is none for the other.
std::string_view signature_namespace(RecordKind kind);

// The bytes that are signed.
std::string record_text(const SignedRecord& record);

// The file around it: the bytes, and the armoured signature.
std::string record_file(const std::string& text, const std::string& signature);
struct RecordFile {
  std::string text, signature;
};
std::optional<RecordFile> read_record_file(std::string_view file);

// nullopt for what is not understood, an override without a rule, a reason or tests, or one that names all of them.
std::optional<SignedRecord> read_record(std::string_view text);

// Why the record does not count although its signature is right; empty if it does.
std::string not_bound(const SignedRecord& record, const Binding& binding);

// "refs/heads/main", "origin/main" and "main" are one target.
std::string target_name(std::string_view ref);

} // namespace sluice::policy
