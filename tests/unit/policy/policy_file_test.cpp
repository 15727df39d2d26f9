#include "policy/policy_file.h"

#include "adapters/config/toml.h"
#include "model/error.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Policy read(const std::string& text)
{
  return read_policy(config::parse_toml(text, "sluice.policy.toml"), "sluice.policy.toml", "abc:sluice.policy.toml");
}

std::string complaint(const std::string& text)
{
  try {
    (void)read(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    return std::string(error.what()) + " | " + error.next();
  }
  return "no complaint";
}

TEST(PolicyFile, ReadsEveryKey)
{
  const Policy policy = read(R"([policy]
version = 1
undeclared = "human"
[[suite]]
name = "core"
tests = ["parser:*"]
labels = ["fast"]
paths = ["tests/core/**"]
programs = ["core_*"]
min_tests = 3
[[rule]]
name = "ai-core"
when = { authorship = ["ai", "ai_assisted"], paths = ["src/**"] }
require = { suites = ["core"], reuse = true }
)");
  EXPECT_EQ(policy.source, "abc:sluice.policy.toml");
  EXPECT_EQ(policy.undeclared_counts_as, Authorship::human);
  EXPECT_THAT(policy.suites, ElementsAre(Suite{"core", {"parser:*"}, {"fast"}, {"tests/core/**"}, {"core_*"}, 3, {}, 4}));
  Rule rule;
  rule.name = "ai-core";
  rule.authorship = {Authorship::ai, Authorship::ai_assisted};
  rule.paths = {"src/**"};
  rule.suites = {"core"};
  rule.allow_reuse = true;
  rule.line = 11;
  EXPECT_THAT(policy.rules, ElementsAre(rule));
}

TEST(PolicyFile, TheDefaultsAreTheStrictOnes)
{
  const Policy policy = read("[[suite]]\nname='s'\nlabels='x'\n[[rule]]\nname='r'\nrequire={suites=['s']}\n");
  EXPECT_EQ(policy.undeclared_counts_as, Authorship::ai);
  EXPECT_EQ(policy.suites[0].min_tests, 1);
  EXPECT_FALSE(policy.rules[0].allow_reuse);
  EXPECT_TRUE(policy.rules[0].authorship.empty() && policy.rules[0].paths.empty()); // applies to every change
}

TEST(PolicyFile, ARuleMayStandBeforeItsSuite)
{
  EXPECT_EQ(complaint("[[rule]]\nname='r'\nrequire={suites=['s']}\n[[suite]]\nname='s'\nlabels='x'\n"), "no complaint");
}

struct Mistake {
  std::string name, text, line, says;
};
void PrintTo(const Mistake& mistake, std::ostream* out)
{
  *out << mistake.name;
}

class Mistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, IsNamedWithItsLine)
{
  const std::string said = complaint(GetParam().text);
  EXPECT_THAT(said, StartsWith("sluice.policy.toml:" + GetParam().line + ": "));
  EXPECT_THAT(said, HasSubstr(GetParam().says));
}

const std::string k_suite = "[[suite]]\nname='core'\nlabels=['x']\n";

INSTANTIATE_TEST_SUITE_P(
  Table, Mistakes,
  ::testing::Values(
    Mistake{"UnknownSuite", k_suite + "[[rule]]\nname='r'\nrequire={suites=['coer']}\n", "6", "did you mean \"core\"?"},
    Mistake{"SuiteTwice", k_suite + k_suite, "4", "suite \"core\" stands twice, first in line 1"},
    Mistake{"RuleTwice",
            k_suite + "[[rule]]\nname='r'\nrequire={suites='core'}\n[[rule]]\nname='r'\nrequire={suites='core'}\n", "7",
            "rule \"r\" stands twice, first in line 4"},
    Mistake{"RuleWithoutObligation", k_suite + "[[rule]]\nname='r'\n", "4", "demands nothing"},
    Mistake{"RuleWithEmptyObligation", k_suite + "[[rule]]\nname='r'\nrequire={}\n", "4", "demands nothing"},
    Mistake{"RuleWithNoSuites", k_suite + "[[rule]]\nname='r'\nrequire={suites=[]}\n", "6", "an empty list"},
    Mistake{"SuiteWithoutSelector", "[[suite]]\nname='core'\n", "1", "selects no tests"},
    Mistake{"SuiteWithEmptySelector", "[[suite]]\nname='core'\ntests=[]\n", "3", "an empty list"},
    Mistake{"SuiteThatMayBeEmpty", k_suite + "min_tests=0\n", "4", "from 1 to"},
    Mistake{"EmptyAuthorship", k_suite + "[[rule]]\nname='r'\nwhen={authorship=[]}\nrequire={suites='core'}\n", "6",
            "an empty list"},
    Mistake{"UnknownAuthorship", k_suite + "[[rule]]\nname='r'\nwhen={authorship='ia'}\nrequire={suites='core'}\n", "6",
            "did you mean \"ai\"?"},
    Mistake{"UnknownUndeclared", "[policy]\nundeclared='humans'\n", "2", "did you mean \"human\"?"},
    Mistake{"NewerVersion", "[policy]\nversion=2\n", "2", "version 2 is not known"},
    Mistake{"MisspeltTable", "[[suites]]\nname='x'\n", "1", "did you mean \"suite\"?"},
    Mistake{"MisspeltSuiteKey", "[[suite]]\nname='x'\nlables=['y']\n", "3", "did you mean \"labels\"?"},
    Mistake{"MisspeltRuleKey", k_suite + "[[rule]]\nname='r'\nrequires={suites='core'}\n", "6",
            "did you mean \"require\"?"},
    Mistake{"MisspeltCondition", k_suite + "[[rule]]\nname='r'\nwhen={path='src/**'}\nrequire={suites='core'}\n", "6",
            "did you mean \"paths\"?"},
    Mistake{"MisspeltObligation", k_suite + "[[rule]]\nname='r'\nrequire={suites='core',resue=true}\n", "6",
            "did you mean \"reuse\"?"},
    Mistake{"MisspeltPolicyKey", "[policy]\nundeclard='ai'\n", "2", "did you mean \"undeclared\"?"},
    Mistake{"NoName", "[[suite]]\nlabels=['x']\n", "1", "needs \"name\""}),
  [](const auto& param) { return param.param.name; });

} // namespace
} // namespace sluice::policy
