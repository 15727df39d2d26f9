#include "adapters/git/commit_object.h"
#include "model/error.h"
#include "policy/authorship.h"
#include "tests/fuzz/fuzz_input.h"

// A commit object says what it likes; it is parsed and classified without harm.
void fuzz(std::string_view bytes)
{
  const auto parsed = sluice::git::parse_commit(std::string(40, 'a'), bytes);
  sluice::ChangeSet change;
  change.commits.push_back(parsed.commit);
  require(sluice::policy::classify(change).size() == 1);
  try {
    sluice::git::parse_batch(bytes);
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::world); // half an answer is none
  }
}
