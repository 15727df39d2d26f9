// What a test rests on although no call of it names that: folders, contents behind dates, names found earlier.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class UnseenInputs : public testing::Test {
protected:
  void SetUp() override
  {
    if (shell("unshare --user true").first != 0) GTEST_SKIP() << "there are no user namespaces here";
    project_.remove("cases/one.sh");
    project_.remove("cases/two.sh");
    project_.write(".gitignore", "/.sluice/\n__pycache__/\n*.built\n*.ignored\n");
  }
  std::vector<std::string> selected() { return to_run(project_.sluice().plan()); }
  std::vector<std::string> selected_after_commit(const std::string& what)
  {
    project_.commit(what);
    return selected();
  }
  void prove()
  {
    project_.commit("Tests");
    const SluiceResult run = project_.run();
    ASSERT_EQ(run.code, 0) << run.out << run.err;
    ASSERT_THAT(selected(), IsEmpty());
  }
  // A file as it is when nobody has touched it for long, so that only its content and size can tell.
  void date(const std::string& file) { shell("touch -d '2020-01-01 00:00:00' " + shell_quoted(project_ / file)); }
  ShellProject project_;
};

// git removes a folder with its last file, and then nothing can be made in it.
TEST_F(UnseenInputs, WhatIsMadeNeedsItsFolder)
{
  project_.write("out/kept", "");
  project_.write("out/result", "");
  project_.write("sub/kept", "");
  project_.write("data.txt", "");
  project_.test("append", "echo hi > out/log.txt\n");
  project_.test("dots", "cat sub/../data.txt\n");
  project_.test("empty", "echo hi > out/result\n");
  project_.test("folder", "mkdir out/new\n");
  project_.test("link", "ln -s x out/link\n");
  project_.test("move", "cp data.txt /tmp/d && mv /tmp/d out/d2\n");
  project_.test("touch", "touch out/stamp\n");
  prove();
  project_.remove("out/kept");
  project_.remove("out/result");
  project_.remove("out");
  project_.remove("sub/kept");
  project_.remove("sub");
  EXPECT_EQ(selected_after_commit("No folders").size(), 7u);
  EXPECT_EQ(project_.run({"--all"}).code, 1);
}

// Python believes its bytecode as long as date and size of the source are what they were.
TEST_F(UnseenInputs, BytecodeRestsOnItsSource)
{
  project_.write("src/shop.py", "def less(a, b): return a < b\n");
  date("src/shop.py");
  shell("cd " + shell_quoted(project_ / "src") + " && python3 -m py_compile shop.py");
  ASSERT_EQ(shell("ls " + shell_quoted(project_ / "src/__pycache__") + "/shop.*.pyc").first, 0);
  project_.test("less", "PYTHONPATH=src python3 -B -c 'import shop; assert shop.less(1, 2)'\n");
  prove();
  project_.write("src/shop.py", "def less(a, b): return a > b\n");
  EXPECT_THAT(selected_after_commit("As long as before"), ElementsAre(ShellProject::id("less")));
  EXPECT_EQ(project_.run().code, 1);
}

TEST_F(UnseenInputs, WhoComparesDatesRestsOnContents)
{
  project_.write("Makefile", "prog.built: a.txt\n\tcp a.txt prog.built\n");
  project_.write("a.txt", "one\n");
  date("a.txt");
  project_.write("prog.built", "one\n");
  project_.test("made", "make -s && grep -q one prog.built\n");
  prove();
  project_.write("a.txt", "two\n");
  EXPECT_THAT(selected_after_commit("As long as before"), ElementsAre(ShellProject::id("made")));
  EXPECT_EQ(project_.run().code, 1);
}

// Test files of others are left out of what Python lists, but not one that stands in for a module.
TEST_F(UnseenInputs, ATestFileMayStandInForAModule)
{
  project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"tests/test_*.py\"]\n"
                                "command = [\"python3\", \"-B\", \"{file}\"]\n");
  project_.write("src/test_helpers.py", "good = True\n");
  project_.write("tests/test_a.py",
                 "import sys; sys.path.append('src')\nimport test_helpers\nassert test_helpers.good\n");
  project_.write("tests/test_b.py", "\n");
  prove();
  project_.write("tests/test_c.py", "\n");
  EXPECT_THAT(selected_after_commit("Another test"), ElementsAre("t:tests/test_c.py"));
  ASSERT_EQ(project_.run().code, 0);
  project_.write("tests/test_helpers.py", "good = False\n");
  EXPECT_THAT(selected_after_commit("It is found first"), Contains("t:tests/test_a.py"));
  EXPECT_EQ(project_.run().code, 1);
}

