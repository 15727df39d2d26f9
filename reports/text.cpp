#include "reports/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sluice::reports {

namespace {

constexpr std::string_view k_replacement = "\xEF\xBF\xBD";
constexpr std::string_view k_ellipsis = "\xE2\x80\xA6";

constexpr auto k_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = true;
  plain['\n'] = plain['\t'] = true;
  return plain;
}();

unsigned char byte(char c)
{
  return static_cast<unsigned char>(c);
}

std::size_t plain_run(std::string_view bytes, std::size_t at)
{
  while (at < bytes.size() && k_plain[byte(bytes[at])]) ++at;
  return at;
}

struct Decoded {
  char32_t value = 0;
  std::size_t length = 1; // of the character, or of the maximal invalid part
  bool valid = false;
};

// The second byte of a sequence has a narrower range than the others: it rules out overlong forms and surrogates
// (Unicode 15, table 3-7).
Decoded decode_utf8(std::string_view bytes, std::size_t at)
{
  const unsigned char lead = byte(bytes[at]);
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const std::size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned char least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned char most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t value = lead & (0xFFu >> (need + 1));
  for (std::size_t i = 1; i < need; ++i) {
    if (at + i >= bytes.size()) return {0, i, false};
    const unsigned char next = byte(bytes[at + i]);
    if (next < least || next > most) return {0, i, false};
    value = (value << 6) | (next & 0x3Fu);
    least = 0x80;
    most = 0xBF;
  }
  return {value, need, true};
}

