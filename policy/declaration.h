// Declarations of who wrote a change: what counts as one, and what the commit-msg hook adds to a message that has none
// while the environment shows an agent. It does not know files or terminals.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::policy {

// Value of a variable of the environment; empty if it is not set.
using Environment = std::function<std::string(const char* name)>;

// "Authorship: human" as a line of the last paragraph, which holds nothing but trailers and is not the subject; in what
// looks like a squash of several commits, once for each. Marks of tools are looked for everywhere, but this is the one
// word that asks for less, and a quotation is no declaration.
bool declares_human(std::string_view message);

// The agent that runs this process, as its documented variables show; empty if there is none.
std::string agent_of(const Environment& environment);

// True if the message says who wrote the change: a declaration, or a mark of a tool that decides.
bool is_declared(std::string_view message);

// True if it says that a tool wrote it or helped.
bool names_a_tool(std::string_view message);

// What git keeps of a message that was edited: without lines that begin with `comment`, and what is below the scissors.
std::string without_comments(std::string_view message, char comment);

// "Authorship: ai (Claude Code)" from the environment (SLUICE_AUTHORSHIP first, then an agent's own variables); nullopt
// where somebody has to be asked.
std::optional<std::string> declaration(const Environment& environment);

// A value of "Authorship:" as somebody typed it, or nullopt.
std::optional<std::string> declaration_of(std::string_view answer);

} // namespace sluice::policy
