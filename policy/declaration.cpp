#include "policy/declaration.h"

#include "policy/authorship.h"
#include "policy/message_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

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

// At line ends alone: a backslash and an n that somebody typed end no line here.
std::vector<std::string_view> raw_lines(std::string_view text)
{
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

Authorship authorship_in(std::string_view message)
{
  ChangeSet change;
  change.commits.emplace_back().message = std::string(message);
  return classify(change).front().authorship;
}

// "Key: value", a continuation, or what git itself adds.
bool is_trailer_line(std::string_view line)
{
  if (line.starts_with(' ') || line.starts_with('\t') || line.starts_with("(cherry picked from ")) return true;
  const std::size_t end = std::min(line.find(':'), line.size());
  const std::string_view key = line.substr(0, end);
  return end < line.size() && !key.empty() &&
         std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
}

bool is_human_line(std::string_view line)
{
  const std::string lower = lower_case(line);
  constexpr std::string_view k_key = "authorship:";
  return lower.starts_with(k_key) && trimmed(std::string_view(lower).substr(k_key.size())) == "human";
}

// What a platform makes of several commits: each is a bullet, and their trailers stand among them.
bool is_squash_of_undeclared(const std::vector<std::string_view>& lines)
{
  const bool has_number = lines.front().ends_with(')') && lines.front().find("(#") != std::string_view::npos;
  const auto count = [&](auto is) { return std::count_if(lines.begin() + 1, lines.end(), is); };
  const auto parts = count([](std::string_view line) { return line.starts_with("* "); });
  return has_number && parts > 1 && count(is_human_line) < parts;
}

} // namespace

bool declares_human(std::string_view message)
{
  std::vector<std::string_view> lines = raw_lines(message);
  while (!lines.empty() && trimmed(lines.back()).empty()) lines.pop_back();
  const auto is_blank = [](std::string_view line) { return trimmed(line).empty(); };
  const auto before = std::find_if(lines.rbegin(), lines.rend(), is_blank);
  if (before == lines.rend() || is_squash_of_undeclared(lines)) return false;
  return std::any_of(before.base(), lines.end(), is_human_line) &&
         std::all_of(before.base(), lines.end(), is_trailer_line);
}

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
  return authorship_in(message) != Authorship::undeclared;
}

bool names_a_tool(std::string_view message)
{
  const Authorship said = authorship_in(message);
  return said == Authorship::ai || said == Authorship::ai_assisted;
}

std::string without_comments(std::string_view message, char comment)
{
  const std::string scissors = std::string(1, comment) + " ------------------------ >8 ------------------------";
  std::string kept;
  for (const std::string_view line : raw_lines(message)) {
    if (line.starts_with(scissors)) break;
    if (!line.starts_with(comment)) kept.append(line).append("\n");
  }
  return kept;
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