bool reorders(char32_t c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

class Cleaner {
public:
  explicit Cleaner(std::string_view bytes) : in_(bytes) { out_.reserve(bytes.size()); }

  std::string run()
  {
    while (at_ < in_.size()) {
      const std::size_t end = plain_run(in_, at_);
      out_.append(in_, at_, end - at_);
      at_ = end;
      if (at_ < in_.size()) special();
    }
    return std::move(out_);
  }

private:
  void special()
  {
    const Decoded next = decode_utf8(in_, at_);
    const std::size_t begin = at_;
    at_ += next.length;
    if (!next.valid) out_ += k_replacement;
    else if (next.value == 0x1B) escape();
    else if (next.value < 0x20 || next.value == 0x7F) control(next.value);
    else if (next.value >= 0x80 && next.value < 0xA0) introduced(next.value);
    else if (next.value != 0xFFFE && next.value != 0xFFFF && !reorders(next.value))
      out_.append(in_, begin, next.length);
  }

  void control(char32_t c)
  {
    if (c != '\r') return;
    if (at_ < in_.size() && in_[at_] == '\n') ++at_;
    out_ += '\n';
  }

  // ESC has been read. ESC 0x40-0x5F is the seven-bit spelling of a C1 character.
  void escape()
  {
    if (at_ >= in_.size()) return;
    const unsigned char next = byte(in_[at_]);
    if (next >= 0x40 && next <= 0x5F) {
      ++at_;
      introduced(next + 0x40u);
      return;
    }
    skip_range(0x20, 0x2F);
    if (at_ < in_.size() && byte(in_[at_]) >= 0x30 && byte(in_[at_]) <= 0x7E) ++at_;
  }

  void introduced(char32_t c1)
  {
    if (c1 == 0x9B) control_sequence();
    if (c1 == 0x9D || c1 == 0x90 || c1 == 0x98 || c1 == 0x9E || c1 == 0x9F) control_string();
  }

  void control_sequence()
  {
    skip_range(0x30, 0x3F);
    skip_range(0x20, 0x2F);
    if (at_ < in_.size() && byte(in_[at_]) >= 0x40 && byte(in_[at_]) <= 0x7E) ++at_;
  }

  void control_string()
  {
    for (; at_ < in_.size() && in_[at_] != '\n' && in_[at_] != '\r'; ++at_) {
      if (in_[at_] == '\a') {
        ++at_;
        return;
      }
      const std::string_view two = in_.substr(at_, 2);
      if (two == "\x1B\\" || two == "\xC2\x9C") {
        at_ += 2;
        return;
      }
    }
  }

  void skip_range(unsigned char least, unsigned char most)
  {
    while (at_ < in_.size() && byte(in_[at_]) >= least && byte(in_[at_]) <= most) ++at_;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
};

bool continues(char c)
{
  return (byte(c) & 0xC0) == 0x80;
}

std::size_t units_begun_by(char c)
{
  if (continues(c)) return 0;
  return byte(c) >= 0xF0 ? 2 : 1;
}

std::string_view utf8_suffix(std::string_view clean, std::size_t limit)
{
  std::size_t from = clean.size() - std::min(limit, clean.size());
  while (from < clean.size() && continues(clean[from])) ++from;
  return clean.substr(from);
}

struct Range {
  char32_t first, last;
};

// Marks that add no column, and the East Asian wide blocks and pictographs that take two: by block, as terminals do.
constexpr std::array<Range, 14> k_no_column{{{0x0300, 0x036F},
                                             {0x0483, 0x0489},
                                             {0x0591, 0x05BD},
                                             {0x0610, 0x061A},
                                             {0x064B, 0x065F},
                                             {0x0E34, 0x0E3A},
                                             {0x1AB0, 0x1AFF},
                                             {0x1DC0, 0x1DFF},
                                             {0x200B, 0x200F},
                                             {0x2060, 0x2064},
                                             {0x20D0, 0x20FF},
                                             {0xFE00, 0xFE0F},
                                             {0xFE20, 0xFE2F},
                                             {0xFEFF, 0xFEFF}}};
constexpr std::array<Range, 12> k_two_columns{{{0x1100, 0x115F},
                                               {0x2E80, 0x303E},
                                               {0x3041, 0xA4CF},
                                               {0xA960, 0xA97F},
                                               {0xAC00, 0xD7A3},
                                               {0xF900, 0xFAFF},
                                               {0xFE30, 0xFE6F},
                                               {0xFF00, 0xFF60},
                                               {0xFFE0, 0xFFE6},
                                               {0x1F300, 0x1F64F},
                                               {0x1F680, 0x1F9FF},
                                               {0x20000, 0x3FFFD}}};

template <std::size_t N> bool within(const std::array<Range, N>& ranges, char32_t c)
{
  return std::any_of(ranges.begin(), ranges.end(), [c](Range range) { return c >= range.first && c <= range.last; });
}

int columns_of(char32_t c)
{
  if (c < 0x300) return 1;
  if (within(k_no_column, c)) return 0;
  return within(k_two_columns, c) ? 2 : 1;
}

} // namespace

bool is_utf8(std::string_view bytes)
{
  for (std::size_t at = 0; at < bytes.size();) {
    if (byte(bytes[at]) < 0x80) {
      ++at;
      continue;
    }
    const Decoded next = decode_utf8(bytes, at);
    if (!next.valid) return false;
    at += next.length;
  }
  return true;
}

std::string clean_text(std::string_view bytes)
{
  if (plain_run(bytes, 0) == bytes.size()) return std::string(bytes);
  return Cleaner(bytes).run();
}

std::string one_line(std::string_view bytes, std::size_t limit)
{
  // Cleaning drops most of an escape sequence, so a generous beginning is enough.
  std::string clean = clean_text(bytes.substr(0, 16 * limit + 64));
  std::string line;
  line.reserve(std::min(clean.size(), limit + 1));
  for (const char c : clean) {
    if (line.size() > limit) break;
    if (c != ' ' && c != '\t' && c != '\n') line += c;
    else if (!line.empty() && line.back() != ' ') line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() <= limit) return line;
  line.resize(utf8_prefix(line, limit - std::min(limit, k_ellipsis.size())).size());
  return line += k_ellipsis;
}

std::string excerpt(std::string_view bytes, std::size_t limit, std::string_view rest)
{
  std::size_t cut = 0;
  std::string head;
  std::string tail;
  if (bytes.size() <= 16 * limit) {
    head = clean_text(bytes);
    if (head.size() <= limit) return head;
    tail = utf8_suffix(head, limit - limit / 2);
    cut = head.size();
  } else {
    head = clean_text(bytes.substr(0, 4 * limit));
    tail = clean_text(bytes.substr(bytes.size() - 4 * limit));
    tail = utf8_suffix(tail, limit - limit / 2);
    cut = bytes.size();
  }
  head.resize(utf8_prefix(head, limit / 2).size());
  cut -= std::min(cut, head.size() + tail.size());
  std::string text = std::move(head);
  text += "\n[" + std::string(k_ellipsis) + " " + std::to_string(cut) + " bytes cut";
  if (!rest.empty()) text.append(", ").append(rest);
  text += "]\n";
  return text += tail;
}

int display_width(std::string_view clean)
{
  int columns = 0;
  for (std::size_t at = 0; at < clean.size();) {
    const Decoded next = decode_utf8(clean, at);
    columns += columns_of(next.value);
    at += next.length;
  }
  return columns;
}

std::string fit_width(std::string_view clean, int columns)
{
  int used = 0;
  std::size_t room_for_ellipsis = 0; // the end of what fits beside an ellipsis
  for (std::size_t at = 0; at < clean.size();) {
    const Decoded next = decode_utf8(clean, at);
    used += columns_of(next.value);
    if (used > columns) {
      if (columns < 1) return {};
      return std::string(clean.substr(0, room_for_ellipsis)) + std::string(k_ellipsis);
    }
    at += next.length;
    if (used <= columns - 1) room_for_ellipsis = at;
  }
  return std::string(clean);
}

std::string_view utf8_prefix(std::string_view clean, std::size_t limit)
{
  if (clean.size() <= limit) return clean;
  while (limit > 0 && continues(clean[limit])) --limit;
  return clean.substr(0, limit);
}

std::size_t utf16_length(std::string_view clean)
{
  std::size_t units = 0;
  for (const char c : clean) units += units_begun_by(c);
  return units;
}

std::string_view utf16_prefix(std::string_view clean, std::size_t units)
{
  std::size_t used = 0;
  for (std::size_t at = 0; at < clean.size(); ++at) {
    used += units_begun_by(clean[at]);
    if (used > units) return clean.substr(0, at);
  }
  return clean;
}

} // namespace sluice::reports
