#include "policy/trailer.h"

#include "policy/message_text.h"

#include <algorithm>

namespace sluice::policy {

namespace {

constexpr std::size_t k_longest_key = 40;

bool is_key_character(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ' ' ||
         c == '_' || c == '*' || c == '`';
}

// "**Assisted By**" -> "assisted-by"; empty for what cannot be a key.
std::string normal_key(std::string_view text)
{
  if (text.size() > k_longest_key || !std::all_of(text.begin(), text.end(), is_key_character)) return {};
  std::string key;
  for (const char c : trimmed(text)) {
    if (c == '*' || c == '`') continue;
    key += c == ' ' || c == '_' ? '-' : c;
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

Trailer make(std::string key, std::string_view value)
{
  Trailer trailer;
  trailer.key = std::move(key);
  trailer.value = std::string(without(value, " \t*\"'`"));
  split_identity(trailer);
  return trailer;
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
      trailers.push_back(make(std::move(key), segment.substr(colon + 1)));
    return;
  }
  const std::string lower = lower_case(segment);
  for (const std::string_view key : keys)
    if (key.ends_with("-by") && lower.starts_with(key) && lower.size() > key.size() && lower[key.size()] == ' ')
      trailers.push_back(make(std::string(key), segment.substr(key.size())));
}

} // namespace

std::string_view bare(std::string_view line)
{
  std::size_t at = 0;
  while (at < line.size()) {
    const auto c = static_cast<unsigned char>(line[at]);
    const bool mark = c == ' ' || c == '\t' || c == '>' || c == '*' || c == '-' || c == '+' || c == '#' || c == '|' ||
                      c == '_' || c == '`' || c == '(' || c == '[' || c >= 0x80;
    if (!mark) break;
    ++at;
  }
  return trimmed(line.substr(at));
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
  for (std::size_t at = line.find_first_of(",;("); at != std::string_view::npos;
       at = line.find_first_of(",;(", at + 1)) {
    const std::size_t end = std::min(line.find_first_of(",;)", at + 1), line.size());
    parse_segment(line.substr(at + 1, end - at - 1), keys, trailers);
  }
  return trailers;
}

} // namespace sluice::policy
