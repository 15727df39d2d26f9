// Approvals and overrides that were forged, replayed or bent.
#include "tests/attack/people.h"

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;

using Approval = People;

TEST_F(Approval, Control)
{
  expect_refused("0 of 1 approvals");
  ASSERT_EQ(sign("approve", "grace").code, 0);
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST_F(Approval, ByTheAuthor)
{
  const SluiceResult signing = sign("approve", "ada");
  ASSERT_EQ(signing.code, 0);
  EXPECT_THAT(signing.err, HasSubstr("ada@example.org is an author of the change, whose word does not count"));
  expect_refused("does not count: an author of the change");
}

// Attack: whoever wrote it with the author approves it.
TEST_F(Approval, ByACoAuthor)
{
  ASSERT_EQ(sign("approve", "grace").code, 0);
  ASSERT_EQ(judge().code, 0) << "undefended";
  project_.TempRepo::run({"commit", "-q", "--amend", "-m", "A change\n\nCo-authored-by: Grace <grace@example.org>\n"});
  expect_refused("does not count: an author of the change");
  project_.TempRepo::run(
    {"commit", "-q", "--amend", "-m", "A change\n\nCo-authored-by: Bob <b@x.org>, Grace <Grace@Example.org>\n"});
  expect_refused("does not count: an author of the change");
  project_.TempRepo::run({"commit", "-q", "--amend", "-m", "A change\n\nSigned-off-by: Grace <grace@example.org>\n"});
  EXPECT_EQ(judge().code, 0) << "who passes a change on has not written it";
}

// Attack: the author writes under another spelling of the approver's mailbox.
TEST_F(Approval, ByTheAuthorUnderAnotherSpelling)
{
  ASSERT_EQ(sign("approve", "grace").code, 0);
  for (const char* address : {"grace+1@example.org", "\"grace\"@example.org", "GRACE@example.org."}) {
    project_.TempRepo::run({"commit", "-q", "--amend", "--author", "Grace <" + std::string(address) + ">", "-m", "x"});
    expect_refused("does not count: an author of the change");
  }
}

TEST_F(Approval, ByAKeyThatNobodyKnows)
{
  expect_unsigned(sign("approve", "mallory"), "its signature is none of the signers'");
  ASSERT_EQ(sign("approve", "grace").code, 0);
  forge("approve", "grace", "signer", "mallory@example.org", "mallory");
  expect_refused("its signature is none of the signers'");
}

TEST_F(Approval, InTheNameOfAnother)
{
  expect_unsigned(sign("approve", "ada", {}, "grace"), "it was signed by ada@example.org, not by grace@example.org");
  ASSERT_EQ(sign("approve", "ada").code, 0);
  forge("approve", "ada", "signer", "grace@example.org", "ada");
  expect_refused("it was signed by ada@example.org, not by grace@example.org");
}

TEST_F(Approval, OfAnotherTree)
{
  ASSERT_EQ(sign("approve", "grace").code, 0);
  project_.write("new.txt", "worse");
  project_.commit("More");
  expect_refused("the tree is another");
}

TEST_F(Approval, OnABaseThatHasMoved)
{
  ASSERT_EQ(sign("approve", "grace").code, 0);
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("meanwhile.txt", "y");
  project_.commit("Meanwhile");
  project_.TempRepo::run({"checkout", "-q", "change"});
  expect_refused("the base has moved");
}

// Attack: main has gained a fix that the change never saw when it was approved; merged with "-s ours" the change has
// the approved tree and is at the approved tip, and takes the fix back.
TEST_F(Approval, OfAChangeThatHasLeftTheBaseElsewhere)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("fix.txt", "closed\n");
  project_.commit("A fix");
  project_.TempRepo::run({"checkout", "-q", "change"});
  ASSERT_EQ(sign("approve", "grace").code, 0);
  EXPECT_EQ(judge().code, 0);
  project_.TempRepo::run({"merge", "-q", "-s", "ours", "-m", "Merge main", "main"});
  expect_refused("the change has left its base elsewhere");
}

