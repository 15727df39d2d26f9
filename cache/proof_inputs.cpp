#include "cache/proof_inputs.h"

#include "cache/input_sets.h"
#include "cache/sqlite.h"

#include <algorithm>
#include <unordered_map>

namespace sluice::cache {

namespace {

// A listing is named by its folder and, on further lines, by what does not count in it: a range of the index over
// names.
constexpr const char* k_named = "SELECT id, kind, name, digest FROM inputs WHERE name = ?1 "
                                "OR (name >= ?1 || char(10) AND name < ?1 || char(11))";

constexpr const char* k_newest_proofs = R"sql(
SELECT t.name, e.input_set FROM evidence e JOIN tests t ON t.id = e.test
WHERE e.verdict = 1 AND NOT EXISTS (SELECT 1 FROM evidence n WHERE n.test = e.test AND n.verdict = 1
                                    AND (n.at > e.at OR (n.at = e.at AND n.run > e.run)))
ORDER BY t.name)sql";

// Of column `column` and the two after it: kind, name, digest. nullopt for what this version does not know.
std::optional<Input> input_at(const Statement& row, int column)
{
  const std::optional<InputKind> kind = kind_of(row.integer(column));
  if (!kind) return std::nullopt;
  const std::string_view digest = row.blob(column + 2);
  Input input{*kind, std::string(row.text(column + 1)), {}};
  if (digest.empty()) return input;
  const std::optional<Digest> read = digest_from_bytes(digest);
  if (!read) return std::nullopt;
  input.digest = *read;
  return input;
}

} // namespace

std::optional<InputSet> members_of(const Store& store, std::string_view stored)
{
  std::vector<InputKey> members;
  if (!decode_members(stored, members)) return std::nullopt;
  InputSet inputs;
  Statement row(store.handle(), "SELECT kind, name, digest FROM inputs WHERE id = ?1");
  for (const InputKey member : members) {
    row.bind(1, static_cast<std::int64_t>(member));
    std::optional<Input> input = row.step() ? input_at(row, 0) : std::nullopt;
    if (!input) return std::nullopt;
    inputs.push_back(std::move(*input));
    row.reset();
  }
  return inputs;
}

std::optional<InputSet> inputs_of_proof(const Store& store, std::string_view test,
                                        const std::optional<Digest>& identity)
{
  Transaction snapshot(store.handle(), Transaction::Kind::read);
  Statement proof(store.handle(), "SELECT e.identity, e.definition, s.members FROM evidence e "
                                  "JOIN tests t ON t.id = e.test JOIN input_sets s ON s.id = e.input_set "
                                  "WHERE t.name = ?1 AND e.verdict = 1 ORDER BY e.at DESC, e.run DESC");
  proof.bind_text(1, test);
  while (proof.step()) {
    if (identity && digest_from_bytes(proof.blob(0)) != identity) continue;
    InputSet inputs;
    if (!proof.is_null(1))
      inputs.push_back({InputKind::definition, std::string(test), digest_from_bytes(proof.blob(1)).value_or(Digest{})});
    const std::optional<InputSet> members = members_of(store, proof.blob(2));
    if (!members) return std::nullopt;
    inputs.insert(inputs.end(), members->begin(), members->end());
    std::sort(inputs.begin(), inputs.end());
    return inputs;
  }
  return std::nullopt;
}

std::vector<ProofUse> uses_of(const Store& store, const std::vector<std::string>& names)
{
  Transaction snapshot(store.handle(), Transaction::Kind::read);
  std::unordered_map<InputKey, Input> named;
  Statement rows(store.handle(), k_named);
  for (const std::string& name : names) {
    rows.bind_text(1, name);
    while (rows.step())
      if (std::optional<Input> input = input_at(rows, 1)) named.emplace(static_cast<InputKey>(rows.integer(0)), *input);
    rows.reset();
  }
  std::vector<ProofUse> uses;
  if (named.empty()) return uses;

  std::unordered_map<SetKey, std::vector<const Input*>> in_sets; // many tests share a set
  Statement sets(store.handle(), "SELECT id, members FROM input_sets");
  std::vector<InputKey> members;
  while (sets.step()) {
    if (!decode_members(sets.blob(1), members)) continue;
    for (const InputKey member : members)
      if (const auto found = named.find(member); found != named.end())
        in_sets[sets.integer(0)].push_back(&found->second);
  }
  Statement proofs(store.handle(), k_newest_proofs);
  while (proofs.step()) {
    const auto found = in_sets.find(proofs.integer(1));
    if (found == in_sets.end()) continue;
    for (const Input* input : found->second) uses.push_back({std::string(proofs.text(0)), *input});
  }
  return uses;
}

} // namespace sluice::cache
