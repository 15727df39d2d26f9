// CMake's regular expressions over bytes, matched by RE2 in time linear in the text.
// It does not know what a match means. CMake's dialect has no intervals ("{2}" is text), '\x' is the character x, a
// backslash inside brackets is itself, '.' matches a line end and '^' and '$' only the ends of the whole text. What
// CMake refuses (a quantifier after a quantifier, or after nothing) is refused here as well.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::frameworks {

// The same expression in RE2's syntax; nullopt when CMake would not compile it.
std::optional<std::string> translate_cmake_regex(std::string_view pattern);

class CMakeRegex {
public:
  explicit CMakeRegex(std::string_view pattern);
  ~CMakeRegex();
  CMakeRegex(CMakeRegex&&) noexcept;

  bool valid() const { return compiled_ != nullptr; }

  // True if the expression matches anywhere in `text`, not before `from`; false for an invalid one.
  bool found_in(std::string_view text, std::size_t from = 0) const;

private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

} // namespace sluice::frameworks
