#include "reports/event_log.h"
#include "reports/junit.h"
#include "tests/fuzz/fuzz_input.h"

// Any log folds into a record, and the JUnit report of any record says what the record says.
void fuzz(std::string_view bytes)
{
  const sluice::RunRecord record = sluice::reports::read_log(bytes);
  require(sluice::reports::junit_disagreement(sluice::reports::junit(record), record).empty());
}
