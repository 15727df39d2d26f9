#include "policy/judge.h"

#include "tests/unit/policy/run_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tests::ARun;
using tests::core_policy;
using tests::written_by;

// Whether the rule of core_policy applies to a change.
RuleFinding finding(const Rule& rule, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change = {},
                    Authorship undeclared = Authorship::ai)
{
  Policy policy = core_policy(rule);
  policy.undeclared_counts_as = undeclared;
  return obligations(policy, authorship, change, ARun({"core:A"}).catalogue).applicable.at(0);
}

bool applies(const Rule& rule, const std::vector<CommitAuthorship>& authorship, const ChangeSet& change = {},
             Authorship undeclared = Authorship::ai)
{
  return finding(rule, authorship, change, undeclared).status != RuleStatus::not_applicable;
}

Rule for_authors(std::vector<Authorship> authorship)
{
  Rule rule;
  rule.authorship = std::move(authorship);
  return rule;
}

Rule for_paths(std::vector<std::string> paths)
{
  Rule rule;
  rule.paths = std::move(paths);
  return rule;
}

ChangeSet changing(std::vector<ChangedPath> paths)
{
  ChangeSet change;
  change.paths = std::move(paths);
  return change;
}

// Also a rule for people: it may be either. And also where undeclared commits count as theirs.
TEST(Obligations, ACommitWhoseAuthorIsNotKnownIsEverybodys)
{
  CommitAuthorship commit = written_by(Authorship::undeclared);
  EXPECT_FALSE(applies(for_authors({Authorship::ai}), {commit}, {}, Authorship::human));
  commit.unread = "too many";
  for (const Authorship one : {Authorship::ai, Authorship::ai_assisted, Authorship::human, Authorship::undeclared}) {
    EXPECT_TRUE(applies(for_authors({one}), {commit}, {}, Authorship::human));
    EXPECT_THAT(finding(for_authors({one}), {commit}, {}, Authorship::human).evidence,
                Contains(HasSubstr("not known: too many")));
  }
}

// A submodule's commit and where a link leads have one path, and what changes lies below it.
TEST(Obligations, APathStandsForWhatLiesBelowIt)
{
  const auto guards = [](const char* glob, const char* path) {
    return applies(for_paths({glob}), {}, changing({{ChangeKind::submodule, path, {}}}));
  };
  for (const char* glob : {"vendor/**", "/vendor/**", "vendor/", "vendor/*", "vendor/lib/**", "vendor/lib/a.c"})
    EXPECT_TRUE(guards(glob, "vendor")) << glob;
  EXPECT_TRUE(guards("**/vendor/**", "third/vendor"));
  EXPECT_TRUE(guards("third/vendor/**", "third"));
  for (const char* glob : {"vendors/**", "*.c", "other/vendor/**", "ven/**"})
    EXPECT_FALSE(guards(glob, "vendor")) << glob;

  Rule rule;
  rule.tiers = {"core"};
  Policy policy = core_policy(rule);
  policy.tiers = {{"core", {"cfg/**"}}};
  const ChangeSet link = changing({{ChangeKind::modified, "cfg", {}}});
  EXPECT_NE(obligations(policy, {}, link, ARun({"core:A"}).catalogue).applicable.at(0).status,
            RuleStatus::not_applicable);
}

TEST(Obligations, NameTheRuleThatDemandsATest)
{
  const Obligations result =
    obligations(core_policy(), {}, {}, ARun({"core:A", "core:Sizes/B/0", "other:C"}).catalogue);
  EXPECT_THAT(result.required_by, ElementsAre("core-must-run", "core-must-run", "")); // '/' in an id hides nothing
  EXPECT_EQ(result.applicable.at(0).status, RuleStatus::satisfied);
}

TEST(Obligations, ARuleThatAllowsReuseDemandsNoExecution)
{
  Rule rule;
  rule.allow_reuse = true;
  Policy policy = core_policy(rule);
  EXPECT_THAT(obligations(policy, {}, {}, ARun({"core:A"}).catalogue).required_by, ElementsAre(""));
  policy.rules.push_back(core_policy().rules[0]); // a stricter rule on the same suite wins
  EXPECT_THAT(obligations(policy, {}, {}, ARun({"core:A"}).catalogue).required_by, ElementsAre("core-must-run"));
}

TEST(Obligations, ASuiteHoldsWhatAnyOfItsListsMatches)
{
  Policy policy = core_policy();
  policy.suites[0].tests = {"a:*"};
  policy.suites[0].labels = {"slow"};
  policy.suites[0].paths = {"tests/c.cpp"};
  policy.suites[0].programs = {"d"};
  ARun run({"a:1", "b:1", "c:1", "d:1", "e:1"});
  run.labelled("b:1", {"slow"}).labelled("e:1", {"slower"});
  EXPECT_THAT(obligations(policy, {}, {}, run.catalogue).required_by,
              ElementsAre("core-must-run", "core-must-run", "core-must-run", "core-must-run", ""));
}

