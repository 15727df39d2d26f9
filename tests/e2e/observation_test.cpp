// What a test was seen to use decides what runs it again: the same scripts, one change at a time.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Observed : public testing::Test {
protected:
  void SetUp() override
  {
    if (shell("unshare --user true").first != 0) GTEST_SKIP() << "there are no user namespaces here";
    project_.write("data/one.txt", "1\n");
    project_.write("data/two.txt", "2\n");
    project_.write("lists/a", "");
    project_.write("lib/deep.sh", "cat data/two.txt\n");
    project_.write("README.md", "words\n");
    project_.test("one", "grep -q 1 data/one.txt && ! test -e data/one.override\n");
    project_.test("two", "sh lib/deep.sh | grep -q 2\n");
    project_.test("lists", "test $(ls lists | wc -l) -lt 9\n");
    project_.test("links", "test \"$(readlink data/link)\" = one.txt\n");
    std::filesystem::create_symlink("one.txt", project_ / "data/link");
    project_.commit("Five tests");
    ASSERT_EQ(project_.run().code, 0);
  }
  std::vector<std::string> selected() { return to_run(project_.sluice().plan()); }
  ShellProject project_;
};

TEST_F(Observed, NothingChangedRunsNothing)
{
  EXPECT_THAT(selected(), IsEmpty());
}

TEST_F(Observed, AFileRunsTheTestsThatReadIt)
{
  project_.write("data/one.txt", "1 more\n");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
}

TEST_F(Observed, AFileThatNobodyReadRunsNothing)
{
  project_.write("README.md", "other words\n");
  project_.write("docs/new.md", "more\n");
  EXPECT_THAT(selected(), IsEmpty());
}

TEST_F(Observed, TheFolderOfAThreadLeadsToAnInput)
{
  project_.test("thread", "read x < /proc/self/task/$$/cwd/data/two.txt && test \"$x\" = 2\n");
  project_.commit("By way of /proc");
  ASSERT_EQ(project_.run().code, 0);
  project_.write("data/two.txt", "2 more\n");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("thread"), ShellProject::id("two")));
}

// Whoever listens may read any file, and no sandbox without a network ends a socket that has a path.
TEST_F(Observed, ACallToADaemonLeavesNoProof)
{
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = project_ / "call";
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 8), 0);
  project_.test("caller", "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect_ex(\"call\")'\n");
  project_.commit("A call");
  const SluiceResult run = project_.run();
  ASSERT_EQ(run.code, 0) << run.out << run.err;
  ASSERT_THAT(shell("cat " + shell_quoted(run.folder + "/events.ndjson")).second, HasSubstr("unix:"));
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("caller")));
  ::close(listening);
}

TEST_F(Observed, APassWithoutASandboxIsNoProofForOneWith)
{
  const std::string secret = project_.sibling("secret");
  std::ofstream(secret) << "1\n";
  project_.test("outside", "grep -q 1 " + secret + "\n");
  project_.commit("A test that needs the whole machine");
  ASSERT_EQ(project_.run({"--no-sandbox"}).code, 0);
  EXPECT_THAT(project_.run({"--no-sandbox"}).started, IsEmpty());
  EXPECT_THAT(selected(), Contains(ShellProject::id("outside")));
  EXPECT_EQ(project_.run().code, 1);
}

TEST_F(Observed, WhatAChildOfAChildReadCounts)
{
  project_.write("data/two.txt", "2 more\n");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("two")));
}

TEST_F(Observed, ANewFileWhereOneWasLookedForCounts)
{
  project_.write("data/one.override", "");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
  EXPECT_EQ(project_.run().code, 1) << "and the test that it breaks is red";
}

TEST_F(Observed, ANewEntryOfAListedFolderCounts)
{
  project_.write("lists/b", "");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("lists")));
}

TEST_F(Observed, ALinkThatLeadsElsewhereCounts)
{
  std::filesystem::remove(project_ / "data/link");
  std::filesystem::create_symlink("two.txt", project_ / "data/link");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("links")));
}

// A link has the same object in git as a file that holds the link's text.
TEST_F(Observed, ALinkInTheFilesPlaceCounts)
{
  project_.write("data/one.txt", "two.txt");
  project_.test("one", "grep -q two.txt data/one.txt\n");
  project_.commit("A file that holds a name");
  ASSERT_EQ(project_.run().code, 0);
  std::filesystem::remove(project_ / "data/one.txt");
  std::filesystem::create_symlink("two.txt", project_ / "data/one.txt");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
  project_.commit("A link of that name");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
}

