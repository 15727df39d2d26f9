// Rule by change: does the rule apply? The verdict (judge_test, rule_judge_test) hangs on these answers, and each row
// that says "no" has a neighbour that says "yes" and differs in one thing.
#include "policy/conditions.h"

#include "tests/unit/policy/run_builder.h"

#include <gmock/gmock.h>

#include <functional>

namespace sluice::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::ARun;
using tests::written_by;

// A change of a page by a person, of which all is known; the base had no test.
struct Situation {
  Rule rule;
  Policy policy;
  std::vector<CommitAuthorship> authorship{written_by(Authorship::human)};
  ChangeSet change;
  Catalogue catalogue = ARun({"core:A", "core:B", "core:C"}).catalogue;
  Circumstances known;

  Situation()
  {
    policy.tiers = {{"tier-1", {"src/**"}}, {"tier-2", {"lib/**"}}};
    change.commits.emplace_back();
    known.base.state = Known::known;
    known.blast_radius = BlastRadius{0, 3, 0, 0, 0, 0};
    known.unreached.emplace();
    touches(ChangeKind::modified, "docs/a.md");
  }
  void touches(ChangeKind kind, const std::string& path, const std::string& old = {})
  {
    change.paths = {{kind, path, old}};
  }
  Application asked() const { return application_of(rule, policy, authorship, change, catalogue, known); }
};

struct Row {
  const char* name;
  std::function<void(Situation&)> set;
  bool applies;
  const char* words; // in the evidence if it applies, else in the summary
};

class RuleByChange : public ::testing::TestWithParam<Row> {};

TEST_P(RuleByChange, Applies)
{
  Situation situation;
  GetParam().set(situation);
  const Application result = situation.asked();
  EXPECT_EQ(result.applies, GetParam().applies);
  if (result.applies) EXPECT_THAT(result.evidence, Contains(HasSubstr(GetParam().words)));
  else EXPECT_THAT(result.summary, HasSubstr(GetParam().words));
}

const Row k_authors[] = {
  {"ANotherKindOfAuthor", [](Situation& s) { s.rule.authorship = {Authorship::ai}; }, false,
   "no commit of the change is ai"},
  {"OneCommitOfTwo",
   [](Situation& s) {
     s.rule.authorship = {Authorship::ai};
     s.authorship.push_back(written_by(Authorship::ai));
   },
   true, "commit 123456789012: ai"},
  {"UndeclaredMayBeAssisted",
   [](Situation& s) {
     s.rule.authorship = {Authorship::ai_assisted};
     s.authorship = {written_by(Authorship::undeclared)};
   },
   true, "undeclared"},
  {"UndeclaredThatCountsAsHumanIsNotAssisted",
   [](Situation& s) {
     s.rule.authorship = {Authorship::ai_assisted};
     s.policy.undeclared_counts_as = Authorship::human;
     s.authorship = {written_by(Authorship::undeclared)};
   },
   false, "no commit of the change is ai_assisted"},
  {"ACommitWithoutAnAnswer",
   [](Situation& s) {
     s.rule.authorship = {Authorship::ai};
     s.change.commits.emplace_back();
   },
   true, "commits whose authorship was not read"},
  {"TheWorkingTree",
   [](Situation& s) {
     s.rule.authorship = {Authorship::undeclared};
     s.change.includes_working_tree = true;
   },
   true, "changes that are not committed"},
  {"AWorkingTreeWithoutChanges",
   [](Situation& s) {
     s.rule.authorship = {Authorship::undeclared};
     s.change.includes_working_tree = true;
     s.change.paths.clear();
   },
   false, "no commit of the change is undeclared"},
};

