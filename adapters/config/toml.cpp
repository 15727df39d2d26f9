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

// The parser bounds the nesting of values, so the recursion is bounded too.
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

} // namespace

ConfigNode parse_toml(std::string_view text, const std::string& file)
{
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
