// Evidence that was forged, replayed, cut or made for something else. Only what a trusted key signed about this tree,
// this base and this policy is believed.
#include "tests/attack/guarded_project.h"

#include <gmock/gmock.h>

#include <tuple>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

class EvidenceAttack : public GuardedProject {
protected:
  void SetUp() override
  {
    GuardedProject::SetUp();
    EXPECT_EQ(project_.sluice().command({"keygen", key_}).code, 0);
    project_.write("new.txt", "x");
    project_.commit("A change\n\nAuthorship: human\n");
    ASSERT_EQ(run_signed(key_).code, 0);
    ASSERT_EQ(verify().code, 0);
  }
  SluiceResult run_signed(const std::string& key) { return judge({"--evidence", evidence_, "--key", key + ".key"}); }
  SluiceResult verify(const std::string& commit = "HEAD", const std::string& base = "main")
  {
    return project_.sluice().command(
      {"verify", evidence_, "--trust", key_ + ".trust.toml", "--commit", commit, "--base", base});
  }
  void expect_refused(const std::string& words, const std::string& commit = "HEAD", const std::string& base = "main")
  {
    const SluiceResult result = verify(commit, base);
    EXPECT_EQ(result.code, 3) << result.out << result.err;
    EXPECT_THAT(result.out, HasSubstr(words));
  }
  // Runs a Python script over the two envelopes in `lines`.
  void edit(const std::string& script)
  {
    const std::string file = project_.sibling("edit.py");
    std::ofstream(file) << "import json, base64, sys\npath = sys.argv[1]\nlines = open(path).read().splitlines()\n"
                        << script << "\nopen(path, 'w').write('\\n'.join(lines) + '\\n')\n";
    int code = 0;
    std::tie(code, edited_) = shell("python3 " + shell_quoted(file) + " " + shell_quoted(evidence_));
    ASSERT_EQ(code, 0) << edited_;
  }
  // As soon as the run with this number (from 0) has written it.
  std::string green_report_of_run(std::size_t number) const
  {
    for (int i = 0; i < 100'000; ++i) {
      const std::vector<std::string> runs = run_folders(project_.path());
      std::string report = runs.size() > number ? read_run(runs[number]).junit : "";
      if (report.find(" errors=\"0\"") != std::string::npos) return report;
      ::usleep(100);
    }
    return {};
  }
  std::string key_ = project_.sibling("key"), evidence_ = project_.sibling("evidence.jsonl");
  std::string edited_; // what the script printed
};

// Honest: the same tree is judged once more, and for another branch; what was noted about it before still holds.
TEST_F(EvidenceAttack, ANoteThatIsThereIsKept)
{
  const auto verify_note = [&](const std::string& base) {
    return project_.sluice()
      .command({"verify", "--trust", key_ + ".trust.toml", "--commit", "HEAD", "--base", base})
      .code;
  };
  ASSERT_EQ(judge({"--note", "--key", key_ + ".key"}).code, 0);
  ASSERT_EQ(verify_note("main"), 0);
  project_.TempRepo::run({"branch", "release", "main~1"});
  ASSERT_EQ(project_.run({"--base", "release", "--head", "HEAD", "--note", "--key", key_ + ".key"}).code, 0);
  EXPECT_EQ(verify_note("release"), 0);
  EXPECT_EQ(verify_note("main"), 0);
  ASSERT_EQ(judge({"--note", "--key", key_ + ".key", "--filter", "none"}).code, 4);
  EXPECT_EQ(verify_note("main"), 0);
}

TEST_F(EvidenceAttack, OfAnotherTree)
{
  project_.write("new.txt", "worse");
  project_.commit("More");
  expect_refused("about another tree");
}

TEST_F(EvidenceAttack, OfTheSameTreeUnderAnotherCommitHolds)
{
  project_.TempRepo::run({"commit", "-q", "--amend", "-m", "Squashed"});
  const SluiceResult result = verify();
  EXPECT_EQ(result.code, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("with the same tree"));
}

TEST_F(EvidenceAttack, OfAnotherBase)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("meanwhile.txt", "y");
  project_.commit("Meanwhile");
  expect_refused("tested against base", "change");
}

// Attack: judged against a branch of the author's own, which left main at its tip and has main's policy; its signers
// and its sluice.toml decide what counts.
TEST_F(EvidenceAttack, OfABaseOfTheAuthorsOwn)
{
  project_.TempRepo::run({"checkout", "-q", "-b", "lax", "main"});
  project_.write("sluice.signers", "");
  project_.commit("Lax\n\nAuthorship: human\n");
  project_.TempRepo::run({"checkout", "-q", "change"});
  ASSERT_EQ(project_.run({"--base", "lax", "--head", "HEAD", "--evidence", evidence_, "--key", key_ + ".key"}).code, 0);
  expect_refused("judged by the rules and signers of");
  expect_refused("tested against base", "HEAD", "lax");
}

TEST_F(EvidenceAttack, WithoutABaseToCompareWith)
{
  EXPECT_EQ(project_.sluice().command({"verify", evidence_, "--trust", key_ + ".trust.toml", "--commit", "HEAD"}).code,
            2);
}

