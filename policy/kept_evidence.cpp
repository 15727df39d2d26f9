#include "policy/kept_evidence.h"

#include "policy/dsse.h"
#include "policy/evidence.h"
#include "policy/json_text.h"
#include "policy/message_text.h"

#include <algorithm>
#include <set>
#include <vector>

namespace sluice::policy {

namespace {

// Below what verify_evidence() reads, so that a run's own two always find room.
constexpr std::size_t k_most_envelopes = 100;
constexpr std::size_t k_most_bytes = 12 << 20;

struct Line {
  std::string_view text;
  std::string run, judged; // judged: against what, and by whose rules
};

// Of two equal lines the first is enough.
std::vector<Line> lines_of(std::string_view bundle, std::set<std::string_view>& seen)
{
  const auto anybody = [](std::string_view, std::string_view, std::string_view) { return true; };
  std::vector<Line> lines;
  for (std::size_t at = 0; at < bundle.size();) {
    const std::size_t end = std::min(bundle.find('\n', at), bundle.size());
    const std::string_view text = trimmed(bundle.substr(at, end - at));
    at = end + 1;
    if (text.empty() || is_nested_too_deep(text) || !seen.insert(text).second) continue;
    const auto opened = open_envelope(text, anybody);
    if (!opened || is_nested_too_deep(opened->payload)) continue;
    if (const auto facts = facts_of(opened->payload))
      lines.push_back({text, facts->run, facts->base + " " + facts->tip});
  }
  return lines;
}

// The run that is missed least: the oldest that was repeated, or else the oldest.
std::string dispensable(const std::vector<Line>& lines, const std::vector<Line>& added)
{
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    const auto repeats = [&](const Line& later) { return later.judged == line->judged && later.run != line->run; };
    if (std::any_of(line, lines.end(), repeats) || std::any_of(added.begin(), added.end(), repeats)) return line->run;
  }
  return lines.front().run;
}

} // namespace

std::string with_kept_evidence(std::string_view kept, const std::string& added)
{
  std::set<std::string_view> seen;
  const std::vector<Line> own = lines_of(added, seen);
  std::vector<Line> lines = lines_of(kept, seen);
  const auto is_too_much = [&] {
    std::size_t bytes = added.size();
    for (const Line& line : lines) bytes += line.text.size() + 1;
    return bytes > k_most_bytes || lines.size() + own.size() > k_most_envelopes;
  };
  while (!lines.empty() && is_too_much()) {
    const std::string run = dispensable(lines, own);
    std::erase_if(lines, [&](const Line& line) { return line.run == run; });
  }
  std::string whole;
  for (const Line& line : lines) whole.append(line.text).append("\n");
  return whole + added;
}

} // namespace sluice::policy
