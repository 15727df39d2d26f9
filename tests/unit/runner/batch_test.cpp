// Batches: who is to blame when a process with many cases ends badly, and that every case gets its own result.
#include "model/conduct.h"
#include "tests/unit/runner/run_fixture.h"

namespace sluice::runner {
namespace {

class Batches : public RunFixture {
protected:
  Batches() { options_.lanes = 1; }

  // Ten cases, c0 to c9, of which one is different.
  void ten_with(const std::string& odd, Does does)
  {
    for (int i = 0; i < 10; ++i) add_case("p", "c" + std::to_string(i));
    behaviours_[odd].does = does;
  }
  std::size_t passed() const
  {
    return static_cast<std::size_t>(
      std::count_if(record_.tests.begin(), record_.tests.end(),
                    [](const TestRecord& test) { return test.outcome() == Outcome::passed; }));
  }
  using Kinds = std::vector<AttemptKind>;
};

TEST_F(Batches, CasesOfOneProgramShareAProcess)
{
  ten_with("c0", Does::passes);
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(passed(), 10u);
  EXPECT_EQ(batch_sizes(), std::vector<std::size_t>{10});
  EXPECT_EQ(test("p.c3").attempts.size(), 1u);
}

TEST_F(Batches, ACrashIsBlamedOnTheCaseThatRan)
{
  ten_with("c4", Does::crashes);
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::crashed);
  EXPECT_EQ(result("p.c4").signal, SIGSEGV);
  EXPECT_EQ(passed(), 9u);
  EXPECT_EQ(batch_sizes(), (std::vector<std::size_t>{10, 5, 1}));
  EXPECT_EQ(kinds("p.c4"), (Kinds{AttemptKind::first, AttemptKind::isolated}));
}

TEST_F(Batches, WhatASandboxFoundIsToldWithTheEndOfTheBatch)
{
  ten_with("c0", Does::passes);
  auto seen = std::make_shared<Observation>();
  seen->findings = {{FindingKind::network, "192.0.2.1:80", false}, {FindingKind::network, "192.0.2.2:80", true}};
  programs_["p"].observation = seen;
  run();
  EXPECT_EQ(passed(), 10u) << "findings change no outcome";
  ASSERT_EQ(record_.batches.size(), 1u);
  EXPECT_EQ(record_.batches[0].finished->findings, seen->findings);
  EXPECT_EQ(record_.batches[0].finished->unobserved, "");
}

TEST_F(Batches, ManyFindingsOfOneKindDoNotHideAnotherKind)
{
  add_case("p", "c");
  auto seen = std::make_shared<Observation>();
  for (int i = 0; i < 100; ++i) seen->findings.push_back({FindingKind::network, std::to_string(100 + i), i >= 20});
  seen->findings.push_back({FindingKind::outside_write, "/etc/passwd", false});
  seen->incomplete = "io_uring";
  programs_["p"].observation = seen;
  run();
  const event::BatchFinished& end = *record_.batches.at(0).finished;
  ASSERT_EQ(end.findings.size(), k_most_findings + 1);
  EXPECT_EQ(end.findings[k_most_findings - 1], (Finding{FindingKind::network, "and 81 more", false}))
    << "one of them, 119, is not declared";
  EXPECT_EQ(end.findings.back().kind, FindingKind::outside_write);
  EXPECT_EQ(end.unobserved, "io_uring");
}

TEST_F(Batches, WithoutASandboxLeftProcessesAreStillFound)
{
  add_case("p", "c");
  programs_["p"].left_processes = true;
  run();
  const event::BatchFinished& end = *record_.batches.at(0).finished;
  EXPECT_EQ(end.findings, (std::vector<Finding>{{FindingKind::left_processes, "", false}}));
  EXPECT_EQ(end.unobserved, "not observed");
}

TEST_F(Batches, AnExitInsideACaseIsNeverGreen)
{
  ten_with("c4", Does::exits_0);
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::lost);
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, AnExitBetweenCasesIsContinuedPast)
{
  ten_with("c4", Does::passes_and_leaves);
  run();
  EXPECT_EQ(passed(), 10u);
  EXPECT_EQ(batch_sizes(), (std::vector<std::size_t>{10, 10, 5, 1, 1, 1, 1, 1})) << "what it had said is asked again";
}

TEST_F(Batches, APassThatAnotherVouchedForBeforeItLeftIsNotBelieved)
{
  ten_with("c4", Does::passes_and_leaves);
  behaviours_["c4"].prints = "begin c7\npass c7\nbegin c4\n";
  behaviours_["c7"].does = Does::fails;
  run();
  EXPECT_EQ(outcome("p.c7"), Outcome::failed);
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, WhatACrashLeavesBehindIsMarked)
{
  ten_with("c4", Does::crashes);
  run();
  EXPECT_EQ(record_.cut_off, std::set<std::uint32_t>{test("p.c0").attempts.front().batch});
}

