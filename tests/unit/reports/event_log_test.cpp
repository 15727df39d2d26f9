#include "reports/event_log.h"
#include "tests/unit/reports/random_bytes.h"
#include "tests/unit/reports/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace sluice::reports {
namespace {

using namespace std::chrono_literals;
using tests::RandomBytes;
using tests::Script;

std::string line_of(const RunEvent& event)
{
  std::string line;
  encode(event, line);
  return line;
}

RunEvent at(std::int64_t micros, EventBody body)
{
  return {Timestamp(std::chrono::microseconds(micros)), std::move(body)};
}

TEST(EventLog, WritesOneObjectALine)
{
  event::TestFinished body;
  body.test.value = "a_test:S.x";
  body.attempt = 2;
  body.kind = event::AttemptKind::isolated;
  body.result.outcome = Outcome::crashed;
  body.result.duration = 1500us;
  body.result.signal = 11;
  body.result.output = "line\n\"two\"";
  EXPECT_EQ(line_of(at(1'795'304'700'000'001, body)),
            R"({"v":1,"t":1795304700000001,"event":"test_finished","test":"a_test:S.x","attempt":2,"lane":0,"batch":0,)"
            R"("kind":"isolated","outcome":"crashed","duration_us":1500,"signal":11,"output":"line\n\"two\""})"
            "\n");
}

TEST(EventLog, KeepsBytesThatAreNotUtf8)
{
  event::RunStarted body;
  body.run = "caf\xe9\n";
  const std::string line = line_of(at(0, body));
  EXPECT_THAT(line, ::testing::HasSubstr("\"run\":{\"latin1\":\"caf\xc3\xa9\\n\"}"));
  EXPECT_EQ(std::get<event::RunStarted>(decode(line)->body).run, body.run);
}

class RandomEvents {
public:
  explicit RandomEvents(unsigned seed) : random_(seed) {}

