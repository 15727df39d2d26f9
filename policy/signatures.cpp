#include "policy/signatures.h"

#include "model/error.h"
#include "policy/message_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::policy {

namespace {

constexpr int k_version = 1;

constexpr auto k_kinds = std::to_array<std::pair<std::string_view, SignatureKind>>({
  {"address", SignatureKind::address},
  {"login", SignatureKind::login},
  {"release_login", SignatureKind::release_login},
  {"shared_address", SignatureKind::shared_address},
  {"review_login", SignatureKind::review_login},
  {"author_name", SignatureKind::author_name},
  {"key", SignatureKind::key},
  {"key_value", SignatureKind::key_value},
  {"footer", SignatureKind::footer},
  {"link", SignatureKind::link},
  {"subject", SignatureKind::subject},
  {"branch", SignatureKind::branch},
  {"weak_key", SignatureKind::weak_key},
});

Authorship authorship_of(const std::string& word)
{
  for (const Authorship value : {Authorship::ai, Authorship::ai_assisted, Authorship::human})
    if (to_string(value) == word) return value;
  throw Error(ErrorKind::configuration, "the list of signatures has an authorship \"" + word + "\"");
}

Signature signature_of(const nlohmann::json& entry)
{
  Signature signature;
  signature.tool = entry.at("tool").get<std::string>();
  signature.value = entry.at("value").get<std::string>();
  signature.authorship = authorship_of(entry.at("authorship").get<std::string>());
  const auto kind = signature_kind(entry.at("kind").get<std::string>());
  const auto grade = evidence_grade(entry.at("grade").get<std::string>());
  if (!kind || !grade || signature.value.empty() || signature.value != lower_case(signature.value))
    throw Error(ErrorKind::configuration, "the list of signatures has an entry that is not known: " + signature.value);
  signature.kind = *kind;
  signature.grade = *grade;
  signature.source = entry.at("source").get<std::string>();
  signature.first_seen = entry.at("first_seen").get<std::string>();
  signature.weak_from = entry.value("weak_from", std::int64_t{0});
  signature.weak_until = entry.value("weak_until", std::int64_t{0});
  return signature;
}

} // namespace

std::optional<SignatureKind> signature_kind(std::string_view word)
{
  for (const auto& [name, kind] : k_kinds)
    if (name == word) return kind;
  return std::nullopt;
}

std::optional<EvidenceGrade> evidence_grade(std::string_view word)
{
  for (const EvidenceGrade grade : k_evidence_grades)
    if (to_string(grade) == word) return grade;
  return std::nullopt;
}

EvidenceGrade usual_grade(SignatureKind kind)
{
  switch (kind) {
  case SignatureKind::address:
  case SignatureKind::login:
  case SignatureKind::release_login:
  case SignatureKind::shared_address:
  case SignatureKind::review_login:
  case SignatureKind::author_name:
    return EvidenceGrade::bot_identity;
  case SignatureKind::key:
  case SignatureKind::key_value:
  case SignatureKind::footer:
  case SignatureKind::link:
  case SignatureKind::subject:
    return EvidenceGrade::structured_line;
  case SignatureKind::branch:
  case SignatureKind::weak_key:
    return EvidenceGrade::weak;
  }
  return EvidenceGrade::weak;
}

std::optional<Authorship> Signatures::author_key(std::string_view key) const
{
  for (const AuthorKey& entry : author_keys)
    if (entry.key == key) return entry.authorship;
  return std::nullopt;
}

Signatures read_signatures(std::string_view json)
{
  try {
    const auto list = nlohmann::json::parse(json);
    Signatures result;
    result.version = list.at("version").get<int>();
    if (list.at("format") != "sluice.signatures" || result.version != k_version)
      throw Error(ErrorKind::configuration, "this is no list of signatures of a version that is known here");
    result.revision = list.at("revision").get<std::string>();
    for (const auto& entry : list.at("signatures")) {
      Signature signature = signature_of(entry);
      auto& into = signature.authorship == Authorship::human ? result.automation : result.ai;
      into.push_back(std::move(signature));
    }
    for (const auto& entry : list.at("author_keys"))
      result.author_keys.push_back(
        {entry.at("key").get<std::string>(), authorship_of(entry.at("authorship").get<std::string>())});
    return result;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::configuration, "the list of signatures cannot be read");
  }
}

const Signatures& built_in_signatures()
{
  static const Signatures list = read_signatures(signatures_text());
  return list;
}

Signatures with_additions(const Signatures& list, const std::vector<Signature>& additions)
{
  Signatures result = list;
  for (const Signature& addition : additions)
    (addition.authorship == Authorship::human ? result.automation : result.ai).push_back(addition);
  return result;
}

bool is_login(const Signature& signature, std::string_view id, std::string_view login)
{
  if (signature.kind != SignatureKind::login && signature.kind != SignatureKind::release_login &&
      signature.kind != SignatureKind::review_login)
    return false;
  const std::string name = lower_case(login);
  if (signature.value.find('+') == std::string::npos) return signature.value == name && name.ends_with("[bot]");
  return signature.value == std::string(id) + "+" + name;
}

} // namespace sluice::policy