TEST_F(Batches, AnExitCodeInsideACaseIsItsFailure)
{
  ten_with("c9", Does::exits_3);
  run();
  EXPECT_EQ(outcome("p.c9"), Outcome::failed);
  EXPECT_EQ(result("p.c9").exit_code, 3);
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, AHangIsEndedAtTheLimitOfItsCase)
{
  ten_with("c4", Does::hangs);
  catalogue_.tests[4].time_limit = 3s;
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::timed_out);
  EXPECT_EQ(ended("p.c4") - began("p.c4"), 3s * 2 + 5ms) << "twice its limit: among others, then alone";
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, TheClockOfACaseStartsWithIt)
{
  ten_with("c4", Does::passes);
  for (int i = 0; i < 10; ++i) behaviours_["c" + std::to_string(i)].lasts = 9s;
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_EQ(passed(), 10u);
}

TEST_F(Batches, AStubbornHangIsKilledAfterTheGrace)
{
  ten_with("c4", Does::hangs_stubbornly);
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::timed_out);
  EXPECT_EQ(result("p.c4").signal, SIGKILL);
  ASSERT_GE(executor_.endings().size(), 2u);
  EXPECT_EQ(executor_.endings()[0].second, Ending::terminate);
  EXPECT_EQ(executor_.endings()[1].second, Ending::kill);
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, AFailureIsTriedAloneAndStaysRed)
{
  ten_with("c4", Does::fails_in_company);
  behaviours_["c7"].does = Does::fails;
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::failed);
  EXPECT_TRUE(test("p.c4").only_among_neighbours());
  EXPECT_EQ(outcome("p.c7"), Outcome::failed);
  EXPECT_FALSE(test("p.c7").only_among_neighbours());
  const Conduct conduct(record_);
  ASSERT_EQ(conduct.of(test("p.c4")).size(), 1u);
  EXPECT_EQ(conduct.of(test("p.c4"))[0].finding.kind, FindingKind::order_dependent);
  EXPECT_TRUE(conduct.of(test("p.c7")).empty());
  EXPECT_EQ(kinds("p.c7"), (Kinds{AttemptKind::first, AttemptKind::isolated}));
}

TEST_F(Batches, AFailureOfAProcessOfItsOwnIsNotRepeated)
{
  options_.isolation = Isolation::one_case;
  ten_with("c4", Does::fails);
  run();
  EXPECT_EQ(kinds("p.c4"), Kinds{AttemptKind::first});
  EXPECT_EQ(batch_sizes(), std::vector<std::size_t>(10, 1));
}

TEST_F(Batches, ACaseThatIsNeverReportedIsLostAfterATryAlone)
{
  ten_with("c4", Does::reports_nothing);
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::lost);
  EXPECT_EQ(kinds("p.c4"), Kinds{AttemptKind::first});
  EXPECT_EQ(batch_sizes().front(), 10u);
  EXPECT_EQ(batch_sizes().back(), 1u);
  EXPECT_LE(batch_sizes().size(), 2u + 10u) << "with others twice, then alone";
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, AProgramThatReportsNothingEnds)
{
  for (int i = 0; i < 10; ++i) add_case("p", "c" + std::to_string(i), Does::reports_nothing);
  EXPECT_EQ(run(), RunEnd::complete);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(outcome("p.c" + std::to_string(i)), Outcome::lost);
  EXPECT_EQ(batch_sizes().size(), 11u);
}

TEST_F(Batches, AProgramThatCrashesAtItsStartEnds)
{
  ten_with("c0", Does::reports_nothing);
  for (int i = 0; i < 10; ++i) behaviours_["c" + std::to_string(i)].does = Does::reports_nothing;
  programs_["p"].signal = SIGABRT;
  run();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(outcome("p.c" + std::to_string(i)), Outcome::crashed);
}

TEST_F(Batches, AProgramThatHangsBeforeItsFirstCaseCostsOneLimit)
{
  ten_with("c0", Does::passes);
  programs_["p"].startup = k_for_ever;
  options_.isolation = Isolation::batch;
  run();
  EXPECT_EQ(outcome("p.c0"), Outcome::timed_out);
  EXPECT_EQ(outcome("p.c9"), Outcome::timed_out);
  EXPECT_EQ(batch_sizes().front(), 10u);
}

TEST_F(Batches, AProgramThatHangsAfterItsLastCaseIsRed)
{
  ten_with("c0", Does::passes);
  programs_["p"].shutdown = k_for_ever;
  run();
  EXPECT_EQ(outcome("p.c9"), Outcome::timed_out);
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, AProgramThatCrashesAfterItsLastCaseIsRed)
{
  ten_with("c0", Does::passes);
  programs_["p"].signal = SIGSEGV;
  run();
  EXPECT_EQ(outcome("p.c9"), Outcome::crashed);
}