TEST_F(Observed, ThatAFileMayBeExecutedCounts)
{
  project_.write("tool.sh", "#!/bin/sh\nexit 0\n");
  std::filesystem::permissions(project_ / "tool.sh", std::filesystem::perms::owner_all);
  project_.test("one", "set -e\n./tool.sh\n");
  project_.commit("A tool");
  ASSERT_EQ(project_.run().code, 0);
  std::filesystem::permissions(project_ / "tool.sh", std::filesystem::perms(0644));
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
  project_.commit("It may not be executed");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
}

TEST_F(Observed, WhatAnEntryOfAListedFolderIsCounts)
{
  project_.remove("lists/a");
  project_.write("lists/a/x", "");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("lists")));
}

TEST_F(Observed, BytecodeThatIsPartOfTheTreeIsListedLikeAnyFile)
{
  project_.write(".gitignore", "/.sluice/\n");
  project_.commit("Nothing else is ignored");
  project_.write("lists/__pycache__/a.pyc", "");
  project_.commit("Bytecode in the tree");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("lists")));
}

// The folder that has no name below the root.
TEST_F(Observed, TheRootIsListedLikeAnyFolder)
{
  project_.write(".gitignore", "/.sluice/\n");
  project_.test("one", "test $(ls -A | wc -l) -lt 99\n");
  project_.commit("A test that lists the root");
  ASSERT_EQ(project_.run().code, 0);
  EXPECT_THAT(selected(), IsEmpty());
  project_.write("__pycache__/a.pyc", "");
  project_.commit("Bytecode in the tree");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
}

TEST_F(Observed, AFolderWithALineBreakInItsNameIsLookedAt)
{
  const std::string folder = "od\nd\\n";
  project_.write(folder + "/a", "");
  project_.test("one", "test $(ls od*/ | wc -l) -lt 9\n");
  project_.commit("An odd folder");
  ASSERT_EQ(project_.run().code, 0);
  EXPECT_THAT(selected(), IsEmpty());
  project_.write(folder + "/b", "");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("one")));
}

TEST_F(Observed, ADeletedFileCounts)
{
  project_.remove("data/two.txt");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("two")));
}

TEST_F(Observed, ASizeThatWasAskedForCounts)
{
  project_.test("size", "test $(stat -c %s README.md) -lt 9000\n");
  project_.run();
  project_.write("README.md", "many more words than before\n");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("size")));
}

TEST_F(Observed, WhatCannotMatterMayBeLookedAtButNotRead)
{
  project_.configure("[changes]\nignore = [\"*.md\"]\n");
  project_.test("size", "test $(stat -c %s README.md) -lt 9000\n");
  project_.test("words", "grep -q words README.md\n");
  project_.run();
  project_.write("README.md", "many more words than before\n");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("words")));
}

TEST_F(Observed, ANewTestRunsAlone)
{
  project_.test("new", "exit 0\n");
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("new")));
}

// Cases of one program that ran apart have each its own inputs, those that ran together the same.
TEST_F(Observed, EachProcessOfAProgramHasItsOwnInputs)
{
  project_.write(".gitignore", "/bin/\n");
  project_.write("reads.cpp", "#include <gtest/gtest.h>\n#include <fstream>\n"
                              "TEST(Reads, One) { EXPECT_TRUE(std::ifstream(\"../data/one.txt\")); }\n"
                              "TEST(Reads, Two) { EXPECT_TRUE(std::ifstream(\"../data/two.txt\")); }\n");
  project_.write("Makefile", "bin/reads: reads.cpp\n\tmkdir -p bin\n\tg++ -std=c++17 $< -o $@ -lgtest -lgtest_main\n");
  const auto configure = [&](const std::string& isolation) {
    project_.write("sluice.toml",
                   "[build]\ndirectory = \"bin\"\ncommand = [\"make\"]\n[[tests]]\nframework = \"gtest\"\n"
                   "programs = [\"bin/reads\"]\nisolation = \"" +
                     isolation + "\"\n");
    project_.commit("Isolation: " + isolation);
    const SluiceResult run = project_.run();
    ASSERT_EQ(run.code, 0) << run.out << run.err;
    ASSERT_THAT(project_.run().started, IsEmpty());
  };
  configure("case");
  project_.write("data/two.txt", "other\n");
  EXPECT_THAT(project_.run().started, ElementsAre("reads:Reads.Two"));
  project_.write("data/one.txt", "other\n");
  EXPECT_THAT(project_.run().started, ElementsAre("reads:Reads.One"));
  configure("batch");
  project_.write("data/two.txt", "more\n");
  EXPECT_THAT(project_.run().started, ElementsAre("reads:Reads.One", "reads:Reads.Two"));
}