  RunEvent event()
  {
    switch (random_.below(14)) {
    case 0:
      return at(number(), run_started());
    case 1:
      return at(number(), event::BuildStarted{list(), list(), yes()});
    case 2:
      return at(number(), event::BuildFinished{yes(), small(), micros(), bytes()});
    case 3:
      return at(number(), planned());
    case 4:
      return at(number(), made());
    case 5:
      return at(number(), event::BatchStarted{4'000'000'000u, small(), bytes(), random_.below(100)});
    case 6:
      return at(number(),
                event::BatchFinished{7,
                                     small(),
                                     small(),
                                     micros(),
                                     micros(),
                                     yes(),
                                     yes(),
                                     {{any(FindingKind::limit), bytes(), yes()}, {FindingKind::device, "", false}},
                                     bytes(),
                                     bytes()});
    case 10:
      return at(number(), event::SandboxPrepared{{any(SandboxLevel::none), bytes(), list(), bytes(), yes(), list()}});
    case 7:
      return at(number(), event::TestStarted{{bytes()}, small(), small(), 7});
    case 8:
      return at(number(), finished());
    case 9:
      return at(number(), event::Interrupted{small()});
    case 11:
      return at(number(), event::AuthorshipRead{any(Authorship::undeclared), commits(), random_.below(9)});
    case 12:
      return at(number(), event::SecondTreeStarted{bytes(), yes()});
    default:
      return at(number(), event::RunFinished{verdict(), micros()});
    }
  }

private:
  std::string bytes() { return random_.string(); }
  bool yes() { return random_.below(2) == 0; }
  int small() { return static_cast<int>(random_.below(2000)) - 1000; }
  std::int64_t number() { return static_cast<std::int64_t>(random_.below(1ull << 60)) - (1ll << 59); }
  std::chrono::microseconds micros() { return std::chrono::microseconds(number()); }
  std::vector<std::string> list()
  {
    std::vector<std::string> values(random_.below(4));
    for (std::string& value : values) value = bytes();
    return values;
  }
  template <class Enum> Enum any(Enum last)
  {
    return static_cast<Enum>(random_.below(static_cast<std::size_t>(last) + 1));
  }

  event::RunStarted run_started()
  {
    event::RunStarted body{bytes(), bytes(), bytes(), list(),  bytes(),
                           bytes(), bytes(), yes(),   small(), random_.below(1u << 30)};
    if (yes()) body.compared = {bytes(), bytes(), random_.below(100), random_.below(100)};
    return body;
  }

  std::vector<event::CommitRead> commits()
  {
    std::vector<event::CommitRead> commits(random_.below(4));
    for (event::CommitRead& commit : commits)
      commit = {bytes(), bytes(), bytes(), any(Authorship::undeclared), bytes(), {{any(EvidenceGrade::weak), bytes()}}};
    return commits;
  }
  Decision decision()
  {
    if (yes()) return Run{any(RunCause::requested), bytes(), {{bytes(), bytes()}, {bytes(), ""}}};
    if (yes()) return Skip{any(SkipCause::shard), bytes()};
    Reuse reuse{{bytes(), number(), bytes(), {}, micros()}, yes()};
    if (yes()) reuse.proof.inputs = *digest_from_bytes(std::string(32, static_cast<char>(small())));
    return reuse;
  }
  event::TestPlanned planned()
  {
    event::TestPlanned body{{bytes()}, bytes(), bytes(), bytes(), bytes(), small(), list(), decision(), {}};
    if (yes()) body.expected = micros();
    if (yes()) body.quarantine = {bytes(), bytes(), bytes(), bytes(), yes()};
    return body;
  }
  event::PlanMade made()
  {
    event::PlanMade body;
    body.escalations = {{any(RunCause::requested), bytes(), bytes()}};
    body.dismissed = {{bytes(), bytes()}};
    body.blast_radius = {1, 2, 3, 4, 5, random_.below(1ull << 60)};
    return body;
  }
  event::TestFinished finished()
  {
    AttemptResult result{
      any(Outcome::not_run), micros(), bytes(), bytes(), small(), small(), small(), bytes(), bytes()};
    return {{bytes()}, small(), small(), 7, any(event::AttemptKind::retry), result};
  }
  Verdict verdict()
  {
    const ExitCode exits[] = {ExitCode::passed,  ExitCode::failed, ExitCode::usage,      ExitCode::refused,
                              ExitCode::nothing, ExitCode::world,  ExitCode::interrupted};
    return {any(VerdictStatus::refused),
            exits[random_.below(7)],
            list(),
            {{bytes(), any(RuleStatus::not_applicable), bytes(), list()}}};
  }

  RandomBytes random_;
};

TEST(EventLog, EveryEventComesBackAsItWasWhateverItsBytes)
{
  const unsigned seed = tests::random_seed();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  RandomEvents random(seed);
  for (int i = 0; i < 20'000; ++i) {
    const RunEvent event = random.event();
    const std::string line = line_of(event);
    ASSERT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << "one line each";
    const std::optional<RunEvent> read = decode(line);
    ASSERT_TRUE(read) << line;
    ASSERT_EQ(*read, event) << line;
  }
}

TEST(EventLog, RefusesEveryTruncatedLine)
{
  const unsigned seed = tests::random_seed();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  RandomEvents random(seed);
  for (int i = 0; i < 100; ++i) {
    std::string line = line_of(random.event());
    line.pop_back();
    ASSERT_TRUE(decode(line));
    for (std::size_t size = 0; size < line.size(); ++size) ASSERT_FALSE(decode(line.substr(0, size))) << line;
  }
}

TEST(EventLog, RefusesWhatItCannotBeSureOf)
{
  using namespace std::string_literals;
  const std::string head = R"({"v":1,"t":1,"event":"test_finished","test":"a","attempt":1)";
  ASSERT_TRUE(decode(head + R"(,"outcome":"passed"})"));
  for (const std::string& line : {
         "null"s,
         "[]"s,
         "{}"s,
         "not json"s,
         std::string(100'000, '['),
         R"({"v":1,"t":1,"event":"interrupted"}})"s,
         R"({"v":2,"t":1,"event":"interrupted","signal":2})"s,      // written by a newer program
         R"({"v":"1","t":1,"event":"interrupted","signal":2})"s,    //
         R"({"t":1,"event":"interrupted","signal":2})"s,            // no version
         R"({"v":1,"event":"interrupted","signal":2})"s,            // no time
         R"({"v":1,"t":1.5,"event":"interrupted","signal":2})"s,    //
         R"({"v":1,"t":1,"event":"test_exploded","test":"a"})"s,    // unknown event
         head + "}",                                                // no outcome: not a pass by default
         head + R"(,"outcome":"PASSED"})",                          // unknown word
         head + R"(,"outcome":1})",                                 //
         head + R"(,"outcome":"passed","signal":"11"})",            // wrong type
         head + R"(,"outcome":"passed","signal":99999999999})",     // does not fit
         head + R"(,"outcome":"passed","kind":"lucky"})",           //
         head + R"(,"outcome":"passed","message":{"latin1":"Ā"}})", // no byte
         head + R"(,"outcome":"passed","message":"\ud800"})",       // half a character
         head + ",\"outcome\":\"passed\",\"message\":\"\xff\"}",    // not UTF-8
         head + R"(,"outcome":"passed"} {})",                       // two values
         head + ",\"outcome\":\"passed\"}\0junk"s,                  //
         R"({"v":1,"t":1,"event":"run_finished","status":"PASSED","exit":7})"s,
         R"({"v":1,"t":1,"event":"run_finished","status":"PASSED"})"s,
         R"({"v":1,"t":1,"event":"sandbox_prepared","level":"full"})"s, // observed or not?
         R"({"v":1,"t":1,"event":"sandbox_prepared","observed":true})"s,
         R"({"v":1,"t":1,"event":"batch_finished","batch":1,"findings":[{"detail":"x"}]})"s,
         R"({"v":1,"t":1,"event":"batch_finished","batch":1,"findings":[{"kind":"order_dependent"}]})"s, // never
                                                                                                         // written
         R"({"v":1,"t":1,"event":"test_planned","test":"a"})"s,                                          // no decision
         R"({"v":1,"t":1,"event":"test_planned","test":"a","decision":"reuse"})"s,
       })
    EXPECT_FALSE(decode(line)) << line;
}

TEST(EventLog, AnOldReaderTakesANewWritersExtraFields)
{
  const auto event = decode(R"({"v":1,"new":{"deep":[1,{"a":null}]},"t":5,"event":"test_started","test":"a",)"
                            R"("attempt":1,"lane":0,"batch":3,"later":true})");
  ASSERT_TRUE(event);
  EXPECT_EQ(*event, at(5, event::TestStarted{{"a"}, 1, 0, 3}));
}

TEST(EventLog, ANewReaderTakesAnOldWritersLines)
{
  const auto event = decode(R"({"v":1,"t":5,"event":"test_finished","test":"a","attempt":1,"outcome":"failed"})");
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<event::TestFinished>(event->body).kind, event::AttemptKind::first);
  EXPECT_EQ(std::get<event::TestFinished>(event->body).result.outcome, Outcome::failed);
}

// A reader of before knows no retries: it sees an attempt alone, and the test as red.
TEST(EventLog, ARetryIsAnAttemptAloneForOldReaders)
{
  event::TestFinished body;
  body.test.value = "a";
  body.attempt = 2;
  body.kind = event::AttemptKind::retry;
  body.result.outcome = Outcome::passed;
  const std::string line = line_of(at(1, body));
  EXPECT_NE(line.find(R"("kind":"isolated","retry":true,)"), std::string::npos) << line;
  EXPECT_EQ(std::get<event::TestFinished>(decode(line)->body).kind, event::AttemptKind::retry);
  EXPECT_FALSE(
    decode(R"({"v":1,"t":1,"event":"test_finished","test":"a","attempt":1,"retry":true,"outcome":"passed"})"))
    << "a first attempt is no retry";
}

TEST(EventLog, AQuarantineWithoutItsEndIsNotRead)
{
  EXPECT_FALSE(
    decode(R"({"v":1,"t":1,"event":"test_planned","test":"a","decision":"run","cause":"affected","quarantine":{}})"));
}

TEST(EventLog, ALogThatIsOlderThanFindingsSaysNothingOfObservation)
{
  const RunRecord record = read_log(R"({"v":1,"t":1,"event":"batch_started","batch":1,"lane":0,"cases":1})"
                                    "\n"
                                    R"({"v":1,"t":2,"event":"batch_finished","batch":1,"duration_us":1})"
                                    "\n");
  ASSERT_EQ(record.batches.size(), 1u);
  EXPECT_TRUE(record.batches[0].finished->findings.empty());
  EXPECT_FALSE(record.sandbox) << "then nothing counts as observed (model/conduct.h)";
}

TEST(EventLog, ALogFoldsToTheRecordOfTheRun)
{
  Script script;
  script.run("a:S.x").reuse("a:S.y").begun("a:S.x").failed("a:S.x", "caf\xe9").verdict(VerdictStatus::failed, {"red"});
  std::string log;
  for (const RunEvent& event : script.events()) encode(event, log);
  std::size_t unreadable = 99;
  EXPECT_EQ(read_log(log, &unreadable), script.record());
  EXPECT_EQ(unreadable, 0u);
}

TEST(EventLog, ARunThatWasKilledIsReadUpToItsLastWholeLine)
{
  Script script;
  script.run("a:S.x").begun("a:S.x").passed("a:S.x");
  std::string log;
  for (const RunEvent& event : script.events()) encode(event, log);
  log.resize(log.size() - 10);
  std::size_t unreadable = 0;
  const RunRecord record = read_log(log, &unreadable);
  EXPECT_EQ(unreadable, 1u);
  ASSERT_EQ(record.tests.size(), 1u);
  EXPECT_EQ(record.tests[0].outcome(), Outcome::not_run) << "an end that was not seen is no pass";
  EXPECT_FALSE(record.finished);
}

TEST(EventLog, LinesThatCannotBeReadAreCountedAndTheOthersKept)
{
  std::string log = "garbage\n";
  encode(at(1, event::Interrupted{2}), log);
  log += "{\"v\":9}\n\n";
  std::size_t unreadable = 0;
  EXPECT_TRUE(read_log(log, &unreadable).interrupted);
  EXPECT_EQ(unreadable, 2u);
  EXPECT_EQ(read_log("").tests.size(), 0u);
}

} // namespace
} // namespace sluice::reports
