#include "policy/trailer.h"

#include "policy/message_text.h"

#include <algorithm>

namespace sluice::policy {

namespace {

constexpr std::size_t k_longest_key = 40;
constexpr std::size_t k_longest_segment = 1'024; // of a line, behind a comma or bracket
constexpr std::size_t k_most_segments = 1'000;

bool is_key_character(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ' ' ||
         c == '\t' || c == '_' || c == '*' || c == '`';
}

// "**Assisted By**" -> "assisted-by"; empty for what cannot be a key. Only what stands behind the last character that a
// key cannot have counts, so that "<!-- <p>Assisted-by" hides nothing.
std::string normal_key(std::string_view text)
{
  const auto junk = std::find_if_not(text.rbegin(), text.rend(), is_key_character);
  text = bare(text.substr(static_cast<std::size_t>(text.rend() - junk)));
  if (text.size() > k_longest_key) return {};
  std::string key;
  for (const char c : trimmed(text)) {
    if (c == '*' || c == '`') continue;
    const bool joins = c == ' ' || c == '_' || c == '\t' || c == '-';
    if (!joins) key += c;
    else if (!key.ends_with('-')) key += '-';
  }
  while (!key.empty() && key.back() == '-') key.pop_back();
  return lower_case(key);
}

std::string_view without(std::string_view text, std::string_view characters)
{
  const std::size_t first = text.find_first_not_of(characters);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(characters) - first + 1);
}

// "Name <address>", "Name address@host", or a name alone.
void split_identity(Trailer& trailer)
{
  const std::string_view value = trailer.value;
  const std::size_t open = value.rfind('<');
  std::string_view address;
  if (open != std::string_view::npos) {
    address = value.substr(open + 1, value.find('>', open) - open - 1);
  } else if (const std::size_t blank = value.find_last_of(" \t("); value.find('@') != std::string_view::npos) {
    address = value.substr(blank == std::string_view::npos ? 0 : blank + 1);
  }
  address = without(address, " \t()\"'");
  // What stands in brackets without '@' is a remark, not an address.
  if (address.find('@') == std::string_view::npos) address = {};
  trailer.address = lower_case(address);
  const std::size_t end = open != std::string_view::npos ? open
                          : address.empty()              ? value.size()
                                                         : static_cast<std::size_t>(address.data() - value.data());
  trailer.name = std::string(without(value.substr(0, end), " \t(\"'"));
}

bool ends_address(char c)
{
  return std::string_view(" \t<>()\"',;").find(c) != std::string_view::npos;
}

Trailer make(std::string key, std::string_view value)
{
  Trailer trailer;
  trailer.key = std::move(key);
  trailer.value = std::string(without(value, " \t*\"'`"));
  split_identity(trailer);
  return trailer;
}

// A line that names several people is one trailer for each; the one that it would be with git comes last.
void add(const std::string& key, std::string_view value, std::vector<Trailer>& trailers)
{
  Trailer whole = make(key, value);
  std::size_t from = 0;
  for (std::size_t at = value.find('@'); at != std::string_view::npos; at = value.find('@', at + 1)) {
    std::size_t begin = at, end = at;
    while (begin > from && !ends_address(value[begin - 1])) --begin;
    while (end < value.size() && !ends_address(value[end])) ++end;
    Trailer one;
    one.key = key;
    one.name = std::string(without(value.substr(from, begin - from), " \t<>()\"',;&"));
    one.address = lower_case(value.substr(begin, end - begin));
    one.value = one.name + " <" + one.address + ">";
    if (one.address != whole.address) trailers.push_back(std::move(one));
    at = from = end;
    if (end == value.size()) break;
  }
  trailers.push_back(std::move(whole));
}

bool may_continue(std::string_view next)
{
  return !next.empty() && (next.front() == ' ' || next.front() == '\t') && !trimmed(next).empty() &&
         next.find(':') == std::string_view::npos;
}

void parse_segment(std::string_view segment, const std::vector<std::string_view>& keys, std::vector<Trailer>& trailers)
{
  segment = bare(segment);
  if (const std::size_t colon = segment.find(':'); colon != std::string_view::npos) {
    if (std::string key = normal_key(segment.substr(0, colon)); !key.empty())
      add(key, segment.substr(colon + 1), trailers);
    return;
  }
  const std::string lower = lower_case(segment.substr(0, 2 * k_longest_key));
  for (const std::string_view key : keys)
    if (key.ends_with("-by") && lower.starts_with(key) && lower.size() > key.size() && lower[key.size()] == ' ')
      add(std::string(key), segment.substr(key.size()), trailers);
}

// What begins behind ',', ';' or '(' and ends before the next of ",;)". A row of brackets makes each segment as long as
// the rest of the line: who wants hours of our time writes one, so they have an end, and the last ones count.
std::vector<std::string_view> segments_of(std::string_view line)
{
  std::vector<std::string_view> segments;
  std::size_t end = line.size();
  for (std::size_t at = line.size(); at-- > 0 && segments.size() < k_most_segments;) {
    const char c = line[at];
    const bool separates = c == ',' || c == ';';
    if (separates || c == '(') segments.push_back(line.substr(at + 1, std::min(end - at - 1, k_longest_segment)));
    if (separates || c == ')') end = at;
  }
  std::reverse(segments.begin(), segments.end());
  return segments;
}

} // namespace

std::string_view bare(std::string_view line)
{
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return trimmed(
    line.substr(static_cast<std::size_t>(std::find_if(line.begin(), line.end(), is_letter) - line.begin())));
}

std::vector<Trailer> parse_trailers(std::string_view line, std::string_view next_line,
                                    const std::vector<std::string_view>& keys)
{
  std::vector<Trailer> trailers;
  parse_segment(line, keys, trailers);
  if (!trailers.empty() && trailers.back().address.empty() && may_continue(next_line)) {
    const Trailer first = trailers.back();
    trailers.push_back(make(first.key, first.value + " " + std::string(trimmed(next_line))));
  }
  // A disclosure at the end of a sentence: "..., assisted by: claude-code".
  for (const std::string_view segment : segments_of(line)) parse_segment(segment, keys, trailers);
  return trailers;
}

} // namespace sluice::policy
