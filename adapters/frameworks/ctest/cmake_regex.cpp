#include "adapters/frameworks/ctest/cmake_regex.h"

#include <re2/re2.h>

namespace sluice::frameworks {

namespace {

void append_literal(std::string& out, char character)
{
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(character);
  out += "\\x";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

bool is_quantifier(char character)
{
  return character == '*' || character == '+' || character == '?';
}

// Reads "[...]" at `at` and leaves `at` behind it. False when it is not closed or a range runs backwards.
bool translate_set(std::string_view pattern, std::size_t& at, std::string& out)
{
  ++at;
  out += '[';
  if (at < pattern.size() && pattern[at] == '^') {
    out += '^';
    ++at;
  }
  bool first = true;
  while (at < pattern.size() && (first || pattern[at] != ']')) {
    const bool range = !first && pattern[at] == '-' && at + 1 < pattern.size() && pattern[at + 1] != ']';
    if (range) {
      const auto low = static_cast<unsigned char>(pattern[at - 1]);
      const auto high = static_cast<unsigned char>(pattern[at + 1]);
      if (low > high) return false;
      append_literal(out, pattern[at - 1]);
      out += '-';
      ++at;
    }
    append_literal(out, pattern[at++]);
    first = false;
  }
  if (at >= pattern.size()) return false;
  ++at;
  out += ']';
  return true;
}

} // namespace

std::optional<std::string> translate_cmake_regex(std::string_view pattern)
{
  std::string out;
  bool may_repeat = false; // the last thing read is something that a quantifier may follow
  for (std::size_t at = 0; at < pattern.size();) {
    const char character = pattern[at];
    if (is_quantifier(character)) {
      if (!may_repeat) return std::nullopt;
      out += character;
      may_repeat = false;
      ++at;
      continue;
    }
    if (character == '[') {
      if (!translate_set(pattern, at, out)) return std::nullopt;
      may_repeat = true;
      continue;
    }
    if (character == '\\') {
      if (at + 1 == pattern.size()) return std::nullopt;
      append_literal(out, pattern[at + 1]);
      may_repeat = true;
      at += 2;
      continue;
    }
    const bool special = std::string_view("^$.|()").find(character) != std::string_view::npos;
    if (special) out += character;
    else append_literal(out, character);
    may_repeat = !special || character == '.' || character == ')';
    ++at;
  }
  return out;
}

struct CMakeRegex::Compiled {
  Compiled(const std::string& pattern, const RE2::Options& options) : regex(pattern, options) {}
  RE2 regex;
};

CMakeRegex::CMakeRegex(std::string_view pattern)
{
  const auto translated = translate_cmake_regex(pattern);
  if (!translated) return;
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_dot_nl(true);
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto compiled = std::make_unique<Compiled>(*translated, options);
  if (compiled->regex.ok()) compiled_ = std::move(compiled);
}

CMakeRegex::~CMakeRegex() = default;
CMakeRegex::CMakeRegex(CMakeRegex&&) noexcept = default;

bool CMakeRegex::found_in(std::string_view text, std::size_t from) const
{
  const re2::StringPiece whole(text.data(), text.size());
  return compiled_ && compiled_->regex.Match(whole, from, text.size(), RE2::UNANCHORED, nullptr, 0);
}

} // namespace sluice::frameworks
