// Words in braces in a command line: "{file}", "{report}".
// It does not know which word stands for what.
#pragma once

#include <string>
#include <string_view>

namespace sluice::frameworks {

// Replaces every `word` in `text`.
inline void replace_all(std::string& text, std::string_view word, std::string_view value)
{
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + value.size()))
    text.replace(at, word.size(), value);
}

} // namespace sluice::frameworks
