#include "policy/declaration.h"

#include "policy/authorship.h"
#include "policy/message_text.h"

#include <algorithm>
#include <array>

namespace sluice::policy {

namespace {

struct AgentVariable {
  const char* name;
  std::string_view value; // empty: any
  std::string_view tool;
};

// Documented by the tools, or read by git-ai for the same purpose.
constexpr auto k_variables = std::to_array<AgentVariable>({
  {"CLAUDECODE", "1", "Claude Code"},
  {"CLAUDE_CODE_REMOTE", "true", "Claude Code"},
  {"CURSOR_AGENT", "1", "Cursor"},
  {"CODEX_SANDBOX", "", "Codex"},
  {"CODEX_INTERNAL_ORIGINATOR_OVERRIDE", "codex_web_agent", "Codex"},
  {"GEMINI_CLI", "1", "Gemini CLI"},
});

bool is_value(std::string_view value)
{
  const std::string lower = lower_case(value);
  const std::string_view word = trimmed(std::string_view(lower).substr(0, lower.find('(')));
  return lower == "human" || word == "ai" || word == "ai_assisted";
}

} // namespace

std::string agent_of(const Environment& environment)
{
  for (const AgentVariable& variable : k_variables) {
    const std::string value = environment(variable.name);
    if (!value.empty() && (variable.value.empty() || value == variable.value)) return std::string(variable.tool);
  }
  return {};
}

bool is_declared(std::string_view message)
{
  ChangeSet change;
  change.commits.emplace_back().message = std::string(message);
  return classify(change).front().authorship != Authorship::undeclared;
}

std::optional<std::string> declaration(const Environment& environment)
{
  const std::string agent = agent_of(environment);
  const std::string own = std::string(trimmed(environment("SLUICE_AUTHORSHIP")));
  // What the environment shows outweighs what it says: a variable that claims "human" is set once and forgotten.
  if (!own.empty() && is_value(own) && (agent.empty() || lower_case(own) != "human"))
    return "Authorship: " + printable(own);
  if (!agent.empty()) return "Authorship: ai (" + agent + ")";
  return std::nullopt;
}

std::optional<std::string> declaration_of(std::string_view answer)
{
  const std::string word = lower_case(trimmed(answer));
  if (word == "h" || word == "human") return "Authorship: human";
  if (word == "s" || word == "ai_assisted") return "Authorship: ai_assisted";
  if (word == "a" || word == "ai") return "Authorship: ai";
  return std::nullopt;
}

} // namespace sluice::policy