TEST(Obligations, SayBeforehandWhatCannotBeMet)
{
  const Obligations few = obligations(core_policy(), {}, {}, ARun({"other:C"}).catalogue);
  EXPECT_EQ(few.applicable.at(0).status, RuleStatus::violated);
  const Obligations off = obligations(core_policy(), {}, {}, ARun({"core:A"}).disabled("core:A").catalogue);
  EXPECT_EQ(off.applicable.at(0).status, RuleStatus::violated);
  EXPECT_THAT(off.applicable[0].evidence, Contains(HasSubstr("disabled tests: core:A")));
}

TEST(RuleConditions, WithoutAnyARuleAppliesToEveryChange)
{
  EXPECT_TRUE(applies({}, {}));
  EXPECT_TRUE(applies({}, {written_by(Authorship::human)}));
}

TEST(RuleConditions, AnyCommitMayMakeItApply)
{
  const Rule rule = for_authors({Authorship::ai, Authorship::ai_assisted});
  EXPECT_TRUE(applies(rule, {written_by(Authorship::human), written_by(Authorship::ai_assisted)}));
  EXPECT_FALSE(applies(rule, {written_by(Authorship::human)}));
  EXPECT_THAT(finding(rule, {written_by(Authorship::ai)}).evidence, ElementsAre("commit 123456789012: ai"));
}

// Leaving the trailer out may not lead past a rule for AI.
TEST(RuleConditions, UndeclaredCountsAsThePolicySays)
{
  const std::vector<CommitAuthorship> commits{written_by(Authorship::undeclared)};
  const Rule ai = for_authors({Authorship::ai}), assisted = for_authors({Authorship::ai_assisted});
  const Rule human = for_authors({Authorship::human}), undeclared = for_authors({Authorship::undeclared});
  EXPECT_TRUE(applies(ai, commits) && applies(assisted, commits) && !applies(human, commits));
  EXPECT_FALSE(applies(ai, commits, {}, Authorship::human));
  EXPECT_TRUE(applies(human, commits, {}, Authorship::human));
  EXPECT_FALSE(applies(ai, commits, {}, Authorship::undeclared) || applies(human, commits, {}, Authorship::undeclared));
  for (const Authorship as : {Authorship::ai, Authorship::human, Authorship::undeclared})
    EXPECT_TRUE(applies(undeclared, commits, {}, as));
}

TEST(RuleConditions, WhatIsNotCommittedIsUndeclared)
{
  ChangeSet change = changing({{ChangeKind::modified, "src/a.cpp", ""}});
  EXPECT_FALSE(applies(for_authors({Authorship::ai}), {}, change));
  change.includes_working_tree = true;
  EXPECT_TRUE(applies(for_authors({Authorship::ai}), {}, change));
  EXPECT_FALSE(applies(for_authors({Authorship::ai}), {}, change, Authorship::human));
}

TEST(RuleConditions, BothNamesOfARenameCount)
{
  const Rule rule = for_paths({"src/**"});
  EXPECT_TRUE(applies(rule, {}, changing({{ChangeKind::renamed, "lib/a.cpp", "src/a.cpp"}})));
  EXPECT_TRUE(applies(rule, {}, changing({{ChangeKind::renamed, "src/a.cpp", "lib/a.cpp"}})));
  EXPECT_FALSE(applies(rule, {}, changing({{ChangeKind::modified, "lib/a.cpp", ""}})));
  EXPECT_THAT(finding(rule, {}, changing({{ChangeKind::deleted, "src/a\n.cpp", ""}})).evidence,
              ElementsAre("path src/a?.cpp matches \"src/**\""));
}

TEST(RuleConditions, AllThatAreGivenMustHold)
{
  Rule rule = for_authors({Authorship::ai});
  rule.paths = {"src/**"};
  const ChangeSet change = changing({{ChangeKind::modified, "src/a.cpp", ""}});
  EXPECT_TRUE(applies(rule, {written_by(Authorship::ai)}, change));
  EXPECT_FALSE(applies(rule, {written_by(Authorship::human)}, change));
  EXPECT_FALSE(applies(rule, {written_by(Authorship::ai)}, {}));
}

// A shallow clone hides commits and paths: hiding them may not lead past a rule.
TEST(RuleConditions, AnIncompleteChangeMeetsEveryCondition)
{
  ChangeSet change;
  change.incomplete = {{"the history is shallow", "git fetch --deepen=200"}};
  EXPECT_TRUE(applies(for_authors({Authorship::ai}), {written_by(Authorship::human)}, change));
  EXPECT_TRUE(applies(for_paths({"src/**"}), {}, change));
  EXPECT_THAT(finding(for_paths({"src/**"}), {}, change).evidence, Contains(HasSubstr("the history is shallow")));
}

TEST(RuleConditions, ACommitThatWasNotReadMeetsEveryCondition)
{
  ChangeSet change;
  change.commits.resize(2);
  EXPECT_TRUE(applies(for_authors({Authorship::ai}), {written_by(Authorship::human)}, change));
}

} // namespace
} // namespace sluice::policy
