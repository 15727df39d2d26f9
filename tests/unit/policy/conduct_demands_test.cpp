// Rules about how tests ran: sandbox, observation, findings; in this run and in the earlier one that is reused.
#include "adapters/config/toml.h"
#include "model/error.h"
#include "policy/judge.h"
#include "policy/policy_file.h"
#include "policy/policy_tests.h"
#include "tests/unit/policy/run_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Policy requiring(const std::string& require)
{
  const std::string text = "[[suite]]\nname='core'\ntests=['core:*']\n[[rule]]\nname='r'\nrequire={" + require + "}\n";
  return read_policy(config::parse_toml(text, "p"), "p", "base:p");
}

class ConductRule : public ::testing::Test {
protected:
  ConductRule()
  {
    run_.record.sandbox = {SandboxLevel::full, "", {}, "cgroup v2", true, {}};
    known_.base_openings.emplace();
    known_.base.state = Known::known;
    for (TestRecord& test : run_.record.tests) {
      const auto number = static_cast<std::uint32_t>(run_.record.batches.size() + 1);
      BatchRecord& batch = run_.record.batches.emplace_back();
      batch.begun = {number, 0, "p", 1};
      batch.finished.emplace();
      for (Attempt& attempt : test.attempts) attempt.batch = number;
    }
  }
  // Of core:A.
  event::BatchFinished& end() { return *run_.record.batches[0].finished; }
  void find(FindingKind kind, bool declared = false) { end().findings.push_back({kind, "what", declared}); }
  SandboxReport& sandbox() { return *run_.record.sandbox; }

  RuleFinding judged(const std::string& require) const
  {
    return judge(requiring(require), {}, {}, run_.catalogue, run_.record, known_).rules.at(0);
  }
  RuleStatus status(const std::string& require) const { return judged(require).status; }

  tests::ARun run_{{"core:A", "core:B", "other:C"}};
  Circumstances known_;
};

constexpr auto k_met = RuleStatus::satisfied;
constexpr auto k_violated = RuleStatus::violated;

TEST_F(ConductRule, ALevelIsMetByItAndByBetterOnes)
{
  for (const char* level : {"full", "partial", "bare"})
    EXPECT_EQ(status(std::string("sandbox='") + level + "'"), k_met) << level;
  sandbox().level = SandboxLevel::partial;
  sandbox().refused = "no overlays";
  EXPECT_EQ(status("sandbox='bare'"), k_met);
  EXPECT_EQ(status("sandbox='partial'"), k_met);
  EXPECT_EQ(status("sandbox='full'"), k_violated);
  EXPECT_THAT(judged("sandbox='full'").summary, HasSubstr("no overlays"));
  sandbox().level = SandboxLevel::none;
  EXPECT_EQ(status("sandbox='bare'"), k_violated);
  run_.record.sandbox.reset();
  EXPECT_EQ(status("sandbox='bare'"), k_violated) << "what is not known counts against the change";
}

TEST_F(ConductRule, WhatTheChangeOpensInTheSandboxIsNotThatLevel)
{
  sandbox().openings = {"network = \"host\""};
  EXPECT_EQ(status("sandbox='full'"), k_violated);
  known_.base_openings = {"network = \"host\"", "tree = \"writable\""};
  EXPECT_EQ(status("sandbox='full'"), k_met) << "the base has it";
  known_.base_openings.reset();
  EXPECT_EQ(status("sandbox='full'"), k_violated) << "not known what the base has";
}

TEST_F(ConductRule, ObservedMeansEveryTestCompletely)
{
  EXPECT_EQ(status("observed=true"), k_met);
  end().unobserved = "io_uring";
  EXPECT_EQ(status("observed=true"), k_violated);
  EXPECT_THAT(judged("observed=true").evidence,
              ElementsAre(HasSubstr("test core:A: it is not known what it did: io_uring")));
  end().unobserved.clear();
  sandbox().observed = false;
  EXPECT_EQ(status("observed=true"), k_violated);
}

TEST_F(ConductRule, AFindingOfAKindThatIsNamedViolates)
{
  for (const FindingKind kind : k_finding_kinds) {
    end().findings.clear();
    find(kind);
    EXPECT_EQ(status("no_findings=true"), k_violated);
    EXPECT_EQ(status(std::string("no_findings=['") + std::string(to_string(kind)) + "']"), k_violated);
    EXPECT_EQ(status(kind == FindingKind::limit ? "no_findings=['network']" : "no_findings=['limit']"), k_met);
  }
}

TEST_F(ConductRule, WhatWasNotWatchedMayHaveDoneIt)
{
  end().unobserved = "unreadable program";
  EXPECT_EQ(status("no_findings=['network']"), k_violated);
  EXPECT_EQ(status("no_findings=['left_processes']"), k_met) << "that is known without watching";
}

