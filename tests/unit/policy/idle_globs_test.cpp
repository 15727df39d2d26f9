#include "policy/idle_globs.h"

#include <gmock/gmock.h>

namespace sluice::policy {

namespace {

std::vector<std::string> texts(const Policy& policy)
{
  Catalogue catalogue;
  Program program;
  program.name = "t";
  catalogue.programs.push_back(program);
  TestCase test;
  test.id.value = "t:cases/one.sh";
  test.labels = {"core"};
  catalogue.tests.push_back(test);
  std::vector<std::string> found;
  for (const IdleGlob& glob : idle_globs(policy, {"conf/a.json", "src/a/x.c", "src/b/x.c"}, catalogue))
    found.push_back(glob.text);
  return found;
}

TEST(IdleGlobs, AreNoneWhereEachSelectsSomething)
{
  Policy policy;
  policy.tiers.push_back({"one", {"src/**", "conf/"}});
  policy.validators.push_back({"json", {"*.json"}, {"true"}});
  Suite suite;
  suite.name = "core";
  suite.tests = {"t:*"};
  suite.labels = {"core"};
  suite.programs = {"t"};
  suite.files = {"src/a/x.c"};
  policy.suites.push_back(suite);
  EXPECT_THAT(texts(policy), testing::IsEmpty());
}

TEST(IdleGlobs, AreToldEachByItself)
{
  Policy policy;
  policy.tiers.push_back({"one", {"src/**", "secrue/**"}});
  policy.validators.push_back({"json", {"conf/*.json", "conf/*.JSON"}, {"true"}});
  Suite suite;
  suite.name = "core";
  suite.tests = {"t:*", "T:*"};
  suite.labels = {"core", "slow"};
  suite.paths = {"no/where.c"};
  suite.programs = {"u"};
  suite.files = {"nowhere/**"};
  policy.suites.push_back(suite);
  Rule rule;
  rule.name = "r";
  rule.paths = {"src/**", "scr/**"};
  policy.rules.push_back(rule);
  EXPECT_THAT(texts(policy),
              testing::ElementsAre(
                "tier \"one\": no file matches \"secrue/**\"", "suite \"core\": no test has a name like \"T:*\"",
                "suite \"core\": no test has the label \"slow\"",
                "suite \"core\": no test has a file like \"no/where.c\"",
                "suite \"core\": no test has a program like \"u\"", "suite \"core\": no file matches \"nowhere/**\"",
                "validator \"json\": no file matches \"conf/*.JSON\"", "rule \"r\": no file matches \"scr/**\""));
}

TEST(IdleGlobs, SayWhatOtherGlobsWouldMean)
{
  Policy policy;
  policy.tiers.push_back({"one", {"src/{a,b}/**", "conf", "/src/a"}});
  EXPECT_THAT(texts(policy),
              testing::ElementsAre(
                "tier \"one\": no file matches \"src/{a,b}/**\": { is no pattern here, write one glob for each",
                "tier \"one\": no file matches \"conf\", which is a folder: \"conf/\" has what lies in it",
                "tier \"one\": no file matches \"/src/a\", which is a folder: \"/src/a/\" has what lies in it"));
}

} // namespace

} // namespace sluice::policy
