// What a forge is told. It merges by this word, so each test asks how a red run could be told as a success, or how a
// test's own words could say more than they should.
#include "adapters/forge/payload.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace sluice::forge {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Forge k_forges[] = {Forge::github_check, Forge::github_status, Forge::gitlab_status, Forge::gerrit_review,
                              Forge::harness};

RunRecord ended(VerdictStatus status, ExitCode exit, std::vector<std::string> reasons = {})
{
  RunRecord record;
  record.started.run = "run-1";
  record.plan.blast_radius = BlastRadius{1, 100, 0, 0, 0, 0};
  record.finished.emplace();
  record.finished->verdict = {status, exit, std::move(reasons), {}};
  return record;
}

RunRecord passed()
{
  return ended(VerdictStatus::passed, ExitCode::passed);
}

TestRecord& add_failure(RunRecord& record, const std::string& id, const std::string& file, int line)
{
  TestRecord& test = record.tests.emplace_back();
  test.planned.test = {id};
  test.planned.decision = Run{};
  AttemptResult& result = test.attempts.emplace_back().result;
  result.outcome = Outcome::failed;
  result.message = "expected 1";
  result.file = file;
  result.line = line;
  return test;
}

std::string told(Forge forge, const RunRecord& record, const std::string& commit = "c")
{
  return payload(forge, record, commit, "");
}

bool is_told_as_success(Forge forge, const RunRecord& record)
{
  const std::string text = told(forge, record);
  switch (forge) {
  case Forge::github_check:
    return json::parse(text).at("conclusion") == "success";
  case Forge::github_status:
  case Forge::gitlab_status:
    return json::parse(text).at("state") == "success";
  case Forge::gerrit_review:
    return json::parse(text).at("labels").at("Verified") == 1;
  case Forge::harness:
    return text.find("sluice_verdict=PASSED\n") != std::string::npos ||
           text.find("sluice_verdict=OVERRIDDEN\n") != std::string::npos;
  }
  return false;
}

TEST(Forge, HasANameEach)
{
  for (const Forge forge : k_forges) EXPECT_EQ(forge_named(to_string(forge)), forge);
  EXPECT_EQ(forge_named("github"), std::nullopt);
  EXPECT_EQ(forge_named(""), std::nullopt);
}

TEST(Payload, OnlyAPassAndAnOverrideAreASuccess)
{
  for (const Forge forge : k_forges) {
    EXPECT_TRUE(is_told_as_success(forge, passed()));
    EXPECT_TRUE(is_told_as_success(forge, ended(VerdictStatus::overridden, ExitCode::passed, {"an override"})));
    EXPECT_FALSE(is_told_as_success(forge, ended(VerdictStatus::failed, ExitCode::failed, {"red"})));
    EXPECT_FALSE(is_told_as_success(forge, ended(VerdictStatus::refused, ExitCode::refused, {"a rule"})));
  }
}

TEST(Payload, ARunWithoutAVerdictIsAFailure)
{
  for (const Forge forge : k_forges) {
    EXPECT_FALSE(is_told_as_success(forge, RunRecord{}));
    if (forge == Forge::harness) continue; // it has room for the status only
    EXPECT_THAT(told(forge, RunRecord{}), HasSubstr("no verdict was formed"));
  }
}

// A status without its exit code is a contradiction, and the stricter of the two counts.
TEST(Payload, APassThatDidNotExitAsOneIsAFailure)
{
  for (const Forge forge : {Forge::github_check, Forge::github_status, Forge::gitlab_status, Forge::gerrit_review})
    EXPECT_FALSE(is_told_as_success(forge, ended(VerdictStatus::passed, ExitCode::failed)));
}

TEST(Payload, OfGitHubsCheckIsAboutTheCommitThatItKnows)
{
  const json check = json::parse(told(Forge::github_check, passed(), "abc"));
  EXPECT_EQ(check.at("head_sha"), "abc");
  EXPECT_EQ(check.at("status"), "completed");
  EXPECT_EQ(check.at("external_id"), "run-1");
}

TEST(Payload, NamesTheLineThatFailed)
{
  RunRecord record = ended(VerdictStatus::failed, ExitCode::failed, {"1 test is red"});
  add_failure(record, "core:A", "src/a.cpp", 7);
  add_failure(record, "core:B", "", 0).planned.file = "tests/b.sh";
  add_failure(record, "core:C", "/usr/include/x.h", 3); // no file of the repository
  add_failure(record, "core:D", "", 0);                 // no file at all
  add_failure(record, "core:E", "src/e.cpp", 9).attempts[0].result.outcome = Outcome::passed;
  const json notes = json::parse(told(Forge::github_check, record)).at("output").at("annotations");
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0].at("path"), "src/a.cpp");
  EXPECT_EQ(notes[0].at("start_line"), 7);
  EXPECT_EQ(notes[0].at("annotation_level"), "failure");
  EXPECT_EQ(notes[0].at("title"), "core:A");
  EXPECT_EQ(notes[0].at("message"), "expected 1");
  EXPECT_EQ(notes[1].at("path"), "tests/b.sh");
  EXPECT_EQ(notes[1].at("start_line"), 1); // lines begin at 1
  const json review = json::parse(told(Forge::gerrit_review, record));
  EXPECT_EQ(review.at("comments").at("src/a.cpp")[0].at("line"), 7);
}