TEST_F(Batches, ABadExitCodeThatNoCaseExplainsIsRed)
{
  ten_with("c0", Does::passes);
  programs_["p"].exit_code = 1;
  run();
  EXPECT_EQ(outcome("p.c9"), Outcome::failed);
}

TEST_F(Batches, APrintedPassThatTheResultFileDeniesIsRed)
{
  ten_with("c4", Does::lies_in_company);
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::failed);
  EXPECT_EQ(passed(), 9u);
}

TEST_F(Batches, APrintedPassAfterAFailureTakesNothingBack)
{
  ten_with("c4", Does::fails);
  behaviours_["c5"].prints = "pass c4\n";
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::failed);
}

TEST_F(Batches, WhatIsPrintedAfterTheLimitCountsForNothing)
{
  add("whole", Does::hangs);
  run();
  EXPECT_EQ(outcome("whole"), Outcome::timed_out);
  EXPECT_EQ(result("whole").signal, SIGTERM);
}

TEST_F(Batches, OutputBelongsToItsCase)
{
  ten_with("c4", Does::crashes);
  behaviours_["c3"].prints = "of three\n";
  behaviours_["c4"].prints = "of four, without line end";
  behaviours_["c5"].prints = "of five\n";
  behaviours_["c5"].does = Does::fails;
  run();
  EXPECT_EQ(result("p.c4").output, "of four, without line end");
  EXPECT_EQ(result("p.c5").output, "of five\n");
  EXPECT_EQ(result("p.c3").output, "");
}

TEST_F(Batches, LongOutputOfAFailureGoesToAFile)
{
  add("talker", Does::fails);
  add("quiet", Does::passes);
  behaviours_["talker"].prints = std::string(100'000, 'x') + "end";
  behaviours_["quiet"].prints = behaviours_["talker"].prints;
  run();
  ASSERT_EQ(result("talker").log.substr(0, 5), "logs/");
  const std::string text = folder_.read(result("talker").log);
  EXPECT_NE(text.find("xend"), std::string::npos);
  EXPECT_GT(text.size(), 100'000u);
  EXPECT_LT(result("talker").output.size(), 40'000u);
  EXPECT_EQ(result("quiet").log, "");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "logs"), {}), 1);
}

TEST_F(Batches, AMissingProgramIsNotStarted)
{
  ten_with("c0", Does::passes);
  executor_.program("p", [](const Command&) {
    FakeProcess process;
    process.failure = StartFailure{ENOENT, "cannot start p: No such file or directory"};
    return process;
  });
  run();
  EXPECT_EQ(outcome("p.c0"), Outcome::not_started);
  EXPECT_EQ(result("p.c9").message, "cannot start p: No such file or directory");
}

TEST_F(Batches, AMissingRequiredFileIsNotStarted)
{
  add("needy").rules.required_files = {folder_ / "absent"};
  add("served").rules.required_files = {folder_.write("present", "")};
  run();
  EXPECT_EQ(outcome("needy"), Outcome::not_started);
  EXPECT_NE(result("needy").message.find("absent"), std::string::npos);
  EXPECT_EQ(outcome("served"), Outcome::passed);
  EXPECT_EQ(executor_.started().size(), 1u);
}

TEST_F(Batches, TheFrameworkBoundsABatch)
{
  framework_.most = 4;
  ten_with("c0", Does::passes);
  run();
  EXPECT_EQ(batch_sizes(), (std::vector<std::size_t>{4, 4, 2}));
}

TEST_F(Batches, SkippedStaysSkipped)
{
  ten_with("c4", Does::skips);
  run();
  EXPECT_EQ(outcome("p.c4"), Outcome::skipped);
  EXPECT_EQ(kinds("p.c4"), Kinds{AttemptKind::first});
}

TEST_F(Batches, RandomMishapsAreAllAttributed)
{
  options_.lanes = 3;
  std::mt19937 random(20);
  const std::vector<std::pair<Does, Outcome>> ways{
    {Does::passes, Outcome::passed},       {Does::passes, Outcome::passed},   {Does::passes, Outcome::passed},
    {Does::fails, Outcome::failed},        {Does::crashes, Outcome::crashed}, {Does::exits_0, Outcome::lost},
    {Does::exits_3, Outcome::failed},      {Does::hangs, Outcome::timed_out}, {Does::skips, Outcome::skipped},
    {Does::reports_nothing, Outcome::lost}};
  std::map<std::string, Outcome> wanted;
  for (int i = 0; i < 300; ++i) {
    const auto& [does, outcome] = ways[random() % ways.size()];
    const std::string name = "c" + std::to_string(i);
    add_case("p" + std::to_string(i % 3), name, does);
    wanted["p" + std::to_string(i % 3) + "." + name] = outcome;
  }
  EXPECT_EQ(run(), RunEnd::complete);
  for (const auto& [id, expected] : wanted) EXPECT_EQ(outcome(id), expected) << id;
}

} // namespace
} // namespace sluice::runner
