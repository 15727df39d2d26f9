#include "policy/ai_notes.h"

#include "policy/message_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace sluice::policy {

namespace {

constexpr std::size_t k_largest = 4 << 20; // bytes of a note that are looked at
constexpr std::size_t k_most_lines = 20;   // of evidence

struct Attested {
  std::string file, key, ranges;
};

struct Note {
  std::vector<Attested> attested;
  nlohmann::json json; // an object, or nothing
};

std::optional<Note> parse(std::string_view text)
{
  Note note;
  std::string file;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line == "---" || line == "---\r") {
      note.json = nlohmann::json::parse(at <= text.size() ? text.substr(at) : "", nullptr, false);
      if (!note.json.is_object()) return std::nullopt;
      return note;
    }
    const std::string_view word = trimmed(line);
    if (word.empty()) continue;
    if (!line.starts_with(' ')) {
      file = std::string(word);
      continue;
    }
    const std::size_t blank = word.find(' ');
    if (blank == std::string_view::npos || file.empty()) return std::nullopt;
    note.attested.push_back({file, std::string(word.substr(0, blank)), std::string(trimmed(word.substr(blank)))});
  }
  return std::nullopt; // without its divider the note was cut short
}

bool is_hexadecimal(std::string_view text)
{
  return !text.empty() && text.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

std::string text_of(const nlohmann::json& object, const char* key)
{
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

// The session or prompt that a key stands for.
const nlohmann::json* entry_of(const nlohmann::json& note, const char* map, const std::string& key)
{
  const auto entries = note.find(map);
  if (entries == note.end() || !entries->is_object()) return nullptr;
  const auto found = entries->find(key);
  return found == entries->end() || !found->is_object() ? nullptr : &*found;
}

std::string tool_of(const nlohmann::json& entry)
{
  const auto agent = entry.find("agent_id");
  return agent == entry.end() ? std::string{} : text_of(*agent, "tool");
}

std::string title(std::string tool)
{
  static constexpr std::pair<std::string_view, std::string_view> k_titles[] = {
    {"claude", "Claude Code"}, {"droid", "Factory Droid"},   {"cursor", "Cursor"},
    {"codex", "Codex"},        {"gemini", "Gemini CLI"},     {"opencode", "OpenCode"},
    {"devin", "Devin"},        {"continue-cli", "Continue"}, {"amp", "Amp"},
    {"windsurf", "Windsurf"},  {"junie", "Junie"},           {"github-copilot", "Copilot"}};
  for (const auto& [word, name] : k_titles)
    if (word == tool) return std::string(name);
  return printable(tool);
}

void weigh(const Attested& line, const nlohmann::json& note, AuthorshipClaim& claim)
{
  if (claim.evidence.size() >= k_most_lines) return;
  const std::string place = "git-ai note " + line.file + " " + line.ranges;
  const auto weak = [&](const std::string& why) {
    claim.evidence.push_back({EvidenceGrade::weak, printable(place + ": " + line.key + " (weak: " + why + ")")});
  };
  if (line.key.starts_with("h_")) return weak("attested as a person's");
  const bool is_session = line.key.starts_with("s_");
  if (!is_session && !is_hexadecimal(line.key)) return weak("a key of no known kind");
  const std::string key = line.key.substr(0, line.key.find("::"));
  const nlohmann::json* entry = entry_of(note, is_session ? "sessions" : "prompts", key);
  if (!entry) return weak("the key resolves to nothing");
  const std::string tool = tool_of(*entry);
  if (tool.empty()) return weak("the entry names no tool");
  if (tool.starts_with("mock")) return weak("the tool is a test double");
  claim.evidence.push_back({EvidenceGrade::resolved_note, printable(place + ": " + tool)});
  claim.authorship = Authorship::ai;
  if (claim.tool.empty()) claim.tool = title(tool);
}

AuthorshipClaim weak_claim(const char* why)
{
  return {Authorship::undeclared, "", {{EvidenceGrade::weak, std::string("git-ai note (weak: ") + why + ")"}}};
}

} // namespace

AuthorshipClaim read_ai_note(std::string_view text)
{
  if (text.size() > k_largest) return weak_claim("too large to be read");
  const auto note = parse(text);
  if (!note) return weak_claim("it cannot be read");
  if (note->attested.empty()) return weak_claim("it attests no line");
  AuthorshipClaim claim;
  for (const Attested& line : note->attested) weigh(line, note->json, claim);
  return claim;
}

} // namespace sluice::policy
