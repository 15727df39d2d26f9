#include "adapters/facts/ninja_manifest.h"

#include <algorithm>

namespace sluice::facts {

namespace {

// Longer than any command line the system would start with its files of arguments.
constexpr std::size_t k_longest_value = 64u << 20;
constexpr std::size_t k_deepest_expansion = 64;
// A variable that names the next one twice, and so on, doubles the work at each level without any text.
constexpr std::size_t k_most_steps = 1'000'000;

bool shell_safe(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_+-./").find(c) != std::string_view::npos;
}

void append_quoted(std::string_view path, std::string& text)
{
  if (std::all_of(path.begin(), path.end(), shell_safe)) {
    text += path;
    return;
  }
  text += '\'';
  for (const char c : path) {
    if (c == '\'') text += "'\\'";
    text += c;
  }
  text += '\'';
}

bool already_canonical(std::string_view path)
{
  if (path.empty() || path.front() == '.' || path.back() == '/') return false;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (slash + 1 < path.size() && (path[slash + 1] == '/' || path[slash + 1] == '.')) return false;
  }
  return true;
}

} // namespace

void canonicalize_ninja_path(std::string& path)
{
  if (path.empty() || already_canonical(path)) return;
  const bool absolute = path.front() == '/';
  std::vector<std::string_view> parts;
  const std::string_view text = path;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t slash = std::min(text.find('/', start), text.size());
    const std::string_view part = text.substr(start, slash - start);
    start = slash + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!absolute) {
      parts.push_back(part);
    }
  }
  std::string result = absolute ? "/" : "";
  for (const std::string_view part : parts) {
    if (!result.empty() && result.back() != '/') result += '/';
    result += part;
  }
  path = result.empty() ? "." : std::move(result);
}

std::span<const NodeId> NinjaManifest::outputs(const BuildStatement& statement) const
{
  return std::span(statement_nodes_)
    .subspan(statement.first_node, statement.explicit_outputs + statement.implicit_outputs);
}

std::span<const NodeId> NinjaManifest::explicit_outputs(const BuildStatement& statement) const
{
  return std::span(statement_nodes_).subspan(statement.first_node, statement.explicit_outputs);
}

std::span<const NodeId> NinjaManifest::all_inputs(const BuildStatement& statement) const
{
  const auto content = content_inputs(statement);
  return {content.data(), content.size() + statement.order_only_inputs};
}

std::span<const NodeId> NinjaManifest::content_inputs(const BuildStatement& statement) const
{
  const std::uint32_t first = statement.first_node + statement.explicit_outputs + statement.implicit_outputs;
  return std::span(statement_nodes_).subspan(first, statement.explicit_inputs + statement.implicit_inputs);
}

std::span<const NodeId> NinjaManifest::explicit_inputs(const BuildStatement& statement) const
{
  return content_inputs(statement).first(statement.explicit_inputs);
}

struct NinjaManifest::Expansion {
  const BuildStatement& statement;
  Quoting quoting;
  std::string& value;
  std::vector<std::string_view> rule_variables; // being expanded now: meeting one again is a circle
  std::size_t steps = 0;
};

bool NinjaManifest::expand(const BuildStatement& statement, std::string_view variable, Quoting quoting,
                           std::string& value) const
{
  value.clear();
  Expansion expansion{statement, quoting, value, {}, 0};
  return expand_variable(expansion, variable);
}

// The order of ninja's own look-up: the statement's bindings (or, without any, its file's variables, which is a quirk
// that generators may rely on), then the rule's, then the enclosing scopes'.
bool NinjaManifest::expand_variable(Expansion& expansion, std::string_view name) const
{
  if (++expansion.steps > k_most_steps) return false;
  const BuildStatement& statement = expansion.statement;
  if (name == "in" || name == "in_newline") {
    append_paths(explicit_inputs(statement), name == "in" ? ' ' : '\n', expansion.quoting, expansion.value);
    return expansion.value.size() <= k_longest_value;
  }
  if (name == "out") {
    append_paths(explicit_outputs(statement), ' ', expansion.quoting, expansion.value);
    return expansion.value.size() <= k_longest_value;
  }
  const std::string_view* own = own_binding(statement, name);
  const Text* text = own ? nullptr : rule_binding(statement, name);
  if (!text) {
    expansion.value += own ? *own : lookup(statement.scope, name);
    return expansion.value.size() <= k_longest_value;
  }
  auto& active = expansion.rule_variables;
  if (active.size() >= k_deepest_expansion || std::find(active.begin(), active.end(), name) != active.end()) {
    return false;
  }
  active.push_back(name);
  for (const TextPiece& piece : *text) {
    if (!piece.variable) expansion.value += piece.text;
    else if (!expand_variable(expansion, piece.text)) return false;
  }
  active.pop_back();
  return expansion.value.size() <= k_longest_value;
}

void NinjaManifest::append_paths(std::span<const NodeId> paths, char separator, Quoting quoting,
                                 std::string& text) const
{
  bool first = true;
  for (const NodeId node : paths) {
    if (!first) text += separator;
    first = false;
    if (quoting == Quoting::shell) append_quoted(nodes[node], text);
    else text += nodes[node];
    if (text.size() > k_longest_value) return;
  }
}

const std::string_view* NinjaManifest::own_binding(const BuildStatement& statement, std::string_view name) const
{
  if (!statement.own_scope) {
    const auto& variables = scopes_[statement.scope].variables;
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : &found->second;
  }
  // The last of two bindings of the same name counts.
  for (std::uint32_t i = statement.bindings; i-- > 0;) {
    const auto& binding = bindings_[statement.first_binding + i];
    if (binding.first == name) return &binding.second;
  }
  return nullptr;
}

const NinjaManifest::Text* NinjaManifest::rule_binding(const BuildStatement& statement, std::string_view name) const
{
  for (const auto& binding : rules_[statement.rule].bindings) {
    if (binding.first == name) return &binding.second;
  }
  return nullptr;
}

std::string_view NinjaManifest::lookup(std::uint32_t scope, std::string_view name) const
{
  for (std::optional<std::uint32_t> current = scope; current; current = scopes_[*current].parent) {
    const auto found = scopes_[*current].variables.find(name);
    if (found != scopes_[*current].variables.end()) return found->second;
  }
  return {};
}

std::string_view NinjaManifest::top_variable(std::string_view name) const
{
  return lookup(0, name);
}

} // namespace sluice::facts