TEST_F(Approval, ForAnotherTarget)
{
  ASSERT_EQ(sign("approve", "grace", {"--target", "release"}).code, 0);
  expect_refused("it is for target release");
}

TEST_F(Approval, ThatHasExpired)
{
  ASSERT_EQ(sign("approve", "grace", {"--hours", "1"}).code, 0);
  // The same record with an earlier end has no right signature any more.
  ASSERT_EQ(shell("cd " + shell_quoted(records_) +
                  " && python3 -c \"import json,base64; f='approve-grace.json'; r=json.load(open(f));"
                  " t=base64.b64decode(r['record']).replace(b'\\\"expires\\\":', b'\\\"expires\\\":9');"
                  " r['record']=base64.b64encode(t).decode(); json.dump(r,open(f,'w'))\"")
              .first,
            0);
  expect_refused("its signature is none of the signers'");
}

// The list of signers is read from the base: a change cannot bring its own.
TEST_F(Approval, ByASignerWhomTheChangeAdds)
{
  std::ifstream in(key("mallory") + ".pub");
  project_.write("sluice.signers", "grace@example.org " + std::string(std::istreambuf_iterator<char>(in), {}));
  project_.commit("A new signer");
  expect_unsigned(sign("approve", "mallory", {}, "grace"), "its signature is none of the signers'");
  ASSERT_EQ(sign("approve", "grace").code, 0);
  forge("approve", "grace", "signer", "grace@example.org", "mallory");
  expect_refused("its signature is none of the signers'");
}

TEST_F(Approval, ThatIsAnOverrideInDisguise)
{
  ASSERT_EQ(
    sign("override", "grace", {"--rule", "core", "--test", "t:cases/one.sh", "--reason", "it is broken today"}).code,
    0);
  expect_refused("0 of 1 approvals");
}

TEST_F(Approval, ThatIsNoRecord)
{
  std::ofstream(records_ + "/junk.json") << "{\"record\": 7}";
  expect_refused("junk.json does not count: it is no record");
}

TEST_F(Approval, SaidTwiceByOnePerson)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.policy.toml", "[[rule]]\nname = \"two\"\nrequire = { approvals = 2 }\n");
  project_.commit("Two approvals");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.write("new.txt", "y");
  project_.commit("A change");
  ASSERT_EQ(sign("approve", "grace").code, 0);
  std::filesystem::copy(records_ + "/approve-grace.json", records_ + "/again.json");
  expect_refused("1 of 2 approvals");
}

// Attack: one person stands in the signers' file under two spellings of one mailbox.
TEST_F(Approval, SaidTwiceByOnePersonUnderTwoSpellings)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.policy.toml", "[[rule]]\nname = \"two\"\nrequire = { approvals = 2 }\n");
  project_.write("sluice.signers", signer("grace", "grace") + signer("grace+2", "mallory"));
  project_.commit("Two approvals");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.write("new.txt", "y");
  project_.commit("A change");
  ASSERT_EQ(sign("approve", "grace").code, 0);
  ASSERT_EQ(sign("approve", "mallory", {}, "grace+2").code, 0);
  expect_refused("1 of 2 approvals");
}

class Override : public People {
protected:
  void SetUp() override
  {
    People::SetUp();
    project_.remove("cases/one.sh");
    project_.commit("Remove a test");
    ASSERT_EQ(sign("approve", "grace").code, 0);
  }
  SluiceResult excuse(const std::string& who, const std::string& rule, const std::string& test)
  {
    return sign("override", who, {"--rule", rule, "--test", test, "--reason", "replaced by another test"});
  }
};

TEST_F(Override, IsSeenAsOne)
{
  expect_refused("is gone");
  ASSERT_EQ(excuse("grace", "core", "t:cases/one.sh").code, 0);
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.status, "OVERRIDDEN");
  EXPECT_THAT(run.out, HasSubstr("OVERRIDDEN by grace@example.org for t:cases/one.sh: replaced by another test"));
  EXPECT_THAT(run.junit, HasSubstr("OVERRIDDEN")); // nobody takes the report for a green one
}

TEST_F(Override, OfAnotherTest)
{
  ASSERT_EQ(excuse("grace", "core", "t:cases/two.sh").code, 0);
  expect_refused("is gone");
}