TEST(Payload, AnExcusedFailureIsAWarningThatSaysSo)
{
  RunRecord record = passed();
  add_failure(record, "core:A", "src/a.cpp", 7).planned.quarantine = {"2026-12-31", "known", "", "", false};
  const json note = json::parse(told(Forge::github_check, record)).at("output").at("annotations").at(0);
  EXPECT_EQ(note.at("annotation_level"), "warning");
  EXPECT_EQ(note.at("title"), "quarantined: core:A");
}

// The limits of the APIs: what is longer is refused as a whole, and then nobody is told anything.
TEST(Payload, KeepsToTheLimits)
{
  RunRecord record =
    ended(VerdictStatus::failed, ExitCode::failed, std::vector<std::string>(300, std::string(5'000, 'x')));
  for (int i = 0; i < 60; ++i) add_failure(record, "core:" + std::to_string(i), "src/a.cpp", 1);
  for (int i = 0; i < 500; ++i)
    record.finished->verdict.rules.push_back({std::string(400, 'r'), RuleStatus::violated, "", {}});
  const json output = json::parse(told(Forge::github_check, record)).at("output");
  EXPECT_EQ(output.at("annotations").size(), 50u);
  EXPECT_EQ(output.at("summary").get<std::string>().size(), 60'000u);
  EXPECT_LE(output.at("title").get<std::string>().size(), 140u);
  EXPECT_EQ(json::parse(told(Forge::github_status, record)).at("description").get<std::string>().size(), 140u);
  EXPECT_EQ(json::parse(told(Forge::gitlab_status, record)).at("description").get<std::string>().size(), 140u);
}

// Tests choose their names and messages: they write no markup, no line of their own and no broken JSON.
TEST(Payload, WordsOfTestsAreWordsOnly)
{
  const std::string hostile = "<b>`x`</b>\n\x1b[31m|\"\\\xff";
  RunRecord record = ended(VerdictStatus::failed, ExitCode::failed, {hostile});
  add_failure(record, hostile, "src/a.cpp", 1).attempts[0].result.message = hostile;
  record.finished->verdict.rules.push_back({hostile, RuleStatus::violated, "", {}});
  for (const Forge forge : k_forges) {
    const std::string text = told(forge, record);
    for (const char* bad : {"<b>", "`", "\x1b", "\\u001b", "\xff"}) EXPECT_THAT(text, Not(HasSubstr(bad)));
    if (forge != Forge::harness) {
      EXPECT_TRUE(json::accept(text));
    }
  }
}

TEST(Payload, WordsOfOthersAreNoMarkdown)
{
  RunRecord record = ended(VerdictStatus::refused, ExitCode::refused, {"[see](http://x) ![](y) @all *b* a|b"});
  record.finished->verdict.rules.push_back({"r | [x](y)", RuleStatus::violated, "", {}});
  const std::string summary = json::parse(told(Forge::github_check, record))["output"]["summary"];
  for (const char* sign : {"[", "]", "(", ")", "@", "!"}) EXPECT_THAT(summary, Not(HasSubstr(sign))) << summary;
  EXPECT_THAT(summary, HasSubstr("| r &#124; &#91;x&#93;&#40;y&#41; | violated |"));
  EXPECT_THAT(json::parse(told(Forge::gerrit_review, record))["message"].get<std::string>(), HasSubstr("[see](http"));
}

TEST(Payload, NothingActsOnWhoReadsIt)
{
  const std::string acting = "a\xc2\x9b"
                             "31mb\xe2\x80\xae"
                             "c\xe2\x81\xa7"
                             "d\xe2\x80\xa8"
                             "e";
  const RunRecord record = ended(VerdictStatus::failed, ExitCode::failed, {acting});
  for (const Forge forge : {Forge::github_check, Forge::github_status, Forge::gitlab_status, Forge::gerrit_review})
    EXPECT_THAT(told(forge, record), HasSubstr("a 31mb c d e"));
}

TEST(Payload, OfHarnessAreLinesOfVariables)
{
  EXPECT_EQ(told(Forge::harness, passed()),
            "sluice_verdict=PASSED\nsluice_blast_radius=1\nsluice_risk=low\nsluice_run=run-1\n");
  EXPECT_THAT(told(Forge::harness, RunRecord{}), HasSubstr("sluice_blast_radius=0\n")); // of no tests
}

TEST(RiskClass, CountsTheTestsThatAreGone)
{
  RunRecord record = passed();
  EXPECT_EQ(risk_class(record), "low");
  record.finished->verdict.reach = ReachedTests{34, 100};
  EXPECT_EQ(risk_class(record), "high");
  EXPECT_THAT(told(Forge::harness, record), HasSubstr("sluice_blast_radius=34\n"));
}

TEST(RiskClass, IsByTheShareThatIsReached)
{
  RunRecord record = passed();
  const auto risk = [&](std::size_t tests) {
    record.plan.blast_radius.tests = tests;
    return risk_class(record);
  };
  EXPECT_EQ(risk(0), "low");
  EXPECT_EQ(risk(5), "low");
  EXPECT_EQ(risk(6), "medium");
  EXPECT_EQ(risk(33), "medium");
  EXPECT_EQ(risk(34), "high");
  EXPECT_EQ(risk(75), "high");
  EXPECT_EQ(risk(76), "critical");
  record.plan.escalations.emplace_back();
  EXPECT_EQ(risk(0), "high");
  record.finished.reset();
  EXPECT_EQ(risk(0), "critical");
}

} // namespace
} // namespace sluice::forge
