#include "reports/workflow_commands.h"

#include <algorithm>

namespace sluice::reports {

namespace {

constexpr std::string_view k_break = "\xE2\x80\x8B"; // U+200B: no white space for .NET's TrimStart, no width for people

bool is_word(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "##[" (GitHub, Azure), "##vso[" (Azure), "##teamcity[".
bool opens_command(std::string_view text)
{
  if (!text.starts_with("##")) return false;
  text.remove_prefix(2);
  const auto end = std::find_if_not(text.begin(), text.end(), is_word);
  return end != text.end() && *end == '[';
}

// Where "::" stands, if nothing but white space and control sequences of colour comes before it in the line.
std::size_t leading_colons(std::string_view line)
{
  std::size_t at = 0;
  while (at < line.size()) {
    const auto c = static_cast<unsigned char>(line[at]);
    if (c == 0x1B) {
      const std::size_t end = line.find('m', at);
      if (end == std::string_view::npos) break;
      at = end + 1;
    } else if (c <= 0x20) {
      ++at;
    } else if (line.substr(at).starts_with("\xC2\xA0") || line.substr(at).starts_with("\xC2\x85")) {
      at += 2;
    } else if (line.substr(at).starts_with("\xE2\x80") || line.substr(at).starts_with("\xE3\x80") ||
               line.substr(at).starts_with("\xE1\x9A") || line.substr(at).starts_with("\xE2\x81")) {
      at += 3; // Unicode's blanks are among these; more than enough is harmless
    } else {
      break;
    }
  }
  return line.substr(std::min(at, line.size())).starts_with("::") ? at : std::string_view::npos;
}

} // namespace

std::string defuse_workflow_commands(std::string_view lines)
{
  std::string text;
  text.reserve(lines.size());
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1);
    std::string_view line = lines.substr(0, end + 1);
    lines.remove_prefix(end + 1);
    if (const std::size_t colons = leading_colons(line); colons != std::string_view::npos) {
      text.append(line.substr(0, colons + 1)).append(k_break);
      line.remove_prefix(colons + 1);
    }
    for (std::size_t at = 0; at < line.size(); ++at) {
      text += line[at];
      if (line[at] == '#' && opens_command(line.substr(at))) text.append(k_break);
    }
  }
  return text;
}

} // namespace sluice::reports
