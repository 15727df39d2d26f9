// One person who is made to look like two: more names for a key, more keys for a name, commits that are not shown.
#include "tests/attack/people.h"

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// People with more keys and names than one.
class Names : public People {
protected:
  // A base with these signers, and a change by Ada.
  void know(const std::string& signers, const std::string& policy)
  {
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("sluice.policy.toml", policy);
    project_.write("sluice.signers", signers);
    project_.commit("Signers");
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
    project_.write("new.txt", "y");
    project_.commit("A change");
  }
  // Signers are told by certificates that Mallory's key signs.
  std::string authority() const
  {
    std::ifstream in(key("mallory") + ".pub");
    return "*@example.org cert-authority " + std::string(std::istreambuf_iterator<char>(in), {});
  }
  void certify(const std::string& whose, const std::string& name)
  {
    ASSERT_EQ(shell("ssh-keygen -q -s " + shell_quoted(key("mallory")) + " -I x -n " + name + "@example.org " +
                    shell_quoted(key(whose) + ".pub"))
                .first,
              0);
  }
  SluiceResult sign_certified(const std::string& what, const std::string& whose, const std::string& as,
                              const std::vector<std::string>& more = {})
  {
    std::vector<std::string> words{what,
                                   "--base",
                                   "main",
                                   "--head",
                                   "HEAD",
                                   "--key",
                                   key(whose) + "-cert.pub",
                                   "--as",
                                   as + "@example.org",
                                   "--out",
                                   records_ + "/" + what + "-" + as + ".json"};
    words.insert(words.end(), more.begin(), more.end());
    return project_.sluice().command(words);
  }
  static constexpr const char* k_one = "[[rule]]\nname = \"one\"\nrequire = { approvals = 1 }\n";
  static constexpr const char* k_two = "[[rule]]\nname = \"two\"\nrequire = { approvals = 2 }\n";
};

// Attack: the author approves by a second name of their own key.
TEST_F(Names, ByTheAuthorUnderAnotherNameOfTheirKey)
{
  know(signer("boss@example.org,ada", "ada"), k_one);
  ASSERT_EQ(sign("approve", "ada", {}, "boss").code, 0);
  expect_refused("approval of boss@example.org does not count: an author of the change");
  know(signer("boss", "ada") + signer("ada", "ada"), k_one);
  ASSERT_EQ(sign("approve", "ada", {}, "boss").code, 0);
  expect_refused("approval of boss@example.org does not count: an author of the change");
  know(signer("boss", "ada"), k_one); // where the file knows nothing of Ada nobody else can
  ASSERT_EQ(sign("approve", "ada", {}, "boss").code, 0);
  EXPECT_EQ(judge().code, 0) << "undefended";
}

// Attack: the names are joined by another key of the same person, or by a pattern.
TEST_F(Names, ByTheAuthorByAWayRound)
{
  know(signer("ada", "ada") + signer("boss", "mallory") + signer("ada", "mallory"), k_one);
  ASSERT_EQ(sign("approve", "mallory", {}, "boss").code, 0);
  expect_refused("approval of boss@example.org does not count: an author of the change");
  know("*" + signer("", "mallory"), k_one);
  EXPECT_EQ(sign("approve", "mallory", {}, "boss").code, 2);
  ASSERT_EQ(sign("approve", "mallory", {}, "*").code, 0);
  forge("approve", "mallory", "signer", "boss@example.org", "mallory");
  expect_refused("it was signed by *@example.org, not by boss@example.org");
  ASSERT_EQ(sign("approve", "mallory", {}, "*").code, 0);
  expect_refused("approval of *@example.org does not count: an author of the change");
}

// Attack: a certificate of the author's key under another name.
TEST_F(Names, ByTheAuthorWithACertificate)
{
  know(authority(), k_one);
  certify("ada", "boss");
  ASSERT_EQ(sign_certified("approve", "ada", "boss").code, 0);
  EXPECT_EQ(judge().code, 0) << "a certificate counts, and nothing says that it is Ada's";
  know(authority() + signer("ada", "ada"), k_one);
  ASSERT_EQ(sign_certified("approve", "ada", "boss").code, 0);
  expect_refused("approval of boss@example.org does not count: an author of the change");
}

// Attack: the commit that the approver wrote is not in the clone that judges. Its merge base is not there either, so
// nobody knows who wrote the change.
TEST_F(Names, OfAnAuthorWhomAShallowCloneDoesNotShow)
{
  const auto rule = [](const std::string& require) {
    return "[[suite]]\nname = \"core\"\ntests = [\"*\"]\n[[rule]]\nname = \"one\"\nrequire = { " + require + " }\n";
  };
  know(signer("ada", "ada"), rule("approvals = 1"));
  project_.write("newer.txt", "z");
  project_.TempRepo::run({"add", "--all"});
  project_.TempRepo::run(
    {"-c", "user.email=zoe@example.org", "commit", "-q", "-m", "More", "--author", "Z <zoe@x.org>"});
  ASSERT_EQ(sign("approve", "ada").code, 0);
  expect_refused("does not count: an author of the change");
  const std::string clone = project_.sibling("clone");
  project_.TempRepo::run({"clone", "-q", "--depth", "1", "--no-single-branch", "file://" + project_.path(), clone});
  const SluiceResult run =
    Sluice(clone).run({"--base", "refs/remotes/origin/main", "--head", "HEAD", "--records", records_});
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("who wrote the change is not known"));
  EXPECT_THAT(run.out, HasSubstr("git fetch --unshallow"));
}

