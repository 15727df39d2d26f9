// Each condition and each obligation of a rule: what meets it, and what only looks as if it did.
#include "adapters/config/toml.h"
#include "policy/file_kinds.h"
#include "policy/policy_file.h"
#include "policy/signed_records.h"
#include "tests/unit/policy/run_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::HasSubstr;
using tests::ARun;

Policy read(const std::string& text)
{
  return read_policy(config::parse_toml(text, "p"), "p", "base:p");
}

Policy ruled(const std::string& rule, const std::string& more = {})
{
  return read(more + "[[suite]]\nname='core'\ntests=['core:*']\n[[rule]]\nname='r'\n" + rule + "\n");
}

ChangeSet changing(const std::vector<std::string>& paths, const std::string& message = "Fix it")
{
  ChangeSet change;
  for (const std::string& path : paths) change.paths.push_back({ChangeKind::modified, path, ""});
  Commit commit;
  commit.id = std::string(40, 'a');
  commit.author = {"Ada", "ada@example.org"};
  commit.committer = {"Ci", "ci@example.org"};
  commit.message = message;
  change.commits = {commit};
  return change;
}

RuleStatus status(const Policy& policy, const ChangeSet& change, const Circumstances& known = {})
{
  const ARun run({"core:A", "core:B"});
  const std::vector<CommitAuthorship> authorship{tests::written_by(Authorship::human)};
  return judge(policy, authorship, change, run.catalogue, run.record, known).rules.at(0).status;
}

TEST(Conditions, ARuleOnKindsLooksAtNames)
{
  const Policy policy = ruled("when={kinds=['build','ci','policy']}\nrequire={reason=true}");
  for (const char* path : {"CMakeLists.txt", "src/x.cmake", ".github/workflows/a.yml", "sluice.policy.toml",
                           "sluice.signers", "sluice.toml", "a/Makefile", "Jenkinsfile"})
    EXPECT_EQ(status(policy, changing({path})), RuleStatus::violated) << path;
  for (const char* path : {"src/a.cpp", "docs/a.md", "x/sluice.policy.toml.txt", "tests/a_test.cpp"})
    EXPECT_EQ(status(policy, changing({path})), RuleStatus::not_applicable) << path;
}

TEST(Conditions, TheBlastRadiusIsComparedWithoutRounding)
{
  const Policy policy = ruled("when={blast_radius=30}\nrequire={reason=true}");
  Circumstances known;
  EXPECT_EQ(status(policy, changing({"a"}), known), RuleStatus::violated); // not known: it holds
  known.blast_radius = BlastRadius{300, 1000, 0, 0, 0, 0};
  EXPECT_EQ(status(policy, changing({"a"}), known), RuleStatus::not_applicable);
  known.blast_radius->tests = 301;
  EXPECT_EQ(status(policy, changing({"a"}), known), RuleStatus::violated);
}

TEST(Conditions, WhatNoTestReachesCounts)
{
  const Policy policy = ruled("when={unreached=true}\nrequire={reason=true}");
  Circumstances known;
  EXPECT_EQ(status(policy, changing({"a"}), known), RuleStatus::violated);
  known.unreached.emplace();
  EXPECT_EQ(status(policy, changing({"a"}), known), RuleStatus::not_applicable);
  known.unreached->push_back("a");
  EXPECT_EQ(status(policy, changing({"a"}), known), RuleStatus::violated);
}

TEST(Conditions, TestsWithTheirCode)
{
  const Policy policy = ruled("when={tests_with_code=true}\nrequire={reason=true}");
  EXPECT_EQ(status(policy, changing({"tests/a_test.cpp", "src/a.cpp"})), RuleStatus::violated);
  EXPECT_EQ(status(policy, changing({"tests/a_test.cpp", "README.md"})), RuleStatus::not_applicable);
  EXPECT_EQ(status(policy, changing({"src/a.cpp"})), RuleStatus::not_applicable);
  EXPECT_EQ(status(policy, changing({"tests/core.cpp", "src/a.cpp"})), RuleStatus::violated); // by the catalogue
}

