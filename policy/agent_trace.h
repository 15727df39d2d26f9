// Agent Trace records (application/vnd.agent-trace.record+json, version 0.1), one or many lines of JSON, read for what
// they say about one commit. Where records are kept the format leaves open: a note about the commit, or a file of the
// tree whose records name the commit. It does not know who wrote them.
#pragma once

#include "policy/authorship.h"

#include <memory>
#include <string_view>

namespace sluice::policy {

enum class TraceOf {
  note, // about this commit; a record that names another one is not looked at
  file, // of the tree: only records that name this commit count
};

// The records of a text, read once for all the commits that they may be about: a change brings both along. Lines of
// more than 1 MiB, and what is nested deeper than records are, cannot be read.
class AgentTraces {
public:
  explicit AgentTraces(std::string_view text);
  ~AgentTraces();
  AgentTraces(AgentTraces&&) = delete;
  AuthorshipClaim about(std::string_view commit, TraceOf place) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A record counts if it has every required field and at least one range of lines by `ai` or `mixed`. Never throws: what
// cannot be read is weak evidence that says so, in a note; in a file it is passed over.
AuthorshipClaim read_agent_trace(std::string_view text, std::string_view commit, TraceOf place);

} // namespace sluice::policy
