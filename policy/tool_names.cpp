#include "policy/tool_names.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace sluice::policy {

namespace {

constexpr auto k_tools = std::to_array<std::pair<std::string_view, std::string_view>>({
  {"claude", "Claude"},
  {"claudecode", "Claude"},
  {"copilot", "Copilot"},
  {"codex", "Codex"},
  {"cursor", "Cursor"},
  {"gemini", "Gemini"},
  {"jules", "Jules"},
  {"devin", "Devin"},
  {"aider", "Aider"},
  {"openhands", "OpenHands"},
  {"opendevin", "OpenHands"},
  {"sweep", "Sweep"},
  {"amp", "Amp"},
  {"droid", "Factory Droid"},
  {"junie", "Junie"},
  {"roo", "Roo Code"},
  {"cline", "Cline"},
  {"kiro", "Kiro"},
  {"replit", "Replit"},
  {"lovable", "Lovable"},
  {"windsurf", "Windsurf"},
  {"opencode", "OpenCode"},
  {"chatgpt", "ChatGPT"},
  {"chatgptv", "ChatGPT"},
  {"gpt", "GPT"},
  {"openai", "OpenAI"},
  {"anthropic", "Anthropic"},
  {"qwen", "Qwen"},
  {"deepseek", "DeepSeek"},
  {"grok", "Grok"},
  {"llama", "Llama"},
  {"mistral", "Mistral"},
  {"llm", "LLM"},
  {"ai", "AI"},
  {"chatbot", "chatbot"},
  {"codewhisperer", "Amazon Q"},
  {"openclaude", "OpenClaude"},
  {"sisyphus", "Sisyphus"},
  {"antigravity", "Antigravity"},
});

constexpr auto k_models = std::to_array<std::string_view>(
  {"opus", "sonnet", "haiku", "fable", "flash", "turbo", "gpt", "chatgpt", "chatgptv", "context"});

constexpr auto k_other_words = std::to_array<std::string_view>(
  {"code",   "cli",     "agent",     "assistant", "bot",       "pro",     "mini", "nano", "max",     "preview", "high",
   "medium", "low",     "thinking",  "instant",   "latest",    "m",       "k",    "b",    "o",       "v",       "q",
   "google", "github",  "microsoft", "amazon",    "developer", "factory", "the",  "by",   "powered", "autofix", "chat",
   "app",    "generic", "large",     "language",  "model",     "coder",   "exp",  "agi"});

template <class List> bool contains(const List& list, std::string_view word)
{
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_letter(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

// Runs of letters in lower case, without digits and punctuation. Bytes outside ASCII are letters that no word here has.
std::vector<std::string> words(std::string_view text)
{
  std::vector<std::string> result;
  bool inside = false;
  for (const char c : text) {
    if (is_letter(c)) {
      if (!inside) result.emplace_back();
      result.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    inside = is_letter(c);
  }
  return result;
}

std::string_view tool_of(std::string_view word)
{
  for (const auto& [name, tool] : k_tools)
    if (name == word) return tool;
  return {};
}

// The words that name the tool; values have no common grammar: "TOOL:MODEL", "TOOL (MODEL)", "TOOL/MODEL", "TOOL,
// words".
std::string_view head(std::string_view text)
{
  return text.substr(0, text.find_first_of(":/([,;<"));
}

} // namespace

std::string named_tool(std::string_view text)
{
  constexpr std::size_t k_longest = 80; // longer is a sentence
  const std::string_view name = head(text);
  if (name.size() > k_longest) return {};
  std::string tool;
  bool amazon = false, q = false;
  for (const std::string& word : words(name)) {
    amazon = amazon || word == "amazon";
    q = q || word == "q";
    const std::string_view known = tool_of(word);
    if (known.empty() && !contains(k_other_words, word) && !contains(k_models, word)) return {};
    if (tool.empty()) tool = known;
  }
  return tool.empty() && amazon && q ? "Amazon Q" : tool;
}

bool carries_model(std::string_view name)
{
  if (named_tool(name).empty()) return false;
  const std::vector<std::string> all = words(head(name));
  return std::any_of(name.begin(), name.end(), is_digit) ||
         std::any_of(all.begin(), all.end(), [](const std::string& word) { return contains(k_models, word); });
}

} // namespace sluice::policy