// What was a test at the base may be none now, and the other way round; what is not known counts.
TEST(Conditions, RulesOnTestsLookAtTheBase)
{
  const auto all = [](ChangeKind kind, const std::vector<std::string>& paths) {
    ChangeSet change = changing(paths);
    for (ChangedPath& path : change.paths) path.kind = kind;
    return change;
  };
  const auto deleting = [&](const std::vector<std::string>& paths) { return all(ChangeKind::deleted, paths); };
  const Policy tests = ruled("when={kinds=['test']}\nrequire={reason=true}");
  const Policy source = ruled("when={kinds=['source']}\nrequire={reason=true}");
  const Policy both = ruled("when={tests_with_code=true}\nrequire={reason=true}");
  Circumstances known;
  EXPECT_EQ(status(tests, deleting({"checks/a.sh"}), known), RuleStatus::violated);
  EXPECT_EQ(status(tests, all(ChangeKind::added, {"checks/a.sh"}), known), RuleStatus::not_applicable);
  EXPECT_EQ(status(both, deleting({"checks/a.sh", "src/a.c"}), known), RuleStatus::violated);
  EXPECT_EQ(status(both, deleting({"src/a.c"}), known), RuleStatus::not_applicable); // a test or code, not both
  known.base = {Known::known, {{"t", "checks/a.sh", "t", {}, {"ci/run.sh"}}}, ""};
  EXPECT_EQ(status(tests, deleting({"checks/a.sh"}), known), RuleStatus::violated);
  EXPECT_EQ(status(tests, deleting({"ci/run.sh"}), known), RuleStatus::violated);
  EXPECT_EQ(status(tests, deleting({"checks/b.sh"}), known), RuleStatus::not_applicable);
  EXPECT_EQ(status(both, deleting({"checks/a.sh", "src/a.c"}), known), RuleStatus::violated);
  EXPECT_EQ(status(both, deleting({"checks/b.sh", "src/a.c"}), known), RuleStatus::not_applicable);
  EXPECT_EQ(status(source, changing({"tests/core.cpp"}), known), RuleStatus::not_applicable);
  EXPECT_EQ(status(source, deleting({"checks/a.sh"}), known), RuleStatus::violated); // it is none now
  known.base.state = Known::unknown;
  EXPECT_EQ(status(tests, deleting({"checks/b.sh"}), known), RuleStatus::violated);
}

TEST(Conditions, ASubmoduleStandsForWhatLiesBelowIt)
{
  Circumstances known;
  known.base = {Known::known, {{"t", "checks/a.sh", "t", {}, {}}}, ""};
  const Policy tests = ruled("when={kinds=['test']}\nrequire={reason=true}");
  const Policy ci = ruled("when={kinds=['ci']}\nrequire={reason=true}");
  const Policy both = ruled("when={tests_with_code=true}\nrequire={reason=true}");
  EXPECT_EQ(status(tests, changing({"checks"}), known), RuleStatus::violated);
  EXPECT_EQ(status(tests, changing({"lib/tests"}), known), RuleStatus::violated);
  EXPECT_EQ(status(both, changing({"checks"}), known), RuleStatus::violated); // it may hold code as well
  EXPECT_EQ(status(ci, changing({".circleci"}), known), RuleStatus::violated);
  EXPECT_EQ(status(tests, changing({"check"}), known), RuleStatus::not_applicable);
}

TEST(Conditions, AnIncompleteChangeMeetsAllOfThem)
{
  ChangeSet change;
  change.incomplete.push_back({"no merge base", ""});
  for (const char* when : {"tiers=['t']", "kinds=['ci']", "tests_with_code=true", "paths=['x']"})
    EXPECT_EQ(
      status(ruled("when={" + std::string(when) + "}\nrequire={reason=true}", "[[tier]]\nname='t'\npaths=['x']\n"),
             change),
      RuleStatus::violated)
      << when;
}

TEST(Obligations, AReasonHasToSaySomething)
{
  const Policy policy = ruled("require={reason=true}");
  EXPECT_EQ(status(policy, changing({}, "Fix\n\nReason: the limit was reached on Monday")), RuleStatus::satisfied);
  for (const char* message : {"Fix", "Fix\n\nReason:", "Fix\n\nReason: because", "Fix\n\nNo reason: none at all here"})
    EXPECT_EQ(status(policy, changing({}, message)), RuleStatus::violated) << message;
}

