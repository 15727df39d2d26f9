// Hostile strings: random bytes with a taste for what breaks readers (escapes, NUL, half characters, markup).
// The seed is printed by the test that uses it; SLUICE_SEED repeats a run.
#pragma once

#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace sluice::tests {

inline unsigned random_seed()
{
  if (const char* given = std::getenv("SLUICE_SEED")) return static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  return std::random_device{}();
}

class RandomBytes {
public:
  explicit RandomBytes(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }

  std::string string(std::size_t most = 40)
  {
    using namespace std::string_view_literals;
    static constexpr std::array pieces{"\x1b[31m"sv,
                                       "\x1b]0;title\a"sv,
                                       "\x1b]8;;x"sv,
                                       "\x1b"sv,
                                       "\0"sv,
                                       "\xff"sv,
                                       "\xc3"sv,
                                       "\xed\xa0\x80"sv,
                                       "\xef\xbf\xbe"sv,
                                       "\xef\xbf\xbf"sv,
                                       "\xc2\x9b"sv,
                                       "\xf0\x9f\x98\x80"sv,
                                       "\xe2\x80\xae"sv,
                                       "]]>"sv,
                                       "<a b='\""sv,
                                       "&#27;&amp;"sv,
                                       "\r\n"sv,
                                       "\r"sv,
                                       "\t"sv,
                                       "\n"sv,
                                       "[[ATTACHMENT|/etc/passwd]]"sv,
                                       "\x7f"sv,
                                       "\b"sv,
                                       "'"sv,
                                       " "sv};
    std::string text;
    for (std::size_t i = below(most + 1); i > 0; --i) {
      const std::size_t kind = below(4);
      if (kind == 0) text += pieces[below(pieces.size())];
      else if (kind == 1) text += static_cast<char>(below(256));
      else text += static_cast<char>('a' + below(26));
    }
    return text;
  }

private:
  std::mt19937 engine_;
};

} // namespace sluice::tests
