// What a commit-msg hook adds to a message: a declaration of who wrote the change, where the message has none yet and
// the environment shows an agent. It does not know files or terminals.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::policy {

// Value of a variable of the environment; empty if it is not set.
using Environment = std::function<std::string(const char* name)>;

// The agent that runs this process, as its documented variables show; empty if there is none.
std::string agent_of(const Environment& environment);

// True if the message says who wrote the change: a declaration, or a mark of a tool that decides.
bool is_declared(std::string_view message);

// "Authorship: ai (Claude Code)" from the environment (SLUICE_AUTHORSHIP first, then an agent's own variables); nullopt
// where somebody has to be asked.
std::optional<std::string> declaration(const Environment& environment);

// A value of "Authorship:" as somebody typed it, or nullopt.
std::optional<std::string> declaration_of(std::string_view answer);

} // namespace sluice::policy
