// The lexical level of ninja's manifest language: names, paths and values with their $-escapes, over bytes in memory.
// It knows no statement; ninja_manifest.h does. It never throws and never reads past its bytes: a mistake ends the file
// and is told with its line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::facts {

// A stretch of literal text, or the name of a variable that stands there.
struct TextPiece {
  std::string_view text;
  bool variable = false;
};

enum class TextKind {
  path,  // ends at a space, ':', '|' or the end of the line
  value, // ends at the end of the line
};

enum class NinjaToken { end, newline, indent, name, colon, equals, bar, double_bar, bar_at, broken };

// Reads one file from its first byte to its last. The bytes must outlive it and everything read from it.
class NinjaLexer {
public:
  explicit NinjaLexer(std::string_view bytes) : bytes_(bytes) {}

  // At the start of a line: skips empty lines and comments; indent when the line is indented, end at the end.
  NinjaToken line_start();
  // Within a line, after spaces and continued lines. A name's text is in name().
  NinjaToken next();
  std::string_view name() const { return name_; }

  // Appends the pieces of the text that starts here; nothing when there is none. False after a bad escape.
  bool read(TextKind kind, std::vector<TextPiece>& pieces);

  int line() const;
  // What went wrong; empty if nothing did.
  const std::string& problem() const { return problem_; }

private:
  bool read_escape(std::vector<TextPiece>& pieces);
  bool skip_continuation();
  void skip_spaces();
  bool fail(std::string_view what);
  char at(std::size_t position) const { return position < bytes_.size() ? bytes_[position] : '\0'; }
  bool finished() const { return position_ >= bytes_.size(); }
  std::size_t newline_length() const;

  std::string_view bytes_;
  std::size_t position_ = 0;
  std::string_view name_;
  std::string problem_;
};

} // namespace sluice::facts
