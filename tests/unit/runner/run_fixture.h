// Runs of made-up catalogues over a FakeExecutor: tests are declared with what they do, the run is carried out in no
// time, and its events are folded into a record to look at.
#pragma once

#include "model/run_record.h"
#include "runner/run.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_executor.h"
#include "tests/support/temp_dir.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace sluice::runner {

using namespace std::chrono_literals;
using event::AttemptKind;
using tests::FakeProcess;
using tests::k_for_ever;

// What a case does when its turn has come.
enum class Does {
  passes,
  fails,
  crashes,           // SIGSEGV
  exits_0,           // leaves the program as if all were well
  passes_and_leaves, // the same, after it was reported
  exits_3,
  hangs,
  hangs_stubbornly, // and ignores SIGTERM
  skips,
  reports_nothing,  // the program does not know it
  fails_in_company, // fails unless it is alone
  lies_in_company,  // prints that it passed; the result file says otherwise unless it is alone
};

// The framework of the made-up programs: selectors are arguments; "begin X", "pass X", "fail X", "skip X" are printed.
// A test without selector is judged by its exit code.
class LineFramework final : public Framework {
public:
  std::size_t most = 1'000'000;

  Command command(const BatchRequest& request) const override;
  std::unique_ptr<BatchReader> reader(const BatchRequest& request) const override;
  std::size_t most_cases_per_batch(const Program&) const override { return most; }
};

class RunFixture : public ::testing::Test {
protected:
  struct Behaviour {
    Does does = Does::passes;
    std::chrono::microseconds lasts{1000};
    std::string prints;
  };
  struct ProgramBehaviour {
    std::chrono::microseconds startup{0};
    std::chrono::microseconds shutdown{0};
    int exit_code = -1; // negative: 1 if a case failed
    int signal = 0;     // after all cases
    std::shared_ptr<const Observation> observation{};
    bool left_processes = false;
  };

  RunFixture();

  // A case of a program with many, called "program.name".
  TestCase& add_case(const std::string& program, const std::string& name, Does does = Does::passes,
                     std::chrono::microseconds lasts = 1ms);
  // A program that is one test, called by its name.
  TestCase& add(const std::string& name, Does does = Does::passes, std::chrono::microseconds lasts = 1ms);
  // History knows how long each test takes that was added until now.
  void know_durations();

  RunEnd run();

  const TestRecord& test(const std::string& id) const;
  Outcome outcome(const std::string& id) const { return test(id).outcome(); }
  const AttemptResult& result(const std::string& id) const { return test(id).attempts.front().result; }
  std::vector<AttemptKind> kinds(const std::string& id) const;
  // Ids in the order in which they were started or, not being started, finished.
  std::vector<std::string> order() const;
  Timestamp began(const std::string& id) const { return test(id).attempts.front().started; }
  Timestamp ended(const std::string& id) const { return test(id).attempts.back().ended; }
  bool overlap(const std::string& a, const std::string& b) const { return began(a) < ended(b) && began(b) < ended(a); }
  std::vector<std::size_t> batch_sizes() const;
  std::size_t count_events(auto&& predicate) const
  {
    return static_cast<std::size_t>(std::count_if(events_.begin(), events_.end(), predicate));
  }

  tests::TempDir folder_;
  tests::FakeClock clock_;
  tests::FakeExecutor executor_{clock_};
  LineFramework framework_;
  Catalogue catalogue_;
  std::map<std::string, std::chrono::microseconds> expected_; // by id
  std::map<std::string, Decision> decisions_;                 // by id; the others run
  std::set<std::string> quarantine_;                          // ids
  std::map<std::string, Behaviour> behaviours_;               // by selector or program
  std::map<std::string, ProgramBehaviour> programs_;
  RunOptions options_;
  std::vector<RunEvent> events_;
  RunRecord record_;

private:
  ProgramId program(const std::string& name);
  FakeProcess play(const Command& command);
};

} // namespace sluice::runner