// What was seen and cannot be compared is more than the files of the tree.
TEST_F(UnseenInputs, AnIgnoredFileThatIsWrittenDuringTheRunLeavesNoProof)
{
  project_.write("local.ignored", "1\n");
  project_.test("slow", "grep -q 1 local.ignored; sleep 1\n");
  project_.commit("A test");
  RunningSluice run = project_.sluice().start({"run"});
  shell("sleep 0.5");
  project_.write("local.ignored", "2\n");
  EXPECT_EQ(run.wait().code, 0);
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("slow")));
}

TEST_F(UnseenInputs, WhatCameFromTheHostsNetworkLeavesNoProof)
{
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listening, 8), 0);
  ASSERT_EQ(::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  project_.configure("[sandbox]\nnetwork = \"host\"\n");
  project_.test("client", "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", " + port + "))'\n");
  project_.commit("A client");
  const SluiceResult run = project_.run();
  ASSERT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("client")));
  ::close(listening);
}

// What a setup makes for a test follows from what the setup rests on; what it only touches does not.
TEST_F(UnseenInputs, WhatASetupOnlyTouchesIsAnInputOfItsUsers)
{
  project_.write(".gitignore", "/.sluice/\n/build/\n");
  project_.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(touching NONE)\nenable_testing()\n"
                                   "add_test(NAME setup COMMAND chmod 755 data WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})\n"
                                   "add_test(NAME count COMMAND sh -c \"test $(ls data | wc -l) = 1\"\n"
                                   "         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})\n"
                                   "set_tests_properties(setup PROPERTIES FIXTURES_SETUP data)\n"
                                   "set_tests_properties(count PROPERTIES FIXTURES_REQUIRED data)\n");
  project_.write("sluice.toml",
                 "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"Ninja\"]\n"
                 "[[tests]]\nframework = \"ctest\"\n");
  project_.write("data/one", "");
  project_.commit("Tests");
  ASSERT_EQ(project_.run().code, 0);
  project_.write("data/two", "");
  project_.commit("Another entry");
  EXPECT_EQ(project_.run().outcomes["count"], "failed");
}

// Where the machine can hide nothing a test finds what it does not find in a sandbox.
TEST_F(UnseenInputs, AProofHoldsOnlyUnderTheWallsItWasMadeUnder)
{
  std::ofstream(project_.sibling("outside")) << "here\n";
  project_.test("reader", "grep -q here " + project_.sibling("outside") + "\n");
  project_.commit("A test of what lies outside");
  Sluice confined = project_.sluice();
  confined.without_namespaces();
  const SluiceResult bare = confined.run();
  ASSERT_EQ(bare.code, 0) << bare.out << bare.err;
  ASSERT_THAT(bare.err, HasSubstr("the sandbox is only bare"));
  EXPECT_THAT(confined.run().started, IsEmpty());
  EXPECT_THAT(selected(), ElementsAre(ShellProject::id("reader")));
  EXPECT_EQ(project_.run().code, 1);
  EXPECT_THAT(to_run(confined.plan()), IsEmpty());
}

// What is remembered of the machine is not believed against what its lanes turn out to be.
TEST_F(UnseenInputs, ARunWhoseLanesAreOtherThanRememberedPlansAgain)
{
  project_.test("reader", "exit 0\n");
  project_.test("other", "exit 0\n");
  prove();
  shell("sqlite3 " + shell_quoted(project_ / ".sluice/store.db") +
        " \"UPDATE remembered SET value = CAST('bare' AS BLOB) WHERE purpose = 'confinement'\"");
  EXPECT_EQ(selected().size(), 2u);
  EXPECT_THAT(project_.run().started, IsEmpty());
  EXPECT_THAT(selected(), IsEmpty());
}

TEST_F(UnseenInputs, APlaceThatIsNotThereIsNamed)
{
  const std::string cache = project_.sibling("cache");
  project_.configure("[sandbox]\nwritable = [\"" + cache + "\"]\n");
  project_.test("one", "exit 0\n");
  project_.commit("A cache that nobody has made");
  EXPECT_THAT(project_.run({"--all"}).err, HasSubstr("writable of [sandbox] names " + cache));
  std::filesystem::create_directory(cache);
  EXPECT_THAT(project_.run({"--all"}).err, Not(HasSubstr("names")));
}

} // namespace

} // namespace sluice::tests
