// A commit message as the lines that a reader sees, whatever was done to it on the way.
// It does not know what a trailer is. It errs towards seeing a line: what is only typed to look like a line break is
// one, and letters that only look like Latin ones are read as Latin.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

// Without zero-width characters, with plain blanks, hyphens and colons, with full-width, Cyrillic and Greek look-alikes
// as the Latin letters that they look like. Other bytes are kept.
std::string look_alike_text(std::string_view text);

// The lines of `text`; whatever some viewer breaks a line at ends one: line feeds, carriage returns, tabs and feeds
// that go down, separators, NUL (where git stops), and the two characters "\n". Views into `text`.
std::vector<std::string_view> split_lines(std::string_view text);

// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

std::string lower_case(std::string_view text); // ASCII

// For people and logs: at most 200 bytes, control characters replaced, so that a message cannot steer a terminal.
std::string printable(std::string_view text);

// Whether English letters are the same bytes in an encoding (as a commit names it; "" is UTF-8) as in UTF-8.
bool keeps_ascii(std::string_view encoding);

} // namespace sluice::policy