const Row k_paths[] = {
  {"AnotherPath", [](Situation& s) { s.rule.paths = {"src/**"}; }, false, "no changed path matches src/**"},
  {"ThePath",
   [](Situation& s) {
     s.rule.paths = {"src/**", "docs/**"};
   },
   true, "path docs/a.md matches \"docs/**\""},
  {"TheNameBefore",
   [](Situation& s) {
     s.rule.paths = {"src/**"};
     s.touches(ChangeKind::renamed, "docs/a.md", "src/a.md");
   },
   true, "path src/a.md matches \"src/**\""},
  {"TheNameAtTheBase",
   [](Situation& s) {
     s.rule.paths = {"src/**"};
     s.change.paths[0].base_paths = {"src/a.md"};
   },
   true, "path docs/a.md, now src/a.md matches \"src/**\""},
  {"LostAtTheBase",
   [](Situation& s) {
     s.rule.paths = {"src/**"};
     s.change.paths[0].lost_at_base = true;
   },
   true, "rebase the change"},
  {"WhatLiesBelow",
   [](Situation& s) {
     s.rule.paths = {"vendor/lib/*.c"};
     s.touches(ChangeKind::submodule, "vendor");
   },
   true, "path vendor matches"},
  {"ANameThatOnlyBeginsAlike",
   [](Situation& s) {
     s.rule.paths = {"vendor/lib/*.c"};
     s.touches(ChangeKind::submodule, "vend");
   },
   false, "no changed path"},
  {"AnIncompleteChange",
   [](Situation& s) {
     s.rule.paths = {"src/**"};
     s.change.incomplete = {{"the history is shallow", ""}};
   },
   true, "the change set is not complete: the history is shallow"},
  {"TheTier",
   [](Situation& s) {
     s.rule.tiers = {"tier-1"};
     s.touches(ChangeKind::modified, "src/a.c");
   },
   true, "path src/a.c is of tier-1"},
  {"AnotherTier",
   [](Situation& s) {
     s.rule.tiers = {"tier-1"};
     s.touches(ChangeKind::modified, "lib/a.c");
   },
   false, "no changed path is of tier-1"},
};

const Row k_kinds[] = {
  {"Documentation", [](Situation& s) { s.rule.kinds = {FileKind::documentation}; }, true,
   "path docs/a.md is documentation"},
  {"NoDocumentation", [](Situation& s) { s.rule.kinds = {FileKind::build}; }, false, "kinds that the rule names"},
  {"ATestThatHasGone",
   [](Situation& s) {
     s.rule.kinds = {FileKind::test};
     s.touches(ChangeKind::deleted, "checks/a.sh");
     s.known.base.tests = {{"t", "checks/a.sh", "t", {}, {}}};
   },
   true, "path checks/a.sh is test"},
  {"NoTestAtEitherSide",
   [](Situation& s) {
     s.rule.kinds = {FileKind::test};
     s.touches(ChangeKind::deleted, "checks/a.sh");
   },
   false, "kinds that the rule names"},
  {"WhatTheBaseHadIsNotKnown",
   [](Situation& s) {
     s.rule.kinds = {FileKind::test};
     s.touches(ChangeKind::deleted, "checks/a.sh");
     s.known.base.state = Known::unknown;
   },
   true, "which tests there were at the base is not known"},
  {"ANewFileWasNoTestAtTheBase",
   [](Situation& s) {
     s.rule.kinds = {FileKind::test};
     s.touches(ChangeKind::added, "checks/a.sh");
     s.known.base.state = Known::unknown;
   },
   false, "kinds that the rule names"},
  {"TestsAndCode",
   [](Situation& s) {
     s.rule.tests_with_code = true;
     s.change.paths = {{ChangeKind::modified, "src/a.c", ""}, {ChangeKind::modified, "tests/core.cpp", ""}};
   },
   true, "tests (tests/core.cpp) and code (src/a.c) change together"},
  {"TestsAndTheirPage",
   [](Situation& s) {
     s.rule.tests_with_code = true;
     s.change.paths = {{ChangeKind::modified, "README.md", ""}, {ChangeKind::modified, "tests/core.cpp", ""}};
   },
   false, "do not change together"},
};

