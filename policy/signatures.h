// The marks by which AI tools and documented automation can be told, as a versioned data file that is built in
// (policy/signatures.json, docs/formats/authorship.md) and that a policy extends with [[signature]].
// It does not know how a commit is read (policy/commit_reading.cpp does) nor what a mark leads to. Each entry was seen
// in public commits or stands in the vendor's documentation, and says which; lists without evidence are not copied. All
// values are lower case and are compared as a whole.
#pragma once

#include "model/policy.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

struct AuthorKey {
  std::string key;
  Authorship authorship; // of a commit whose line with this key names a tool
};

struct Signatures {
  int version = 0;
  std::string revision; // date of the list
  std::vector<Signature> ai;
  std::vector<Signature> automation; // documented and not AI: authors with these logins count as human
  std::vector<AuthorKey> author_keys;

  std::optional<Authorship> author_key(std::string_view key) const;
};

// policy/signatures.json as it was at the build.
std::string_view signatures_text();

// The list that is built in, parsed at the first call.
const Signatures& built_in_signatures();

// Throws Error{configuration} for anything that is not a list of this version, whole: half a list would find less.
Signatures read_signatures(std::string_view json);

// The built-in list and what the policy adds. A policy can add; it cannot take away.
Signatures with_additions(const Signatures& list, const std::vector<Signature>& additions);

// Lower-case words of the file: "address", "login", ...; nullopt for any other.
std::optional<SignatureKind> signature_kind(std::string_view word);
std::optional<EvidenceGrade> evidence_grade(std::string_view word);

// The grade that a mark of this kind has unless its entry says another.
EvidenceGrade usual_grade(SignatureKind kind);

// True if a platform's "ID+login" is the one that the entry names.
bool is_login(const Signature& signature, std::string_view id, std::string_view login);

} // namespace sluice::policy