TEST_F(Override, OfAnotherRule)
{
  ASSERT_EQ(excuse("grace", "two people", "t:cases/one.sh").code, 0);
  expect_refused("is gone");
}

TEST_F(Override, OfARuleThatIsNone)
{
  const SluiceResult signing = excuse("grace", "cor", "t:cases/one.sh");
  EXPECT_EQ(signing.code, 2);
  EXPECT_THAT(signing.err, HasSubstr("has no rule \"cor\"\n  did you mean \"core\"?"));
  ASSERT_EQ(excuse("grace", "core", "t:cases/one.sh").code, 0);
  forge("override", "grace", "rule", "none", "grace");
  expect_refused("an override does not count: the policy has no rule \"none\"");
}

TEST_F(Override, OfATestThatNobodyKnows)
{
  judge();
  const SluiceResult signing = excuse("grace", "core", "cases/one.sh");
  EXPECT_EQ(signing.code, 0);
  EXPECT_THAT(signing.err, HasSubstr("no run here knows a test \"cases/one.sh\"; an override names whole ids"));
  EXPECT_EQ(excuse("grace", "core", "t:cases/two.sh").err, "");
}

TEST_F(Override, OfEverything)
{
  EXPECT_EQ(excuse("grace", "core", "*").code, 2);
  EXPECT_EQ(sign("override", "grace", {"--rule", "core", "--test", "t:cases/one.sh", "--reason", "x"}).code, 2);
}

TEST_F(Override, ByTheAuthor)
{
  ASSERT_EQ(excuse("ada", "core", "t:cases/one.sh").code, 0);
  expect_refused("an author of the change cannot override");
}

TEST_F(Override, OfATestThatFails)
{
  project_.test("two", "exit 1\n");
  project_.commit("Break it");
  ASSERT_EQ(sign("approve", "grace").code, 0);
  ASSERT_EQ(excuse("grace", "core", "t:cases/two.sh").code, 0);
  EXPECT_EQ(judge().code, 1); // a red test is red
}

TEST_F(Override, WithOneSignerWhereTwoAreAskedFor)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.policy.toml", "[policy]\noverride_signers = 2\n[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                                       "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
  project_.commit("Two signers");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.remove("cases/one.sh");
  project_.commit("Remove a test");
  ASSERT_EQ(excuse("grace", "core", "t:cases/one.sh").code, 0);
  expect_refused("1 of 2 signatures");
}

TEST_F(Override, WithOneSignerUnderTwoSpellingsWhereTwoAreAskedFor)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.signers", signer("grace", "grace") + signer("grace+2", "mallory"));
  project_.write("sluice.policy.toml", "[policy]\noverride_signers = 2\n[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                                       "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
  project_.commit("Two signers");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.remove("cases/one.sh");
  project_.commit("Remove a test");
  const std::vector<std::string> what{"--rule",         "core",     "--test",
                                      "t:cases/one.sh", "--reason", "it has moved elsewhere"};
  ASSERT_EQ(sign("override", "grace", what).code, 0);
  ASSERT_EQ(sign("override", "mallory", what, "grace+2").code, 0);
  expect_refused("1 of 2 signatures");
}

TEST_F(Override, WithOneKeyOfTwoNamesWhereTwoAreAskedFor)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.signers", signer("one", "mallory") + signer("two", "mallory"));
  project_.write("sluice.policy.toml", "[policy]\noverride_signers = 2\n[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                                       "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
  project_.commit("Two signers");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.remove("cases/one.sh");
  project_.commit("Remove a test");
  const std::vector<std::string> what{"--rule",         "core",     "--test",
                                      "t:cases/one.sh", "--reason", "it has moved elsewhere"};
  ASSERT_EQ(sign("override", "mallory", what, "one").code, 0);
  std::filesystem::rename(records_ + "/override-mallory.json", records_ + "/one.json");
  ASSERT_EQ(sign("override", "mallory", what, "two").code, 0);
  expect_refused("1 of 2 signatures");
}

} // namespace

} // namespace sluice::tests