TEST_F(EvidenceAttack, OfARunThatFailed)
{
  project_.test("two", "exit 1\n");
  project_.commit("Break it");
  ASSERT_EQ(run_signed(key_).code, 1);
  expect_refused("is FAILED");
}

TEST_F(EvidenceAttack, OfARunThatWasRefused)
{
  project_.commit("By a tool\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n");
  ASSERT_EQ(judge({"--filter", "two", "--evidence", evidence_, "--key", key_ + ".key"}).code, 3);
  expect_refused("is REFUSED");
}

TEST_F(EvidenceAttack, OfATestThatWasPickedOut)
{
  project_.test("two", "exit 1\n");
  project_.commit("Break it\n\nAuthorship: human\n");
  std::filesystem::remove(evidence_);
  const SluiceResult picked = judge({"--filter", "one", "--all", "--evidence", evidence_, "--key", key_ + ".key"});
  EXPECT_EQ(picked.code, 2);
  EXPECT_THAT(picked.err, HasSubstr("left out"));
  EXPECT_FALSE(std::filesystem::exists(evidence_));
  EXPECT_GT(junit_count(read_run(run_folders(project_.path()).back()).junit, "errors"), 0) << "its report is red, too";
}

// A verdict that a forge was not told is none: not as evidence, not in the log, not in any report made from it later.
TEST_F(EvidenceAttack, OfAVerdictThatCouldNotBeTold)
{
  std::filesystem::remove(evidence_);
  const SluiceResult run = project_.sluice()
                             .with("GITHUB_TOKEN", "t")
                             .with("GITHUB_REPOSITORY", "a/b")
                             .with("GITHUB_API_URL", "http://127.0.0.1:1") // nobody listens there
                             .run({"--base", "main", "--head", "HEAD", "--evidence", evidence_, "--key", key_ + ".key",
                                   "--note", "--post", "github-status"});
  EXPECT_EQ(run.code, 5) << run.out << run.err;
  EXPECT_FALSE(std::filesystem::exists(evidence_));
  EXPECT_EQ(
    project_.sluice().command({"verify", "--trust", key_ + ".trust.toml", "--commit", "HEAD", "--base", "main"}).code,
    3);
  const std::string report = project_.sibling("report.xml");
  EXPECT_EQ(project_.sluice().command({"report", "latest", "--junit", report}).code, 5);
  std::ifstream in(report);
  EXPECT_THAT((std::string{std::istreambuf_iterator<char>(in), {}}), HasSubstr("could not be told"));
}

TEST_F(EvidenceAttack, OfAVerdictThatCouldNotBeWrittenToTheAuditLog)
{
  std::filesystem::remove(evidence_);
  EXPECT_EQ(judge({"--evidence", evidence_, "--key", key_ + ".key", "--audit", project_.path()}).code, 5);
  EXPECT_FALSE(std::filesystem::exists(evidence_));
  EXPECT_EQ(project_.sluice().command({"report", "latest"}).code, 5);
}

// Whoever has the rights of the run (a test, at level bare) can write to its folder. What is signed are Sluice's own
// words, not what lies there; the other reports take long enough for both to be written.
TEST_F(EvidenceAttack, OfAReportThatWasEditedBeforeItWasSigned)
{
  std::vector<std::string> words{"run", "--base", "main", "--head", "HEAD", "--evidence", evidence_, "--key"};
  words.push_back(key_ + ".key");
  for (int i = 0; i < 20; ++i) words.push_back("--report=ctrf=" + project_.sibling(std::to_string(i) + ".json"));
  RunningSluice running = project_.sluice().start(words);
  const std::string report = green_report_of_run(2);
  std::ofstream(run_folders(project_.path()).back() + "/junit.xml") << "edited";
  const SluiceResult run = running.wait();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.junit, "edited");
  std::ofstream(project_.sibling("r.xml")) << report;
  const std::string digest = shell("sha256sum <" + shell_quoted(project_.sibling("r.xml"))).second.substr(0, 64);
  edit("print(json.loads(base64.b64decode(json.loads(lines[1])['payload'])))");
  EXPECT_THAT(edited_, HasSubstr("'report': '" + digest));
}

TEST_F(EvidenceAttack, SignedByAKeyOfTheAuthors)
{
  const std::string own = project_.sibling("own");
  ASSERT_EQ(project_.sluice().command({"keygen", own}).code, 0);
  ASSERT_EQ(run_signed(own).code, 0);
  expect_refused("not signed by enough trusted keys");
}

TEST_F(EvidenceAttack, SignedByAKeyOfTheAuthorsUnderATrustedName)
{
  const std::string own = project_.sibling("own");
  ASSERT_EQ(project_.sluice().command({"keygen", own}).code, 0);
  const std::string before = evidence_ + ".before";
  std::filesystem::copy(evidence_, before);
  ASSERT_EQ(run_signed(own).code, 0);
  edit("old = [json.loads(l) for l in open(path + '.before').read().splitlines()]\n"
       "new = [json.loads(l) for l in lines]\n"
       "for a, b in zip(old, new): b['signatures'][0]['keyid'] = a['signatures'][0]['keyid']\n"
       "lines = [json.dumps(e) for e in new]");
  expect_refused("not signed by enough trusted keys");
}

