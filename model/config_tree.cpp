#include "model/config_tree.h"

#include "model/error.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {

namespace {

std::string quoted(std::string_view text)
{
  return '"' + std::string(text) + '"';
}

// What a value is, in the words of the file format.
std::string_view kind_of(const ConfigNode& node)
{
  constexpr std::array<std::string_view, 6> k_kinds{"a boolean", "a whole number", "a decimal number",
                                                    "a string",  "an array",       "a table"};
  return k_kinds[node.value.index()];
}

const ConfigNode* find_entry(const ConfigTable& table, std::string_view key)
{
  for (const auto& [name, node] : table.entries)
    if (name == key) return &node;
  return nullptr;
}

char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Damerau-Levenshtein distance (optimal string alignment), ASCII case ignored: two rows back are enough for swaps.
std::size_t edit_distance(std::string_view a, std::string_view b)
{
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                         const std::string& otherwise)
{
  const std::string meant = nearest(word, candidates);
  if (!meant.empty()) return "did you mean " + quoted(meant) + "?";
  std::string list;
  for (const std::string& candidate : candidates) list += (list.empty() ? "" : ", ") + candidate;
  return otherwise + list;
}

struct DurationUnit {
  std::string_view name;
  std::int64_t millis;
};
constexpr std::array<DurationUnit, 4> k_duration_units{{{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::int64_t k_longest_millis = std::int64_t{366} * 24 * 3'600'000;

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text)
{
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 12) return std::nullopt;
  std::int64_t count = 0;
  for (const char c : text.substr(0, digits)) count = count * 10 + (c - '0');
  for (const DurationUnit& unit : k_duration_units) {
    if (unit.name != text.substr(digits)) continue;
    if (count > k_longest_millis / unit.millis) return std::nullopt;
    return std::chrono::milliseconds(count * unit.millis);
  }
  return std::nullopt;
}

} // namespace

TableReader::TableReader(std::string file, const ConfigNode& node, std::string where)
  : file_(std::move(file)), table_(std::get_if<ConfigTable>(&node.value)), position_(node.position),
    where_(std::move(where))
{
  if (!table_) fail(position_, where_ + " must be a table, not " + std::string(kind_of(node)));
}

const ConfigNode* TableReader::value(std::string_view key)
{
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return find_entry(*table_, key);
}

bool TableReader::has(std::string_view key) const
{
  return find_entry(*table_, key) != nullptr;
}

Position TableReader::position(std::string_view key) const
{
  const ConfigNode* node = find_entry(*table_, key);
  return node ? node->position : position_;
}

void TableReader::fail(Position at, const std::string& what, const std::string& next) const
{
  const std::string place = at.line > 0 ? file_ + ":" + std::to_string(at.line) : file_;
  throw Error(ErrorKind::configuration, place + ": " + what, next);
}

void TableReader::fail_type(std::string_view key, const ConfigNode& node, std::string_view wanted) const
{
  fail(node.position,
       quoted(key) + " in " + where_ + " must be " + std::string(wanted) + ", not " + std::string(kind_of(node)));
}

std::optional<bool> TableReader::boolean(std::string_view key)
{
  const ConfigNode* node = value(key);
  if (!node) return std::nullopt;
  if (const bool* flag = std::get_if<bool>(&node->value)) return *flag;
  fail_type(key, *node, "true or false");
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t least, std::int64_t most)
{
  const ConfigNode* node = value(key);
  if (!node) return std::nullopt;
  const auto* number = std::get_if<std::int64_t>(&node->value);
  if (!number) fail_type(key, *node, "a whole number");
  if (*number < least || *number > most)
    fail(node->position, quoted(key) + " in " + where_ + " must be from " + std::to_string(least) + " to " +
                           std::to_string(most) + ", not " + std::to_string(*number));
  return *number;
}

std::optional<std::string> TableReader::string(std::string_view key)
{
  const ConfigNode* node = value(key);
  if (!node) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&node->value)) return *text;
  fail_type(key, *node, "a string");
}

