// Whether a few words of free text are the name of an AI tool ("Claude Opus 4.6", "OpenAI GPT-5.4", "gemini-cli") and
// not that of a person ("Claude Martin") or of a generator ("protoc 27.1"). It knows a vocabulary, not a grammar: every
// word must belong to it and one of them must name a tool.
#pragma once

#include <string>
#include <string_view>

namespace sluice::policy {

// The tool ("Claude"), or empty. What stands behind the first of ":/([,;<" is a model or a remark and is not read.
std::string named_tool(std::string_view text);

// True for a name that carries a model or a version ("Claude Opus 4.6", "GPT-5"): no person is called so.
bool carries_model(std::string_view name);

} // namespace sluice::policy
