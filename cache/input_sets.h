// Input sets as the store keeps them: every input once, every set once, tests refer to sets. The definition of a test
// differs from test to test while all else is the same for the cases of a program, so it is kept apart from the set
// ("body"): a thousand cases share one body. Knows the tables `inputs` and `input_sets`, nothing of tests or runs.
// The format of the members is in docs/formats/store.md.
#pragma once

#include "cache/hashing.h"
#include "cache/sqlite.h"
#include "model/proof.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::cache {

using InputKey = std::uint32_t; // inputs.id
using SetKey = std::int64_t;    // input_sets.id

// The numbers under which kinds are stored: pinned, whatever the order of the enumeration becomes.
int code_of(InputKind kind);
std::optional<InputKind> kind_of(std::int64_t code); // nullopt: a number that this version does not know

// Ids in ascending order as LEB128 differences.
std::string encode_members(const std::vector<InputKey>& ascending);
// False if the bytes are not such a list; then nothing may be concluded from them.
bool decode_members(std::string_view bytes, std::vector<InputKey>& members);

// What `evidence` keeps of one test's input set.
struct StoredSet {
  Digest identity;
  std::optional<Digest> definition; // the test's own
  SetKey body = 0;
};

// Stores input sets within one transaction. Remembers what it has stored, so that inputs and sets that many tests have
// in common cost one look-up.
class InputSetWriter {
public:
  explicit InputSetWriter(sqlite3* database);
  StoredSet store(const std::string& test, const InputSet& inputs);

private:
  bool is_last_body(const InputSet& inputs, const Input* own) const;
  void take_body(const InputSet& inputs, const Input* own);
  SetKey find_body();
  SetKey add_body();
  InputKey input_key(const Input& input);
  InputKey add_input(const Input& input);

  Statement find_set_;
  Statement add_set_;
  Statement find_input_;
  Statement find_name_;
  Statement mark_first_;
  Statement add_input_;
  sqlite3* database_;
  Sha256 hash_;

  // The last body: neighbours in a catalogue usually have the same.
  std::vector<const Input*> body_; // valid while it is being stored
  std::string encoded_;
  Digest digest_;
  SetKey key_ = 0;
  std::unordered_map<std::string, InputKey> inputs_; // by encoding
};

} // namespace sluice::cache
