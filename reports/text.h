// Bytes that a test chose, made fit for people: clean UTF-8 without terminal escapes, bounded, measured in columns.
// It does not know XML, JSON or what the text means. Cleaning loses bytes on purpose; who needs them exactly reads the
// event log, which keeps them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::reports {

// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);

// Always valid UTF-8 made of characters that XML 1.0 allows and that no terminal acts upon:
// * each maximal invalid part becomes U+FFFD;
// * escape sequences (ECMA-48: CSI, OSC, DCS and the rest, from ESC or from C1 characters) go as a whole; a control
//   string without its end goes up to the end of its line, so that it cannot hide what follows;
// * control characters but TAB and LF go, CR LF and CR become LF;
// * U+FFFE, U+FFFF and the characters that reorder text (U+202A-E, U+2066-9) go.
std::string clean_text(std::string_view bytes);

// clean_text on one line: white space is folded into single blanks, the ends are trimmed, and more than `limit` bytes
// are cut with an ellipsis.
std::string one_line(std::string_view bytes, std::size_t limit);

// clean_text of at most about `limit` bytes: head and tail, with a line between them that counts what is missing and
// adds `rest` ("full log: ..."), if it is not empty. Linear in `limit`, not in the size of `bytes`.
std::string excerpt(std::string_view bytes, std::size_t limit, std::string_view rest = {});

// Columns that clean text without line breaks takes on a terminal.
int display_width(std::string_view clean);

// The longest beginning that fits `columns`, with an ellipsis if something is cut.
std::string fit_width(std::string_view clean, int columns);

// The longest beginning of valid UTF-8 of at most `limit` bytes that ends between characters.
std::string_view utf8_prefix(std::string_view clean, std::size_t limit);

// UTF-16 code units of valid UTF-8: the measure in which other tools state their limits.
std::size_t utf16_length(std::string_view clean);

// The longest beginning of valid UTF-8 of at most `units` UTF-16 code units.
std::string_view utf16_prefix(std::string_view clean, std::size_t units);

} // namespace sluice::reports
