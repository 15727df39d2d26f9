// A configuration file as a tree of plain values with positions, and a reader that knows every key it was asked for.
// It does not know TOML (adapters/config makes the tree) nor what the keys mean (the reader of each file does), so
// that sluice.toml and sluice.policy.toml give the same messages for the same mistakes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice {

struct Position {
  int line = 0; // 1-based; 0 where the file has no such place
  int column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

struct ConfigNode;
struct ConfigEntry;
using ConfigArray = std::vector<ConfigNode>;

struct ConfigTable {
  std::vector<ConfigEntry> entries; // in file order
};

struct ConfigNode {
  Position position;
  // bool, integer, float, string (dates are given as their text), array, table
  std::variant<bool, std::int64_t, double, std::string, ConfigArray, ConfigTable> value;
};

struct ConfigEntry {
  std::string key;
  ConfigNode node;
};

// Reads one table. Every accessor marks its key as known; finish() throws for keys that nobody asked for, naming the
// key, its line and the nearest known one. All throw Error{configuration} as "FILE:LINE: what".
class TableReader {
public:
  TableReader(std::string file, const ConfigNode& node, std::string where);

  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<std::string> string(std::string_view key);
  std::vector<std::string> strings(std::string_view key); // an array of strings; a single string counts as one
  std::optional<std::chrono::milliseconds> duration(std::string_view key); // "250ms", "90s", "5m", "1h"
  // One of `allowed`; anything else names the nearest.
  std::optional<std::string> one_of(std::string_view key, const std::vector<std::string_view>& allowed);
  // The value as it stands, for keys that allow several types; nullptr when absent.
  const ConfigNode* value(std::string_view key);
  // A nested table; nullptr when absent.
  const ConfigNode* table(std::string_view key);
  // Every table of an array of tables, in order; empty when absent.
  std::vector<const ConfigNode*> tables(std::string_view key);

  std::string required_string(std::string_view key);
  bool has(std::string_view key) const;
  Position position(std::string_view key) const;
  void finish() const;

  [[noreturn]] void fail(Position at, const std::string& what, const std::string& next = {}) const;

private:
  [[noreturn]] void fail_type(std::string_view key, const ConfigNode& node, std::string_view wanted) const;

  std::string file_;
  const ConfigTable* table_ = nullptr;
  Position position_;
  std::string where_; // "[build]", for messages
  std::vector<std::string> known_;
};

// The candidate with the smallest edit distance to `word` (Damerau-Levenshtein, ASCII case ignored), if that is at most
// a third of the word's length or 1; empty otherwise. The first of equals.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

} // namespace sluice
