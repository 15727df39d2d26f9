#include "adapters/facts/ninja_text.h"

#include <algorithm>
#include <array>

namespace sluice::facts {

namespace {

enum : unsigned char {
  k_name_char = 1,        // in names and ${names}
  k_simple_name_char = 2, // in $names: no '.'
  k_ends_path = 4,
};

constexpr std::array<unsigned char, 256> make_classes()
{
  std::array<unsigned char, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<std::size_t>(c)] = k_name_char | k_simple_name_char;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<std::size_t>(c)] = k_name_char | k_simple_name_char;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<std::size_t>(c)] = k_name_char | k_simple_name_char;
  classes['_'] = classes['-'] = k_name_char | k_simple_name_char;
  classes['.'] = k_name_char;
  classes[' '] = classes[':'] = classes['|'] = classes['\n'] = classes['\r'] = classes['$'] = k_ends_path;
  return classes;
}

constexpr std::array<unsigned char, 256> k_classes = make_classes();

bool is(char c, unsigned char kind)
{
  return (k_classes[static_cast<unsigned char>(c)] & kind) != 0;
}

} // namespace

std::size_t NinjaLexer::newline_length() const
{
  if (at(position_) == '\n') return 1;
  return at(position_) == '\r' && at(position_ + 1) == '\n' ? 2 : 0;
}

void NinjaLexer::skip_spaces()
{
  while (at(position_) == ' ' || skip_continuation()) {
    if (at(position_) == ' ') ++position_;
  }
}

// "$" before a newline joins the lines; the next line's indentation does not count.
bool NinjaLexer::skip_continuation()
{
  if (at(position_) != '$') return false;
  ++position_;
  const std::size_t newline = newline_length();
  if (newline == 0) {
    --position_;
    return false;
  }
  position_ += newline;
  while (at(position_) == ' ') ++position_;
  return true;
}

NinjaToken NinjaLexer::line_start()
{
  while (!finished()) {
    const std::size_t start = position_;
    while (at(position_) == ' ') ++position_;
    if (const std::size_t newline = newline_length()) {
      position_ += newline;
    } else if (at(position_) == '#') {
      const std::size_t end = bytes_.find('\n', position_);
      position_ = end == std::string_view::npos ? bytes_.size() : end + 1;
    } else if (finished()) {
      break;
    } else {
      return position_ > start ? NinjaToken::indent : NinjaToken::name;
    }
  }
  return NinjaToken::end;
}

NinjaToken NinjaLexer::next()
{
  skip_spaces();
  if (finished()) return NinjaToken::end;
  if (const std::size_t newline = newline_length()) {
    position_ += newline;
    return NinjaToken::newline;
  }
  const char c = bytes_[position_];
  if (is(c, k_name_char)) {
    const std::size_t start = position_;
    while (!finished() && is(bytes_[position_], k_name_char)) ++position_;
    name_ = bytes_.substr(start, position_ - start);
    return NinjaToken::name;
  }
  ++position_;
  if (c == ':') return NinjaToken::colon;
  if (c == '=') return NinjaToken::equals;
  if (c != '|') {
    --position_;
    fail(c == '\t' ? "tabs are not allowed" : "unexpected character");
    return NinjaToken::broken;
  }
  const char second = at(position_);
  if (second != '|' && second != '@') return NinjaToken::bar;
  ++position_;
  return second == '|' ? NinjaToken::double_bar : NinjaToken::bar_at;
}

bool NinjaLexer::read(TextKind kind, std::vector<TextPiece>& pieces)
{
  skip_spaces();
  while (!finished()) {
    const std::size_t start = position_;
    if (kind == TextKind::path) {
      while (!finished() && !is(bytes_[position_], k_ends_path)) ++position_;
    } else {
      while (!finished() && bytes_[position_] != '$' && bytes_[position_] != '\n') ++position_;
      // The '\r' of a line's end does not belong to the value.
      if (position_ > start && at(position_) == '\n' && bytes_[position_ - 1] == '\r') --position_;
    }
    if (position_ > start) pieces.push_back({bytes_.substr(start, position_ - start), false});
    if (at(position_) != '$' || finished()) break;
    if (!read_escape(pieces)) return false;
  }
  if (kind == TextKind::value) position_ += newline_length();
  return true;
}

bool NinjaLexer::read_escape(std::vector<TextPiece>& pieces)
{
  if (skip_continuation()) return true;
  const std::size_t start = ++position_;
  const char c = at(start);
  if (c == '$' || c == ' ' || c == ':') {
    ++position_;
    pieces.push_back({bytes_.substr(start, 1), false});
    return true;
  }
  const bool braces = c == '{';
  const unsigned char kind = braces ? k_name_char : k_simple_name_char;
  if (braces) ++position_;
  const std::size_t name = position_;
  while (!finished() && is(bytes_[position_], kind)) ++position_;
  if (position_ == name) return fail("bad $-escape (literal $ must be written as $$)");
  pieces.push_back({bytes_.substr(name, position_ - name), true});
  if (braces && at(position_) != '}') return fail("a ${variable} is not closed");
  if (braces) ++position_;
  return true;
}

int NinjaLexer::line() const
{
  const auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(std::min(position_, bytes_.size()));
  return 1 + static_cast<int>(std::count(bytes_.begin(), end, '\n'));
}

bool NinjaLexer::fail(std::string_view what)
{
  if (problem_.empty()) problem_ = what;
  position_ = std::min(position_, bytes_.size());
  return false;
}

} // namespace sluice::facts