TEST(Obligations, ApprovalsAreCountedByPersonAndNeverOfAuthors)
{
  const Policy policy = ruled("require={approvals=2,groups=['g']}",
                              "[[group]]\nname='g'\nmembers=['a@x','B@x','ada@example.org','ci@example.org']\n");
  const auto with = [&](const std::vector<std::string>& signers) {
    Circumstances known;
    for (const std::string& signer : signers) known.approvals.push_back({signer, {}});
    return status(policy, changing({}), known);
  };
  EXPECT_EQ(with({"a@x", "b@x"}), RuleStatus::satisfied);
  for (const auto& signers : std::vector<std::vector<std::string>>{
         {}, {"a@x"}, {"a@x", "A@x"}, {"a@x", "c@x"}, {"a@x", "ada@example.org"}, {"a@x", "ci@example.org"}})
    EXPECT_EQ(with(signers), RuleStatus::violated) << signers.size();
}

// Names of certificates stand in no file that could join them.
TEST(Obligations, ApprovalsOfOneKeyAreOne)
{
  const Policy policy = ruled("require={approvals=2}");
  const auto with = [&](const std::string& one, const std::string& other) {
    Circumstances known;
    known.approvals = {{"a@x", {{}, one}}, {"a-ops@x", {{}, other}}};
    return status(policy, changing({}), known);
  };
  EXPECT_EQ(with("key", "other key"), RuleStatus::satisfied);
  EXPECT_EQ(with("", ""), RuleStatus::satisfied) << "of which no key is known";
  EXPECT_EQ(with("key", "key"), RuleStatus::violated);
}

TEST(Obligations, EveryFileOfAValidatorMustHavePassed)
{
  const Policy policy =
    ruled("require={validators=['v']}", "[[validator]]\nname='v'\npaths=['*.json']\ncommand='true'\n");
  const ChangeSet change = changing({"a.json", "b.json", "c.txt"});
  Circumstances known;
  known.validators = {{"v", "a.json", 0, ""}};
  EXPECT_EQ(status(policy, change, known), RuleStatus::violated);
  known.validators.push_back({"v", "b.json", 0, ""});
  EXPECT_EQ(status(policy, change, known), RuleStatus::satisfied);
  known.validators[0].exit_code = 1;
  EXPECT_EQ(status(policy, change, known), RuleStatus::violated);
}

TEST(Obligations, WhatTheBaseHadMustStillBeThere)
{
  Circumstances known;
  known.base.state = Known::known;
  known.base.tests = {{"core:A", "", "", {}}, {"core:Gone", "", "", {}}, {"other:X", "", "", {}}};
  EXPECT_EQ(status(ruled("require={suites=['core']}"), changing({}), known), RuleStatus::violated);
  EXPECT_EQ(status(ruled("require={suites=['core'],removals=true}"), changing({}), known), RuleStatus::satisfied);
  known.base.tests.erase(known.base.tests.begin() + 1);
  EXPECT_EQ(status(ruled("require={suites=['core']}"), changing({}), known), RuleStatus::satisfied);
  known.base.state = Known::unknown;
  EXPECT_EQ(status(ruled("require={suites=['core']}"), changing({}), known), RuleStatus::violated);
}

TEST(Obligations, TheTestsOfTheBaseMustHavePassed)
{
  const Policy policy = ruled("require={suites=['core'],base_tests=true}");
  Circumstances known;
  known.base = {Known::known, {{"core:A", "", "", {}}}, ""};
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::violated); // nobody ran them
  known.replay.state = Known::known;
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::violated); // the test was not listed there
  known.replay.tests = {{"core:A", Outcome::failed, "expected 1"}};
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::violated);
  known.replay.tests[0].outcome = Outcome::passed;
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::satisfied);
}

