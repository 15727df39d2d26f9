// One line of a message taken apart: "Co-authored-by: Claude <noreply@anthropic.com>".
// Unlike git's own parser it asks for no paragraph and no position: every line may be a trailer. It does not know which
// keys or names mean anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

struct Trailer {
  std::string key;     // lower case, blanks as '-', without Markdown: "co-authored-by"
  std::string value;   // trimmed, without quotes around it
  std::string name;    // what stands before the address, or all of the value
  std::string address; // lower case; empty if there is none
};

// `line` and, where it may be continued, the line after it. More than one for a line such as
// "fix it, Assisted-by: claude-code, Tests-generated-by: cursor". A key without colon counts if it is one of `keys`.
std::vector<Trailer> parse_trailers(std::string_view line, std::string_view next_line,
                                    const std::vector<std::string_view>& keys);

// The line from its first letter: without indentation, numbers, bullets, quote marks, comment marks and emoji.
std::string_view bare(std::string_view line);

} // namespace sluice::policy