TEST_F(Observed, GoingBackRunsNothing)
{
  project_.write("data/one.txt", "1 more\n");
  project_.run();
  project_.write("data/one.txt", "1\n");
  EXPECT_THAT(selected(), IsEmpty());
}

TEST_F(Observed, WhyOfANewFileNamesTheTestThatListedItsFolder)
{
  project_.test("lists", "ls data >/dev/null\n");
  project_.commit("One that lists");
  project_.run();
  project_.write("data/new.txt", "new\n");
  const std::string why = project_.sluice().command({"why", "data/new.txt"}).out;
  EXPECT_THAT(why, HasSubstr(ShellProject::id("lists")));
  EXPECT_THAT(why, Not(HasSubstr("cannot matter")));
  EXPECT_THAT(project_.sluice().command({"plan"}).out, Not(HasSubstr("no test was seen to use it")));
}

TEST_F(Observed, WhyNamesTheFileThatWasRead)
{
  project_.write("data/one.txt", "1 more\n");
  EXPECT_THAT(project_.sluice().command({"why", ShellProject::id("one")}).out,
              HasSubstr("data/one.txt\n    -> (was read by) " + ShellProject::id("one")));
}

TEST_F(Observed, AFileWrittenDuringTheRunProvesNothing)
{
  project_.test("slow", "cat data/one.txt; sleep 1\n");
  RunningSluice run = project_.sluice().start({"run"});
  shell("sleep 0.5");
  project_.write("data/one.txt", "1 but not what was read\n");
  EXPECT_EQ(run.wait().code, 0);
  EXPECT_THAT(selected(), testing::Contains(ShellProject::id("slow")));
}

TEST_F(Observed, AFileThatAppearsAfterATestLookedForItProvesNothing)
{
  project_.test("slow", "test -e late; test -d folder; sleep 1\n");
  for (const char* late : {"late", "folder/x"}) {
    RunningSluice run = project_.sluice().start({"run", "--all"});
    shell("sleep 0.5");
    project_.write(late, "too late\n");
    EXPECT_EQ(run.wait().code, 0);
    EXPECT_THAT(selected(), testing::Contains(ShellProject::id("slow"))) << late;
    project_.run();
  }
}

// pytest lists the folder of the file that it is given. What else lists a folder may count what it finds.
TEST_F(Observed, AWordWithPytestInItMakesNoPytest)
{
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                                "command = [\"sh\", \"{file}\", \"no-pytest\"]\n"
                                "[[tests]]\nname = \"p\"\nframework = \"command\"\nfiles = [\"suite/test_*\"]\n"
                                "command = [\"tools/pytest\", \"{file}\"]\n");
  project_.write("tools/pytest", "#!/bin/sh\nls -l suite\n");
  std::filesystem::permissions(project_ / "tools/pytest", std::filesystem::perms::owner_all);
  project_.write("suite/test_a", "");
  project_.test("counts", "test $(ls cases | wc -l) -lt 99\n");
  project_.commit("One that counts its neighbours");
  ASSERT_EQ(project_.run().code, 0);
  project_.test("new_test", "exit 0\n");
  project_.write("suite/test_b", "");
  EXPECT_THAT(selected(), ElementsAre("p:suite/test_b", ShellProject::id("counts"), ShellProject::id("new_test")));
}

TEST_F(Observed, WithoutObservationEveryScriptIsAffectedByEveryChange)
{
  for (const char* name : {"one", "two", "lists", "links"}) project_.test(name, "exit 0 # otherwise\n");
  ASSERT_EQ(project_.run({"--no-observe"}).code, 0);
  project_.write("data/nobody-reads-this", "");
  EXPECT_EQ(selected().size(), 4u);
}

} // namespace

} // namespace sluice::tests