const Row k_reach[] = {
  {"AsManyAsAllowed",
   [](Situation& s) {
     s.rule.blast_radius = 33;
     s.known.blast_radius = BlastRadius{33, 100, 0, 0, 0, 0};
   },
   false, "no more than 33 % of the tests"},
  {"OneMore",
   [](Situation& s) {
     s.rule.blast_radius = 33;
     s.known.blast_radius = BlastRadius{34, 100, 0, 0, 0, 0};
   },
   true, "34 of 100 tests are reached"},
  {"TestsThatHaveGoneAreReached",
   [](Situation& s) {
     s.rule.blast_radius = 33;
     s.known.base.tests = {{"gone:A", "", "", {}, {}}, {"gone:B", "", "", {}, {}}, {"core:A", "", "", {}, {}}};
   },
   true, "2 of 5 tests are reached"},
  {"AReachThatIsNotKnown",
   [](Situation& s) {
     s.rule.blast_radius = 33;
     s.known.blast_radius.reset();
   },
   true, "not known yet"},
  {"AReachWithoutABase",
   [](Situation& s) {
     s.rule.blast_radius = 33;
     s.known.base = {Known::unknown, {}, "it does not build"};
   },
   true, "not known: it does not build"},
  {"EveryPathReached", [](Situation& s) { s.rule.unreached = true; }, false, "every changed path is reached"},
  {"APathUnreached",
   [](Situation& s) {
     s.rule.unreached = true;
     s.known.unreached->push_back("docs/a.md");
   },
   true, "path docs/a.md is reached by no test"},
  {"UnreachedNotKnown",
   [](Situation& s) {
     s.rule.unreached = true;
     s.known.unreached.reset();
   },
   true, "not known"},
};

constexpr auto k_name = [](const auto& info) { return std::string(info.param.name); };
INSTANTIATE_TEST_SUITE_P(Authors, RuleByChange, ::testing::ValuesIn(k_authors), k_name);
INSTANTIATE_TEST_SUITE_P(Paths, RuleByChange, ::testing::ValuesIn(k_paths), k_name);
INSTANTIATE_TEST_SUITE_P(Kinds, RuleByChange, ::testing::ValuesIn(k_kinds), k_name);
INSTANTIATE_TEST_SUITE_P(Reach, RuleByChange, ::testing::ValuesIn(k_reach), k_name);

// One condition that fails is enough, whichever it is, and then no evidence of the others is shown.
TEST(Application, NeedsEveryCondition)
{
  Situation situation;
  situation.rule.paths = {"docs/**"};
  situation.rule.kinds = {FileKind::documentation};
  EXPECT_TRUE(situation.asked().applies);
  situation.rule.unreached = true;
  EXPECT_FALSE(situation.asked().applies);
  EXPECT_THAT(situation.asked().evidence, IsEmpty());
  situation.rule.unreached = false;
  situation.rule.paths = {"src/**"};
  EXPECT_FALSE(situation.asked().applies);
}

TEST(Application, ALongListIsCutAndCounted)
{
  Situation situation;
  situation.rule.paths = {"docs/**"};
  situation.change.paths.clear();
  for (int i = 0; i < 12; ++i)
    situation.change.paths.push_back({ChangeKind::modified, "docs/" + std::to_string(i), ""});
  EXPECT_EQ(situation.asked().evidence.size(), 11u);
  EXPECT_EQ(situation.asked().evidence.back(), "and 2 more paths");
}

TEST(LooksAtBase, OnlyWhereTheAnswerHangsOnIt)
{
  Rule rule;
  EXPECT_FALSE(looks_at_base(rule));
  rule.kinds = {FileKind::build};
  EXPECT_FALSE(looks_at_base(rule));
  rule.kinds = {FileKind::build, FileKind::source};
  EXPECT_TRUE(looks_at_base(rule));
  rule = {};
  rule.blast_radius = 0;
  EXPECT_TRUE(looks_at_base(rule));
  rule = {};
  rule.tests_with_code = true;
  EXPECT_TRUE(looks_at_base(rule));
}

TEST(ChangedPaths, AreNamedByWhatTheyAreAndWere)
{
  ChangeSet change;
  change.paths = {{ChangeKind::modified, "cfg/a.toml", ""},
                  {ChangeKind::renamed, "out/b.toml", "cfg/b.toml"},
                  {ChangeKind::submodule, "cfg", ""},
                  {ChangeKind::modified, "src/a.c", ""},
                  {ChangeKind::modified, "moved/c.toml", "", {"cfg/c.toml"}},
                  {ChangeKind::modified, "lost/d.toml", "", {}, true}};
  EXPECT_THAT(changed_paths(change, {"cfg/*.toml"}),
              ElementsAre("cfg/a.toml", "cfg/b.toml", "cfg", "moved/c.toml", "lost/d.toml"));
  EXPECT_THAT(changed_paths(change, {}), ElementsAre("lost/d.toml"));
}

} // namespace
} // namespace sluice::policy