// What a rule allows of its suite it allows of the suite as it was, and nothing else.
TEST(Obligations, TheTestsOfTheBaseAreExcusedAsThoseOfTheChange)
{
  struct Way {
    const char* key;
    Outcome outcome;
    Standing standing;
  };
  for (const Way& way :
       {Way{"skips", Outcome::skipped, Standing::skipped}, Way{"retries", Outcome::failed, Standing::flaky},
        Way{"quarantine", Outcome::crashed, Standing::quarantined}}) {
    Circumstances known;
    known.base = {Known::known, {{"core:A", "", "", {}}}, ""};
    known.replay.state = Known::known;
    known.replay.tests = {{"core:A", way.outcome, "", way.standing}};
    for (const char* key : {"skips", "retries", "quarantine", "removals"}) {
      const Policy policy = ruled("require={suites=['core'],base_tests=true," + std::string(key) + "=true}");
      EXPECT_EQ(status(policy, changing({}), known),
                std::string(key) == way.key ? RuleStatus::satisfied : RuleStatus::violated)
        << way.key << " where the rule has " << key;
    }
    known.replay.tests[0].standing = Standing::red;
    if (way.outcome != Outcome::skipped) {
      EXPECT_EQ(status(ruled("require={suites=['core'],base_tests=true," + std::string(way.key) + "=true}"),
                       changing({}), known),
                RuleStatus::violated);
    }
  }
}

TEST(Overrides, ExcuseTheTestsThatTheyNameAndNothingElse)
{
  const Policy policy = ruled("require={suites=['core']}");
  Circumstances known;
  known.base = {Known::known, {{"core:Gone", "", "", {}}, {"core:Too", "", "", {}}}, ""};
  known.overrides = {{"r", {"core:Gone"}, "replaced by another", {"grace@x"}}};
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::violated);
  known.overrides[0].tests.emplace_back("core:Too");
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::overridden);
  known.overrides[0].rule = "another";
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::violated);
  known.overrides[0] = {"r", {"*", "core:*", ""}, "replaced by another", {"grace@x"}};
  EXPECT_EQ(status(policy, changing({}), known), RuleStatus::violated);
}

TEST(Records, AreReadWholeOrNotAtAll)
{
  SignedRecord record{
    RecordKind::override_of_tests, "main", "b", "t", {"m", "n"}, "grace@x", "a good reason", "r", {"x"}, 100};
  EXPECT_TRUE(read_record(record_text(record)));
  EXPECT_EQ(not_bound(record, {"refs/heads/main", "b", "t", {"m", "n"}, 99}), "");
  for (const Binding& binding : std::vector<Binding>{{"release", "b", "t", {"m", "n"}, 99},
                                                     {"main", "c", "t", {"m", "n"}, 99},
                                                     {"main", "b", "u", {"m", "n"}, 99},
                                                     {"main", "b", "t", {"m"}, 99},
                                                     {"main", "b", "t", {}, 99},
                                                     {"main", "b", "t", {"m", "n"}, 100}})
    EXPECT_NE(not_bound(record, binding), "");
  for (const std::vector<std::string>& some : {std::vector<std::string>{}, {"*"}, {"x", ""}}) {
    record.tests = some;
    EXPECT_FALSE(read_record(record_text(record)));
  }
  for (const char* text : {"", "{}", "[]", "{\"format\":\"sluice.record\",\"version\":2}"})
    EXPECT_FALSE(read_record(text));
  record.tests = {"x"};
  record.departures.clear();
  EXPECT_FALSE(read_record(record_text(record)));
}

TEST(PolicyFileKeys, WhatWouldSwitchARuleOffIsRefused)
{
  for (const char* rule :
       {"when={unreached=false}\nrequire={reason=true}", "when={tiers=['none']}\nrequire={reason=true}",
        "when={kinds=['biuld']}\nrequire={reason=true}", "require={groups=['g'],reason=true}",
        "require={base_tests=true,reason=true}", "require={suites=['core'],retries=1}",
        "require={suites=['core'],quarantine='yes'}", "require={validators=['none']}", "require={approvals=0}"})
    EXPECT_ANY_THROW((void)ruled(rule)) << rule;
}

} // namespace
} // namespace sluice::policy