TEST_F(Names, OverrideOfAnAuthorWhomAShallowCloneDoesNotShow)
{
  know(signer("ada", "ada"), "[[suite]]\nname = \"core\"\ntests = [\"*\"]\nmin_tests = 1\n"
                             "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
  project_.remove("cases/one.sh");
  project_.TempRepo::run({"add", "--all"});
  project_.TempRepo::run(
    {"-c", "user.email=zoe@example.org", "commit", "-q", "-m", "More", "--author", "Z <zoe@x.org>"});
  ASSERT_EQ(
    sign("override", "ada", {"--rule", "core", "--test", "t:cases/one.sh", "--reason", "it is broken today"}).code, 0);
  const std::string clone = project_.sibling("clone");
  project_.TempRepo::run({"clone", "-q", "--depth", "1", "--no-single-branch", "file://" + project_.path(), clone});
  const SluiceResult run =
    Sluice(clone).run({"--base", "refs/remotes/origin/main", "--head", "HEAD", "--records", records_});
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("who wrote the change is not known"));
}

// Attack: one key, two names, two approvals.
TEST_F(Names, SaidTwiceWithOneKey)
{
  const auto approve_twice = [&] {
    ASSERT_EQ(sign("approve", "mallory", {}, "one").code, 0);
    std::filesystem::rename(records_ + "/approve-mallory.json", records_ + "/one.json");
    ASSERT_EQ(sign("approve", "mallory", {}, "two").code, 0);
  };
  know(signer("one@example.org,two", "mallory"), k_two);
  approve_twice();
  expect_refused("1 of 2 approvals");
  know(signer("one", "mallory") + signer("two", "mallory"), k_two);
  approve_twice();
  expect_refused("1 of 2 approvals");
}

// Attack: the same by two certificates of one key, whose names stand in no file that could join them.
TEST_F(Names, SaidTwiceByTwoCertificatesOfOneKey)
{
  know(authority(), k_two);
  for (const char* who : {"boss", "boss-ops"}) {
    certify("grace", who);
    ASSERT_EQ(sign_certified("approve", "grace", who).code, 0);
  }
  expect_refused("1 of 2 approvals");
  ASSERT_EQ(shell("ssh-keygen -q -t ed25519 -N '' -f " + shell_quoted(key("other"))).first, 0);
  certify("other", "other");
  ASSERT_EQ(sign_certified("approve", "other", "other").code, 0);
  EXPECT_EQ(judge().code, 0) << "two keys are two people";
}

TEST_F(Names, AnOverrideByTwoCertificatesOfOneKey)
{
  know(authority(), "[policy]\noverride_signers = 2\n[[suite]]\nname = \"core\"\ntests = [\"*\"]\n"
                    "[[rule]]\nname = \"core\"\nrequire = { suites = [\"core\"] }\n");
  project_.remove("cases/one.sh");
  project_.commit("Remove a test");
  for (const char* who : {"boss", "boss-ops"}) {
    certify("grace", who);
    ASSERT_EQ(sign_certified("override", "grace", who,
                             {"--rule", "core", "--test", "t:cases/one.sh", "--reason", "it has moved"})
                .code,
              0);
  }
  expect_refused("1 of 2 signatures");
}

// Honest: whoever is of a group is so under each of their names, and two people stay two.
TEST_F(Names, AMemberOfAGroupByAnotherName)
{
  know(signer("grace@example.org,gh", "grace") + signer("mallory", "mallory"),
       "[[group]]\nname = \"owners\"\nmembers = [\"grace@example.org\"]\n"
       "[[rule]]\nname = \"one\"\nrequire = { approvals = 1, groups = [\"owners\"] }\n");
  ASSERT_EQ(sign("approve", "mallory").code, 0);
  expect_refused("not of the groups named");
  ASSERT_EQ(sign("approve", "grace", {}, "gh").code, 0);
  EXPECT_EQ(judge().code, 0);
  know(signer("grace@example.org,gh", "grace") + signer("mallory", "mallory"), k_two);
  ASSERT_EQ(sign("approve", "mallory").code, 0);
  ASSERT_EQ(sign("approve", "grace", {}, "gh").code, 0);
  EXPECT_EQ(judge().code, 0);
}

} // namespace

} // namespace sluice::tests
