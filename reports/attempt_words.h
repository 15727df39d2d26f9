// What became of a test, in words: the same in the console and in JUnit. It does not decide outcomes (model/ does); it
// picks the attempt that decided and says what is known about it. Clean text throughout (reports/text.h).
#pragma once

#include "model/run_record.h"

#include <string>

namespace sluice::reports {

// The attempt that the outcome of the test rests on: the first red one, else the last; of a flaky test the last, which
// passed. nullptr if there was none.
const Attempt* deciding_attempt(const TestRecord& test);

// One line: the framework's message, or what the way it ended says ("ended by signal 11 (SIGSEGV)").
std::string attempt_message(const Attempt& attempt);

// The same for the whole test: the message of the deciding attempt, after "fails only among its neighbours" where it
// passed when it was run alone. Of a flaky test how it failed before it passed; of one in quarantine that, first.
std::string test_message(const TestRecord& test);

// "until 2026-12-31 (NET-12, net team)".
std::string quarantine_words(const Quarantined& quarantine);

// Where a test stands: from the attempt or else from the catalogue. Clean; empty and 0 if neither knows.
struct Place {
  std::string file;
  int line = 0;
};
Place test_place(const TestRecord& test, const Attempt* attempt);

// "src/a_test.cpp:12", from the attempt or else from the catalogue; empty if neither knows. An absolute path of the
// attempt that ends with the catalogue's is given as the latter.
std::string test_location(const TestRecord& test, const Attempt* attempt);

// Path of the attempt's full output relative to the repository: ".sluice/runs/ID/LOG"; empty if there is none.
std::string log_path(const event::RunStarted& run, const Attempt& attempt);

// The folder with what the attempt's process wrote to copied trees, in the same way; empty if nothing was kept.
std::string written_path(const RunRecord& record, const Attempt& attempt);

} // namespace sluice::reports
