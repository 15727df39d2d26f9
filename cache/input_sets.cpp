#include "cache/input_sets.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::cache {

namespace {

constexpr std::array k_kinds{
  InputKind::definition,    InputKind::loaded,        InputKind::content,    InputKind::unknown_files,
  InputKind::whole_tree,    InputKind::configuration, InputKind::configured, InputKind::environment,
  InputKind::matched_files, InputKind::loose_outputs, InputKind::entry,      InputKind::listing,
};

void append_number(std::string& out, std::uint64_t value)
{
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

// Kind, name and digest, each of known length: two different inputs never have the same encoding.
void append_input(std::string& out, const Input& input)
{
  out += static_cast<char>(code_of(input.kind));
  append_number(out, input.name.size());
  out += input.name;
  out += static_cast<char>(input.digest.size);
  out += input.digest.view();
}

bool skip_text(std::string_view& encoded, std::string_view text)
{
  if (!encoded.starts_with(text)) return false;
  encoded.remove_prefix(text.size());
  return true;
}

// Takes `input` off the front of `encoded`; false if something else stands there.
bool skip_input(std::string_view& encoded, const Input& input)
{
  std::string size(1, static_cast<char>(code_of(input.kind)));
  append_number(size, input.name.size());
  const char digest_size = static_cast<char>(input.digest.size);
  return skip_text(encoded, size) && skip_text(encoded, input.name) && skip_text(encoded, {&digest_size, 1}) &&
         skip_text(encoded, input.digest.view());
}

} // namespace

int code_of(InputKind kind)
{
  switch (kind) { // without a default, so that the compiler asks for the number of a new kind
  case InputKind::definition:
    return 0;
  case InputKind::loaded:
    return 1;
  case InputKind::content:
    return 2;
  case InputKind::unknown_files:
    return 3;
  case InputKind::whole_tree:
    return 4;
  case InputKind::configuration:
    return 5;
  case InputKind::configured:
    return 6;
  case InputKind::environment:
    return 7;
  case InputKind::matched_files:
    return 8;
  case InputKind::loose_outputs:
    return 9;
  case InputKind::entry:
    return 10;
  case InputKind::listing:
    return 11;
  }
  return 255; // no kind has it: what is stored under it never holds
}

std::optional<InputKind> kind_of(std::int64_t code)
{
  for (const InputKind kind : k_kinds)
    if (code_of(kind) == code) return kind;
  return std::nullopt;
}

std::string encode_members(const std::vector<InputKey>& ascending)
{
  std::string bytes;
  bytes.reserve(ascending.size() * 2);
  InputKey previous = 0;
  for (const InputKey key : ascending) {
    append_number(bytes, key - previous);
    previous = key;
  }
  return bytes;
}

bool decode_members(std::string_view bytes, std::vector<InputKey>& members)
{
  members.clear();
  std::uint64_t key = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t difference = 0;
    int shift = 0;
    unsigned char byte = 0;
    do {
      if (at == bytes.size() || shift > 28) return false;
      byte = static_cast<unsigned char>(bytes[at++]);
      difference |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    key += difference;
    // Ids begin at 1 and none comes twice, so a difference of nothing is damage.
    if (difference == 0 || key > UINT32_MAX) return false;
    members.push_back(static_cast<InputKey>(key));
  }
  return true;
}

InputSetWriter::InputSetWriter(sqlite3* database)
  : find_set_(database, "SELECT id FROM input_sets WHERE digest = ?1"),
    add_set_(database, "INSERT INTO input_sets (digest, members) VALUES (?1, ?2)"),
    find_input_(database, "SELECT id FROM inputs WHERE name = ?1 AND kind = ?2 AND digest = ?3"),
    find_name_(database, "SELECT id, versions_of FROM inputs WHERE name = ?1 AND kind = ?2 LIMIT 1"),
    mark_first_(database, "UPDATE inputs SET versions_of = id WHERE id = ?1"),
    add_input_(database, "INSERT INTO inputs (name, kind, digest, versions_of) VALUES (?1, ?2, ?3, ?4)"),
    database_(database)
{
}

StoredSet InputSetWriter::store(const std::string& test, const InputSet& inputs)
{
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const Input& input) {
    return input.kind == InputKind::definition && input.name == test;
  });
  const Input* own = found == inputs.end() ? nullptr : &*found;
  if (key_ == 0 || !is_last_body(inputs, own)) {
    take_body(inputs, own);
    key_ = find_body();
    if (key_ == 0) key_ = add_body();
  }
  StoredSet set;
  set.body = key_;
  if (own) {
    set.definition = own->digest;
    hash_.add_field(own->digest.view());
  }
  hash_.add_field(digest_.view());
  set.identity = hash_.finish();
  return set;
}

bool InputSetWriter::is_last_body(const InputSet& inputs, const Input* own) const
{
  std::string_view rest = encoded_;
  for (const Input& input : inputs)
    if (&input != own && !skip_input(rest, input)) return false;
  return rest.empty();
}

void InputSetWriter::take_body(const InputSet& inputs, const Input* own)
{
  body_.clear();
  for (const Input& input : inputs)
    if (&input != own) body_.push_back(&input);
  const auto by_value = [](const Input* left, const Input* right) { return *left < *right; };
  if (!std::is_sorted(body_.begin(), body_.end(), by_value)) std::sort(body_.begin(), body_.end(), by_value);
  encoded_.clear();
  for (const Input* input : body_) append_input(encoded_, *input);
  hash_.add(encoded_);
  digest_ = hash_.finish();
}

SetKey InputSetWriter::find_body()
{
  const SetKey key = find_set_.bind_blob(1, digest_.view()).step() ? find_set_.integer(0) : 0;
  find_set_.reset();
  return key;
}

SetKey InputSetWriter::add_body()
{
  std::vector<InputKey> members;
  members.reserve(body_.size());
  for (const Input* input : body_) members.push_back(input_key(*input));
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
  const std::string bytes = encode_members(members);
  add_set_.bind_blob(1, digest_.view()).bind_blob(2, bytes).run();
  return sqlite3_last_insert_rowid(database_);
}

InputKey InputSetWriter::input_key(const Input& input)
{
  std::string encoded;
  append_input(encoded, input);
  const auto [at, fresh] = inputs_.try_emplace(std::move(encoded), 0);
  if (!fresh) return at->second;
  find_input_.bind_text(1, input.name).bind(2, code_of(input.kind)).bind_blob(3, input.digest.view());
  if (find_input_.step()) at->second = static_cast<InputKey>(find_input_.integer(0));
  find_input_.reset();
  if (at->second == 0) at->second = add_input(input);
  return at->second;
}

InputKey InputSetWriter::add_input(const Input& input)
{
  std::int64_t first = 0;
  if (find_name_.bind_text(1, input.name).bind(2, code_of(input.kind)).step()) {
    first = find_name_.integer(1);
    if (first == 0) {
      first = find_name_.integer(0);
      mark_first_.bind(1, first).run();
    }
  }
  find_name_.reset();
  add_input_.bind_text(1, input.name).bind(2, code_of(input.kind)).bind_blob(3, input.digest.view());
  add_input_.bind(4, first).run();
  return static_cast<InputKey>(sqlite3_last_insert_rowid(database_));
}

} // namespace sluice::cache
