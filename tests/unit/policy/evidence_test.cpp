#include "policy/evidence.h"
#include "policy/kept_evidence.h"

#include "tests/unit/policy/run_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::HasSubstr;

// "Signatures" that anybody could make: what is tested here is everything but the cryptography.
const CheckSignature k_check = [](std::string_view id, std::string_view bytes, std::string_view signature) {
  return (id == "k1" || id == "k2") && signature == std::string(id) + std::to_string(bytes.size());
};
Signer signer(const std::string& id)
{
  return {id, [id](std::string_view bytes) { return id + std::to_string(bytes.size()); }};
}
const HexDigest k_digest = [](std::string_view text) { return std::to_string(std::hash<std::string_view>{}(text)); };

RunFacts facts()
{
  return {"run-1", "0.1.0", "c1",   "t1",  "b1",  "bt",  "b1",
          "p",     "cfg",   "plan", "cat", "rep", 1'000, VerdictStatus::passed};
}

Expected expected()
{
  return {"c1", "t1", "b1", false, "p", 1'100};
}

std::string bundle(const RunFacts& of, const std::vector<Signer>& signers = {signer("k1")})
{
  const Statements statements = make_statements(of, tests::ARun({"core:A"}).record, k_digest);
  return envelope(statements.test_result, signers) + "\n" + envelope(statements.decision, signers) + "\n";
}

Verification verified(const std::string& text, const Trust& trust = {}, const Expected& wanted = expected())
{
  return verify_evidence(text, trust, wanted, k_check, k_digest);
}

TEST(Evidence, HoldsForWhatItIsAbout)
{
  const Verification result = verified(bundle(facts()));
  EXPECT_TRUE(result.ok) << result.reason;
  Expected other = expected();
  other.commit = "c2";
  EXPECT_THAT(verified(bundle(facts()), {}, other).reason, HasSubstr("with the same tree"));
}

TEST(Evidence, SaysWhatTestsRanIn)
{
  RunFacts of = facts();
  EXPECT_FALSE(verified(bundle(of)).facts->sandbox) << "none was executed, or the evidence is older";
  of.sandbox = {SandboxLevel::partial, "no overlays", {"trees are read-only"},
                "cgroup v2",           false,         {"network = \"host\""}};
  const Verification result = verified(bundle(of));
  ASSERT_TRUE(result.ok) << result.reason;
  EXPECT_EQ(result.facts->sandbox, of.sandbox);
  EXPECT_THAT(result.reason, HasSubstr("sandbox partial, not observed, network = \"host\""));
}

// What failed and was excused is not among what passed, and whoever verifies is told.
TEST(Evidence, SaysWhatWasExcused)
{
  tests::ARun run({"core:A", "core:B", "core:C"});
  run.ended("core:A", {Outcome::failed, Outcome::passed}, event::AttemptKind::retry).ended("core:B", {Outcome::failed});
  run.record_of("core:B").planned.quarantine = {"2026-12-31", "known", "", "", false};
  RunFacts of = facts();
  of.flaky = of.quarantined = 1;
  const Statements statements = make_statements(of, run.record, k_digest);
  EXPECT_THAT(statements.test_result, HasSubstr(R"("result":"WARNED")"));
  EXPECT_THAT(statements.test_result,
              HasSubstr(R"("passedTests":["core:C"],"warnedTests":["core:A","core:B"],"failedTests":[])"));
  const std::string text =
    envelope(statements.test_result, {signer("k1")}) + "\n" + envelope(statements.decision, {signer("k1")}) + "\n";
  const Verification result = verified(text);
  EXPECT_TRUE(result.ok) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr(", 1 passed only on a retry, 1 failed in quarantine"));
  Trust strict;
  strict.accept_excused = false;
  EXPECT_FALSE(verified(text, strict).ok);
  EXPECT_THAT(verified(text, strict).reason, HasSubstr("which the trust file does not accept"));
  EXPECT_TRUE(verified(bundle(facts()), strict).ok);
  std::string hidden = statements.decision;
  hidden.replace(hidden.find(R"("flaky":1)"), 9, R"("flaky":0)");
  EXPECT_FALSE(verified(envelope(statements.test_result, {signer("k1")}) + "\n" + envelope(hidden, {signer("k1")})).ok);
}

TEST(Evidence, ASandboxThatIsNotUnderstoodRefusesAll)
{
  RunFacts of = facts();
  of.sandbox.emplace();
  const Statements statements = make_statements(of, tests::ARun({"core:A"}).record, k_digest);
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"\"level\":\"none\"", "\"level\":\"better\""},
                                 {"\"observed\":false", "\"observed\":1"},
                                 {"\"losses\":[]", "\"losses\":[1]"}}) {
    std::string text = statements.decision;
    ASSERT_NE(text.find(from), std::string::npos) << text;
    text.replace(text.find(from), from.size(), to);
    EXPECT_THAT(
      verified(envelope(statements.test_result, {signer("k1")}) + "\n" + envelope(text, {signer("k1")})).reason,
      HasSubstr("not understood"));
  }
}

