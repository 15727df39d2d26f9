#include "adapters/config/toml.h"

#include "model/error.h"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>
#include <toml++/toml.h>
#include <utility>

namespace sluice::config {

namespace {

Position position_of(const toml::source_region& region)
{
  return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

ConfigNode to_node(const toml::node& node);

bool earlier(const Position& a, const Position& b)
{
  return std::pair(a.line, a.column) < std::pair(b.line, b.column);
}

// toml++ sorts a table by name; its source regions bring back the order in which a person wrote it. The key's place
// stands for the entry: that of a [table] made by several headers, or of a dotted key, may be missing.
ConfigTable to_table(const toml::table& table)
{
  ConfigTable result;
  result.entries.reserve(table.size());
  for (const auto& [key, value] : table) {
    ConfigNode node = to_node(value);
    if (const Position at = position_of(key.source()); at.line > 0) node.position = at;
    result.entries.push_back({std::string(key.str()), std::move(node)});
  }
  std::stable_sort(result.entries.begin(), result.entries.end(),
                   [](const auto& a, const auto& b) { return earlier(a.node.position, b.node.position); });
  return result;
}

ConfigArray to_array(const toml::array& array)
{
  ConfigArray result;
  result.reserve(array.size());
  for (const toml::node& element : array) result.push_back(to_node(element));
  return result;
}

template <class Value> std::string text_of(const Value& value)
{
  std::ostringstream out;
  out << value;
  return out.str();
}

ConfigNode to_node(const toml::node& node)
{
  const Position at = position_of(node.source());
  if (const auto* table = node.as_table()) return {at, to_table(*table)};
  if (const auto* array = node.as_array()) return {at, to_array(*array)};
  if (const auto* string = node.as_string()) return {at, string->get()};
  if (const auto* integer = node.as_integer()) return {at, integer->get()};
  if (const auto* number = node.as_floating_point()) return {at, number->get()};
  if (const auto* boolean = node.as_boolean()) return {at, boolean->get()};
  if (const auto* date = node.as_date()) return {at, text_of(date->get())};
  if (const auto* time = node.as_time()) return {at, text_of(time->get())};
  return {at, text_of(node.as_date_time()->get())};
}

// The parser bounds the nesting of values, and not the parts of a dotted key, each of which is a table in another: it
// and everything after it would recurse as deep. So they are counted before. What stands in strings and comments does
// not count; where the text is no TOML the parser finds that out by itself.
class DottedKeys {
public:
  DottedKeys(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  // Throws Error{configuration} at the first key that has too many parts.
  void check()
  {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c == '"' || c == '\'') skip_string(c);
      else if (c == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      else {
        if (std::string_view("\n=,[]{}").find(c) != std::string_view::npos) dots_ = 0;
        if (c == '.' && ++dots_ > k_most_dots) fail();
        ++at_;
      }
    }
  }

private:
  static constexpr int k_most_dots = 16; // no key that Sluice knows has more than two

  void skip_string(char quote)
  {
    const std::string three(3, quote);
    const bool many_lines = text_.substr(at_, 3) == three;
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '\n') {
        if (!many_lines) return; // no TOML
        ++line_;
      }
      const bool ends = many_lines ? text_.substr(at_, 3) == three : text_[at_] == quote;
      if (ends) {
        at_ += many_lines ? 3 : 1;
        return;
      }
      at_ += quote == '"' && text_[at_] == '\\' && text_.substr(at_ + 1, 1) != "\n" ? 2 : 1;
    }
  }

  [[noreturn]] void fail() const
  {
    throw Error(ErrorKind::configuration,
                fmt::format("{}:{}: a key with more than {} parts", file_, line_, k_most_dots),
                "write it as a table: [name]");
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  int line_ = 1;
  int dots_ = 0;
};

constexpr std::size_t k_longest_text = 16 << 20;

} // namespace

ConfigNode parse_toml(std::string_view text, const std::string& file)
{
  if (text.size() > k_longest_text)
    throw Error(ErrorKind::configuration, fmt::format("{} is larger than {} MiB", file, k_longest_text >> 20),
                "no configuration is: look what came to stand in it");
  DottedKeys(text, file).check();
  try {
    ConfigNode root = to_node(toml::parse(text, file));
    root.position = {};
    return root;
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    throw Error(ErrorKind::configuration, fmt::format("{}:{}:{}: {}", file, at.line, at.column, error.description()),
                "the file must be TOML 1.0 (https://toml.io/en/v1.0.0)");
  }
}

} // namespace sluice::config
