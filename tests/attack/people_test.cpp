// Approvals and overrides that were forged, replayed or bent, and an audit log that was edited.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;

// Two people have keys: Grace, who may approve, and Ada, who writes the changes.
class People : public testing::Test {
protected:
  void SetUp() override
  {
    std::string signers;
    for (const char* who : {"grace", "ada", "mallory"}) {
      ASSERT_EQ(shell("ssh-keygen -q -t ed25519 -N '' -C '' -f " + shell_quoted(key(who))).first, 0);
      std::ifstream in(key(who) + ".pub");
      const std::string line{std::istreambuf_iterator<char>(in), {}};
      if (std::string(who) != "mallory") signers += std::string(who) + "@example.org " + line;
    }
    project_.write("sluice.signers", signers);
    project_.write("sluice.policy.toml",
                   "[[group]]\nname = \"owners\"\nmembers = [\"grace@example.org\", \"ada@example.org\"]\n"
                   "[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                   "[[rule]]\nname = \"two people\"\nrequire = { approvals = 1, groups = [\"owners\"] }\n"
                   "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
    project_.commit("A policy");
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
    project_.write("new.txt", "x");
    project_.commit("A change");
    std::filesystem::create_directories(records_);
  }
  std::string key(const std::string& who) const { return project_.sibling("key-" + who); }
  SluiceResult sign(const std::string& what, const std::string& who, std::vector<std::string> more = {},
                    const std::string& as = {})
  {
    std::vector<std::string> words{what,
                                   "--base",
                                   "main",
                                   "--head",
                                   "HEAD",
                                   "--key",
                                   key(who),
                                   "--as",
                                   (as.empty() ? who : as) + "@example.org",
                                   "--out",
                                   records_ + "/" + what + "-" + who + ".json"};
    words.insert(words.end(), more.begin(), more.end());
    return project_.sluice().command(words);
  }
  SluiceResult judge(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD", "--records", records_});
    return project_.run(std::move(more));
  }
  void expect_refused(const std::string& words)
  {
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out + run.err, HasSubstr(words));
  }
  ShellProject project_;
  std::string records_ = project_.sibling("records");
};

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
  ASSERT_EQ(sign("approve", "ada").code, 0);
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
  ASSERT_EQ(sign("approve", "mallory").code, 0);
  expect_refused("its signature is none of the signers'");
}

TEST_F(Approval, InTheNameOfAnother)
{
  ASSERT_EQ(sign("approve", "ada", {}, "grace").code, 0);
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
  ASSERT_EQ(sign("approve", "mallory", {}, "grace").code, 0);
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

class Audit : public People {
protected:
  SluiceResult audit(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"audit", "verify"});
    return project_.sluice().command(more);
  }
  std::string log() const { return project_ / ".sluice/audit.ndjson"; }
  void edit(const std::string& sed)
  {
    ASSERT_EQ(shell("sed -i " + shell_quoted(sed) + " " + shell_quoted(log())).first, 0);
  }
  void three_runs()
  {
    for (int i = 0; i < 3; ++i) judge();
    ASSERT_EQ(audit().code, 0);
  }
};

TEST_F(Audit, HoldsEveryVerdictAndWhoWasInIt)
{
  ASSERT_EQ(sign("approve", "grace").code, 0);
  three_runs();
  EXPECT_THAT(audit().out, HasSubstr("3 entries"));
  const SluiceResult exported = project_.sluice().command({"audit", "export"});
  EXPECT_THAT(exported.out, HasSubstr("\"verdict\":\"PASSED\""));
  EXPECT_THAT(exported.out, HasSubstr("\"approvals\":[\"grace@example.org\"]"));
}

TEST_F(Audit, AnEntryThatWasChanged)
{
  three_runs();
  edit("2s/REFUSED/PASSED/");
  EXPECT_EQ(audit().code, 3);
  EXPECT_THAT(audit().out, HasSubstr("line 2 was changed"));
}

TEST_F(Audit, AnEntryThatWasTakenOut)
{
  three_runs();
  edit("2d");
  EXPECT_THAT(audit().out, HasSubstr("line 2 does not follow the line before"));
}

TEST_F(Audit, EntriesThatWereTakenOffTheEnd)
{
  three_runs();
  const std::string words = audit().out;
  const std::string last = words.substr(words.rfind(' ') + 1, 64);
  edit("$d");
  EXPECT_EQ(audit().code, 0); // the chain itself cannot show it
  EXPECT_EQ(audit({"--contains", last}).code, 3);
}

TEST_F(Audit, AnEntryThatWasCutOff)
{
  three_runs();
  const auto size = std::filesystem::file_size(log());
  std::filesystem::resize_file(log(), size - 5);
  EXPECT_EQ(audit().code, 3);
}

} // namespace

} // namespace sluice::tests