TEST(Evidence, HoldsForNothingElse)
{
  const auto refused = [](auto change, const std::string& why) {
    RunFacts of = facts();
    Trust trust;
    Expected wanted = expected();
    change(of, trust, wanted);
    const Verification result = verified(bundle(of), trust, wanted);
    EXPECT_FALSE(result.ok) << why;
    EXPECT_THAT(result.reason, HasSubstr(why));
  };
  refused([](auto&, auto&, Expected& wanted) { wanted.tree = "t2"; }, "another tree");
  refused([](auto&, auto&, Expected& wanted) { wanted.base = "b2"; }, "tested against base");
  refused([](RunFacts& of, auto&, auto&) { of.tip = "lax"; }, "judged by the rules and signers of lax, not of b1");
  refused([](auto&, auto&, Expected& wanted) { wanted.policy = "q"; }, "another policy");
  refused([](auto&, auto&, Expected& wanted) { wanted.now = 600; }, "in the future");
  refused([](auto&, Trust& trust, auto&) { trust.max_age = 50; }, "too old");
  refused([](auto&, Trust& trust, auto&) { trust.min_version = "0.1.1"; }, "0.1.1 is asked for");
  refused([](auto&, Trust& trust, auto&) { trust.threshold = 2; }, "not signed by enough");
  refused([](RunFacts& of, auto&, auto&) { of.verdict = VerdictStatus::refused; }, "is REFUSED");
  refused([](RunFacts& of, auto&, auto&) { of.verdict = VerdictStatus::failed; }, "is FAILED");
  refused(
    [](RunFacts& of, Trust& trust, auto&) {
      of.verdict = VerdictStatus::overridden;
      trust.accept_overridden = false;
    },
    "OVERRIDDEN");
}

TEST(Evidence, TwoKeysMakeTwoSignatures)
{
  Trust two;
  two.threshold = 2;
  EXPECT_TRUE(verified(bundle(facts(), {signer("k1"), signer("k2")}), two).ok);
  EXPECT_FALSE(verified(bundle(facts(), {signer("k1"), signer("k1")}), two).ok);
  EXPECT_FALSE(verified(bundle(facts(), {signer("k1"), signer("mallory")}), two).ok);
}

TEST(Evidence, OtherEvidenceInTheFileDoesNoHarm)
{
  RunFacts other = facts();
  other.tree = "t9";
  EXPECT_TRUE(verified(bundle(other) + bundle(facts())).ok);
  EXPECT_FALSE(verified(bundle(facts()) + "junk\n").ok);
  EXPECT_FALSE(verified("").ok);
}

TEST(Evidence, WhatIsSaidOftenIsReadOnce)
{
  RunFacts failed = facts();
  failed.verdict = VerdictStatus::failed;
  const std::string pair = bundle(failed);
  std::string often;
  for (int i = 0; i < 400; ++i) often += pair;
  std::size_t digests = 0;
  const HexDigest counted = [&](std::string_view text) { return ++digests, k_digest(text); };
  EXPECT_THAT(verify_evidence(often, {}, expected(), k_check, counted).reason, HasSubstr("is FAILED"));
  EXPECT_EQ(digests, 1u);
  EXPECT_TRUE(verified(often + bundle(facts())).ok);
}

TEST(Evidence, HasAnEnd)
{
  std::string many;
  for (int i = 0; i < 501; ++i) many += bundle(facts());
  EXPECT_THAT(verified(many).reason, HasSubstr("more than 1000 envelopes"));
  EXPECT_THAT(verified(std::string((16 << 20) + 1, ' ')).reason, HasSubstr("16 MiB"));
}

TEST(Evidence, ASignedStatementThatIsNotUnderstoodRefusesAll)
{
  EXPECT_THAT(verified(bundle(facts()) + envelope("{\"_type\":\"v2\"}", {signer("k1")})).reason,
              HasSubstr("not understood"));
}

RunFacts facts_of_run(int number, const std::string& base)
{
  RunFacts run = facts();
  run.run = "run-" + std::to_string(number);
  run.base = run.tip = base;
  return run;
}

bool holds_for(const std::string& bundle, const std::string& base)
{
  Expected wanted = expected();
  wanted.base = base;
  return verified(bundle, {}, wanted).ok;
}

TEST(KeptEvidence, OfAnotherBaseOrOfAnEarlierRunStays)
{
  RunFacts red = facts_of_run(3, "b2");
  red.verdict = VerdictStatus::failed;
  std::string kept = with_kept_evidence("", bundle(facts_of_run(1, "b1")));
  kept = with_kept_evidence(kept, bundle(facts_of_run(2, "b2")));
  kept = with_kept_evidence(kept, bundle(red));
  EXPECT_TRUE(holds_for(kept, "b1"));
  EXPECT_TRUE(holds_for(kept, "b2"));
  EXPECT_FALSE(holds_for(kept, "b3"));
  EXPECT_EQ(with_kept_evidence(kept, bundle(red)), kept) << "said again";
}

TEST(KeptEvidence, WhatIsNoneIsDropped)
{
  const std::string good = bundle(facts_of_run(1, "b1")), next = bundle(facts_of_run(2, "b2"));
  const std::string foreign = envelope("{\"_type\":\"x\"}", {signer("k1")});
  ASSERT_FALSE(holds_for(good + foreign + "\n", "b1"));
  for (const std::string& line : {std::string("junk"), foreign, std::string(100'000, '[')})
    EXPECT_EQ(with_kept_evidence(good + line + "\n", next), good + next);
}

TEST(KeptEvidence, IsBoundedAndWhatWasRepeatedGoesFirst)
{
  std::string kept = bundle(facts_of_run(0, "old"));
  for (int i = 1; i < 120; ++i) kept = with_kept_evidence(kept, bundle(facts_of_run(i, "b1")));
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 100);
  EXPECT_TRUE(holds_for(kept, "old"));
  EXPECT_TRUE(holds_for(kept, "b1"));
  for (int i = 0; i < 120; ++i) kept = with_kept_evidence(kept, bundle(facts_of_run(i, "base " + std::to_string(i))));
  EXPECT_EQ(std::count(kept.begin(), kept.end(), '\n'), 100);
  EXPECT_FALSE(holds_for(kept, "old"));
  EXPECT_FALSE(holds_for(kept, "base 69"));
  EXPECT_TRUE(holds_for(kept, "base 70"));
}

} // namespace
} // namespace sluice::policy