TEST_F(ConductRule, ADeclarationExcusesOnlyWhereTheBaseHasIt)
{
  find(FindingKind::network, true);
  sandbox().openings = {"network = \"host\""};
  EXPECT_EQ(status("no_findings=true"), k_violated);
  known_.base_openings = {"network = \"host\""};
  EXPECT_EQ(status("no_findings=true"), k_met);
  sandbox().openings.push_back("devices = \"/dev/kvm\"");
  EXPECT_EQ(status("no_findings=true"), k_met) << "an opening of another kind";
  find(FindingKind::device, true);
  EXPECT_EQ(status("no_findings=true"), k_violated);
}

TEST_F(ConductRule, IsAboutTheTestsOfItsSuites)
{
  run_.record.batches[2].finished->findings = {{FindingKind::network, "x", false}};
  EXPECT_EQ(status("suites=['core'], no_findings=true"), k_met);
  EXPECT_EQ(status("no_findings=true"), k_violated) << "without suites about all";
}

TEST_F(ConductRule, OfAResultThatIsReusedTheEarlierRunCounts)
{
  Reuse reuse;
  reuse.proof.run = "then";
  run_.planned("core:A", reuse);
  const char* const rule = "suites=['core'], reuse=true, sandbox='full', no_findings=true";
  EXPECT_EQ(status(rule), k_violated) << "nothing is known of that run";
  EarlierRun& then = known_.earlier["then"];
  then.sandbox = {SandboxLevel::full, "", {}, "", true, {}};
  EXPECT_EQ(status(rule), k_met);
  then.tests["core:A"].findings = {{FindingKind::network, "x", false}};
  EXPECT_EQ(status(rule), k_violated);
  then.tests.clear();
  then.sandbox->level = SandboxLevel::none;
  EXPECT_EQ(status(rule), k_violated);
}

TEST_F(ConductRule, AProofThatWasMadeOtherwiseIsMadeAgain)
{
  std::vector<ProofState> proofs(3);
  for (ProofState& proof : proofs) proof.kind = ProofState::Kind::holds, proof.proof.run = "then";
  const auto required = [&](const std::string& require) {
    std::vector<std::string> by(3);
    require_known_conduct(requiring(require), {}, {}, run_.catalogue, proofs, known_, by);
    return by;
  };
  EXPECT_THAT(required("suites=['core'], reuse=true, sandbox='full'"), ElementsAre("r", "r", ""));
  EXPECT_THAT(required("sandbox='full'"), ElementsAre("r", "r", "r"));
  EXPECT_THAT(required("reason=true"), ElementsAre("", "", ""));
  known_.earlier["then"].sandbox = {SandboxLevel::full, "", {}, "", true, {}};
  known_.earlier["then"].tests["core:B"].findings = {{FindingKind::network, "x", false}};
  EXPECT_THAT(required("sandbox='full'"), ElementsAre("", "", ""));
  EXPECT_THAT(required("no_findings=true"), ElementsAre("", "r", ""));
}

TEST_F(ConductRule, AnOverrideThatNamesTheTestExcusesIt)
{
  find(FindingKind::network);
  known_.overrides = {{"r", {"core:A"}, "it must", {"qa@example.org"}}};
  EXPECT_EQ(status("no_findings=true"), RuleStatus::overridden);
}

TEST(ConductRules, AreReadStrictly)
{
  EXPECT_EQ(requiring("no_findings=true").rules[0].no_findings.size(), k_finding_kinds.size());
  EXPECT_EQ(requiring("sandbox='bare'").rules[0].sandbox, SandboxLevel::bare);
  for (const char* wrong : {"sandbox='none'", "sandbox='ful'", "sandbox=true", "no_findings=false", "no_findings=[]",
                            "no_findings=['netwrok']", "no_findings=3", "observed='yes'", "observed=false"})
    EXPECT_THROW((void)requiring(wrong), Error) << wrong;
}

TEST(ConductRules, CanBeTriedOnMadeUpChanges)
{
  const Policy policy = requiring("sandbox='full', observed=true, no_findings=['network']");
  const auto says = [&](const std::string& more) {
    const std::string text = "[[change]]\nname='c'\nexpect='REFUSED'\npassed=['core']\n" + more;
    return disagreement(policy, read_policy_tests(config::parse_toml(text, "t"), "t", policy).at(0));
  };
  EXPECT_THAT(says(""), HasSubstr("PASSED instead of REFUSED"));
  EXPECT_THAT(says("findings=['left_processes']\n"), HasSubstr("PASSED instead of REFUSED"));
  EXPECT_EQ(says("sandbox='partial'\n"), "");
  EXPECT_EQ(says("observed=false\n"), "");
  EXPECT_EQ(says("findings=['network']\n"), "");
}

} // namespace
} // namespace sluice::policy
