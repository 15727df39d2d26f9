#include "policy/message_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sluice::policy {

namespace {

struct Decoded {
  char32_t code = 0;
  std::size_t size = 1; // bytes; 1 and code 0xfffd for what is not UTF-8
};

Decoded decode(std::string_view text, std::size_t at)
{
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
  if (size == 0 || at + size > text.size()) return {0xfffd, 1};
  if (size == 1) return {first, 1};
  char32_t code = first & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xc0u) != 0x80u) return {0xfffd, 1};
    code = (code << 6) | (byte(at + i) & 0x3fu);
  }
  return {code, size};
}

struct Range {
  char32_t first, last;
};
// Characters that take no room: soft hyphen, joiners, direction marks, byte order mark, variation selectors, tags.
constexpr std::array<Range, 9> k_invisible{{{0xad, 0xad},
                                            {0x34f, 0x34f},
                                            {0x180b, 0x180f},
                                            {0x200b, 0x200f},
                                            {0x202a, 0x202e},
                                            {0x2060, 0x206f},
                                            {0xfe00, 0xfe0f},
                                            {0xfeff, 0xfeff},
                                            {0xe0000, 0xe007f}}};

struct LookAlike {
  std::u32string_view codes;
  std::string_view latin; // one for each code
};
constexpr std::array<LookAlike, 5> k_look_alikes{{
  {U"\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u0443\u0445\u051d\u0432\u043c\u043d"
   U"\u0442",
   "acdehijlopqsuxwbmht"},
  {U"\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u04ae", "ABCEHIJKMOPSTXY"},
  {U"\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c5\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4"
   U"\u03a7\u03a5",
   "aopvikuABEZHIKMNOPTXY"},
  {U"\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
   "                "},
  {U"\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\u02d0\ua789\u2236\ufe55\u2039\u203a\u3008\u3009",
   "--------::::<><>"},
}};

char latin(char32_t code)
{
  if (code == 0x85 || code == 0x2028 || code == 0x2029) return '\n';                    // ends of lines, too
  if (code >= 0xff01 && code <= 0xff5e) return static_cast<char>(code - 0xff01 + 0x21); // full-width forms
  for (const LookAlike& entry : k_look_alikes)
    if (const std::size_t at = entry.codes.find(code); at != std::u32string_view::npos) return entry.latin[at];
  return '\0';
}

bool invisible(char32_t code)
{
  for (const Range& range : k_invisible)
    if (code >= range.first && code <= range.last) return true;
  return false;
}

} // namespace

std::string look_alike_text(std::string_view text)
{
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded character = decode(text, at);
    if (character.size == 1) {
      result += text[at];
    } else if (const char same = latin(character.code); same != '\0') {
      result += same;
    } else if (!invisible(character.code)) {
      result.append(text, at, character.size);
    }
    at += character.size;
  }
  return result;
}

std::vector<std::string_view> split_lines(std::string_view text)
{
  std::vector<std::string_view> lines;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool ends = text[at] == '\n' || text[at] == '\0' || (text[at] >= '\v' && text[at] <= '\r') ||
                      (text[at] >= '\x1c' && text[at] <= '\x1e');
    const bool typed = text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == 'n' || text[at + 1] == 'r');
    if (!ends && !typed) continue;
    lines.push_back(text.substr(begin, at - begin));
    if (typed) ++at;
    begin = at + 1;
  }
  lines.push_back(text.substr(begin));
  return lines;
}

std::string_view trimmed(std::string_view text)
{
  constexpr std::string_view k_blanks = " \t\v\f";
  const std::size_t first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

std::string lower_case(std::string_view text)
{
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string printable(std::string_view text)
{
  constexpr std::size_t k_longest = 200;
  std::string result(text.substr(0, k_longest));
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  if (text.size() > k_longest) result += "...";
  return result;
}

bool keeps_ascii(std::string_view encoding)
{
  constexpr auto k_begin = std::to_array<std::string_view>(
    {"utf-8",       "utf8",    "ascii", "us-ascii", "iso-8859", "iso8859", "iso_8859", "latin",
     "windows-125", "cp125",   "koi8",  "euc-",     "euc_",     "euckr",   "eucjp",    "gb2312",
     "gbk",         "gb18030", "big5",  "shift",    "sjis",     "cp866",   "cp949"});
  const std::string name = lower_case(trimmed(encoding));
  return name.empty() ||
         std::any_of(k_begin.begin(), k_begin.end(), [&](std::string_view begin) { return name.starts_with(begin); });
}

} // namespace sluice::policy