std::vector<std::string> TableReader::strings(std::string_view key)
{
  const ConfigNode* node = value(key);
  if (!node) return {};
  if (const auto* single = std::get_if<std::string>(&node->value)) return {*single};
  const auto* array = std::get_if<ConfigArray>(&node->value);
  if (!array) fail_type(key, *node, "an array of strings");
  std::vector<std::string> texts;
  texts.reserve(array->size());
  for (const ConfigNode& element : *array) {
    const auto* text = std::get_if<std::string>(&element.value);
    if (!text) fail_type(key, element, "an array of strings, each element a string");
    texts.push_back(*text);
  }
  return texts;
}

std::optional<std::chrono::milliseconds> TableReader::duration(std::string_view key)
{
  constexpr const char* k_next =
    "write a whole number and a unit, at most 366 days: \"250ms\", \"90s\", \"5m\", \"1h\"";
  const ConfigNode* node = value(key);
  if (!node) return std::nullopt;
  const auto* text = std::get_if<std::string>(&node->value);
  if (!text)
    fail(node->position,
         quoted(key) + " in " + where_ + " must be a duration in quotes, not " + std::string(kind_of(*node)), k_next);
  const auto parsed = parse_duration(*text);
  if (!parsed) fail(node->position, quoted(*text) + " is no duration for " + quoted(key) + " in " + where_, k_next);
  return parsed;
}

std::optional<std::string> TableReader::one_of(std::string_view key, const std::vector<std::string_view>& allowed)
{
  const auto word = string(key);
  if (!word || std::find(allowed.begin(), allowed.end(), *word) != allowed.end()) return word;
  fail(position(key), quoted(*word) + " is no value for " + quoted(key) + " in " + where_,
       did_you_mean(*word, {allowed.begin(), allowed.end()}, "choose one of: "));
}

const ConfigNode* TableReader::table(std::string_view key)
{
  const ConfigNode* node = value(key);
  if (node && !std::holds_alternative<ConfigTable>(node->value)) fail_type(key, *node, "a table");
  return node;
}

std::vector<const ConfigNode*> TableReader::tables(std::string_view key)
{
  const ConfigNode* node = value(key);
  if (!node) return {};
  const std::string next = "begin each with [[" + std::string(key) + "]]";
  const auto* array = std::get_if<ConfigArray>(&node->value);
  if (!array)
    fail(node->position, quoted(key) + " must be an array of tables, not " + std::string(kind_of(*node)), next);
  std::vector<const ConfigNode*> result;
  result.reserve(array->size());
  for (const ConfigNode& element : *array) {
    if (!std::holds_alternative<ConfigTable>(element.value))
      fail(element.position, quoted(key) + " must hold tables only, not " + std::string(kind_of(element)), next);
    result.push_back(&element);
  }
  return result;
}

std::string TableReader::required_string(std::string_view key)
{
  auto text = string(key);
  if (!text || text->empty()) fail(position(key), where_ + " needs " + quoted(key) + (text ? ", which is empty" : ""));
  return *std::move(text);
}

void TableReader::finish() const
{
  for (const auto& [key, node] : table_->entries) {
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    fail(node.position, "unknown key " + quoted(key) + " in " + where_, did_you_mean(key, known_, "known keys: "));
  }
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates)
{
  const std::size_t enough = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best = enough + 1;
  const std::string* found = nullptr;
  for (const std::string& candidate : candidates) {
    // The lengths alone may rule a candidate out; this also bounds the work on a hostile key.
    const std::size_t shorter = std::min(word.size(), candidate.size());
    if (std::max(word.size(), candidate.size()) - shorter > enough) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best) continue;
    best = distance;
    found = &candidate;
  }
  return found ? *found : std::string{};
}

} // namespace sluice
