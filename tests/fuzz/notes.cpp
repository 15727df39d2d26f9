#include "policy/agent_trace.h"
#include "policy/ai_notes.h"
#include "policy/event_file.h"
#include "policy/signatures.h"
#include "tests/fuzz/fuzz_input.h"

#include <string>

// Notes, trace records and event files say what they like; whoever is called AI by one has evidence that can be shown.
void fuzz(std::string_view bytes)
{
  using namespace sluice;
  const std::string commit(40, 'a');
  for (const policy::AuthorshipClaim& claim :
       {policy::read_ai_note(bytes), policy::read_agent_trace(bytes, commit, policy::TraceOf::note),
        policy::read_agent_trace(bytes, commit, policy::TraceOf::file),
        policy::read_event(bytes, policy::built_in_signatures(), {"ai"})}) {
    require(claim.authorship == Authorship::undeclared || !claim.evidence.empty());
    for (const policy::Evidence& evidence : claim.evidence) require(evidence.text.find('\x1b') == std::string::npos);
  }
}