TEST_F(EvidenceAttack, WithOneByteChanged)
{
  edit("e = json.loads(lines[1]); p = base64.b64decode(e['payload']).replace(b'PASSED', b'PASSeD', 1)\n"
       "e['payload'] = base64.b64encode(p).decode(); lines[1] = json.dumps(e)");
  EXPECT_EQ(verify().code, 3);
}

TEST_F(EvidenceAttack, WithoutASignature)
{
  edit("lines = [json.dumps({**json.loads(l), 'signatures': []}) for l in lines]");
  expect_refused("not signed by enough trusted keys");
}

TEST_F(EvidenceAttack, WithTheSignatureOfTheOtherStatement)
{
  edit("a, b = [json.loads(l) for l in lines]; a['signatures'], b['signatures'] = b['signatures'], a['signatures']\n"
       "lines = [json.dumps(a), json.dumps(b)]");
  EXPECT_EQ(verify().code, 3);
}

TEST_F(EvidenceAttack, CutOffInTheMiddle)
{
  edit("lines = [lines[0], lines[1][:200]]");
  expect_refused("no envelope");
}

TEST_F(EvidenceAttack, WithoutItsDecision)
{
  edit("lines = lines[:1]");
  expect_refused("the decision on the tests is missing");
}

TEST_F(EvidenceAttack, Emptied)
{
  edit("lines = []");
  expect_refused("there is no evidence");
}

// A decision of one run beside the test results of another.
TEST_F(EvidenceAttack, OfTwoRunsMixed)
{
  std::filesystem::copy(evidence_, evidence_ + ".before");
  ASSERT_EQ(run_signed(key_).code, 0);
  edit("lines = [open(path + '.before').read().splitlines()[0], lines[1]]");
  expect_refused("the decision on the tests is missing");
}

TEST_F(EvidenceAttack, OfAnOlderVersionThanIsAskedFor)
{
  std::ofstream(key_ + ".trust.toml", std::ios::app).flush();
  const auto [code, text] = shell("sed -i '1a min_version = \"99.0\"' " + shell_quoted(key_ + ".trust.toml"));
  ASSERT_EQ(code, 0) << text;
  expect_refused("made by version");
}

TEST_F(EvidenceAttack, ThatIsTooOldOrSignedByAKeyThatHasEnded)
{
  const std::string trust = key_ + ".trust.toml";
  ASSERT_EQ(shell("sed -i 's/^public/not_after = 1\\npublic/' " + shell_quoted(trust)).first, 0);
  expect_refused("not signed by enough trusted keys");
}

TEST_F(EvidenceAttack, WithOneSignatureWhereTwoAreAskedFor)
{
  const std::string trust = key_ + ".trust.toml";
  ASSERT_EQ(shell("sed -i '1a threshold = 2' " + shell_quoted(trust)).first, 0);
  EXPECT_EQ(verify().code, 2); // one key cannot make two signatures
  ASSERT_EQ(shell("sed -n '/key/,$p' " + shell_quoted(trust) + " >>" + shell_quoted(trust)).first, 0);
  expect_refused("not signed by enough trusted keys"); // nor can it by standing in the file twice
}

TEST_F(EvidenceAttack, OfFilesThatWereNotCommitted)
{
  project_.write("untracked.txt", "what the tests need to pass");
  EXPECT_EQ(run_signed(key_).code, 2);
}

TEST_F(EvidenceAttack, InANoteOnAnotherTree)
{
  ASSERT_EQ(judge({"--note", "--key", key_ + ".key"}).code, 0);
  const std::string good = project_.TempRepo::run({"rev-parse", "HEAD^{tree}"});
  project_.write("new.txt", "worse");
  project_.commit("Worse");
  const std::string bad = project_.TempRepo::run({"rev-parse", "HEAD^{tree}"});
  project_.TempRepo::run({"notes", "--ref=sluice", "copy", good, bad});
  const SluiceResult result =
    project_.sluice().command({"verify", "--trust", key_ + ".trust.toml", "--commit", "HEAD", "--base", "main"});
  EXPECT_EQ(result.code, 3) << result.out;
}

TEST_F(EvidenceAttack, TheKeyDoesNotReachTheTests)
{
  project_.test("one", "test -z \"$SLUICE_SIGNING_KEY\" || { echo leaked; exit 1; }\n");
  project_.commit("Look for the key\n\nAuthorship: human\n");
  std::ifstream in(key_ + ".key");
  const std::string key{std::istreambuf_iterator<char>(in), {}};
  const SluiceResult run = project_.sluice()
                             .with("SLUICE_SIGNING_KEY", key)
                             .run({"--base", "main", "--head", "HEAD", "--evidence", evidence_});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(verify().code, 0);
  EXPECT_EQ(run.out.find("PRIVATE"), std::string::npos);
}

} // namespace

} // namespace sluice::tests
