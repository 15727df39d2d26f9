#include "tests/e2e/small_cmake_project.h"
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <set>
#include <sys/file.h>
#include <unistd.h>

namespace sluice::tests {

namespace {

using testing::AnyOf;
using testing::HasSubstr;

// A very small file system where .sluice will be; gone with the test.
class SmallDisk {
public:
  SmallDisk(const std::string& folder, const std::string& options) : folder_(folder)
  {
    std::filesystem::create_directories(folder);
    mounted_ = shell("mount -t tmpfs -o " + options + " tmpfs " + shell_quoted(folder)).first == 0;
  }
  ~SmallDisk()
  {
    if (mounted_) shell("umount -l " + shell_quoted(folder_));
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }

private:
  std::string folder_;
  bool mounted_ = false;
};

// A file that others wait for.
class Held {
public:
  explicit Held(const std::string& file) : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644))
  {
    ::flock(descriptor_, LOCK_EX);
  }
  ~Held() { ::close(descriptor_); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  void give_back() const { ::flock(descriptor_, LOCK_UN); }

private:
  int descriptor_;
};

std::string text_of(const std::string& file)
{
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Waits until a file holds these words, a generous time.
bool comes_to_say(const std::string& file, const std::string& words)
{
  for (int i = 0; i < 3000; ++i) {
    if (text_of(file).find(words) != std::string::npos) return true;
    ::usleep(10'000);
  }
  return false;
}

TEST(FullDisk, IsAnErrorOfTheWorldAndNeverGreen)
{
  ShellProject project;
  project.test("one", "head -c 200000 /dev/zero | tr '\\0' x; exit 1\n");
  project.commit("Prints much");
  std::set<int> codes;
  for (const char* size : {"size=8k", "size=64k", "size=160k", "size=256k"}) {
    const SmallDisk disk(project / ".sluice", size);
    if (!disk.mounted()) GTEST_SKIP() << "mounting a file system is not permitted";
    const SluiceResult run = project.run({"--junit", project.sibling("r.xml")});
    EXPECT_THAT(run.code, AnyOf(1, 5)) << size << run.out << run.err;
    codes.insert(run.code);
    std::filesystem::remove(project.sibling("r.xml"));
  }
  EXPECT_TRUE(codes.contains(5)) << "no disk was too small";
}

// It is red because the audit log has no room; nor has a red report.
TEST(FullDisk, LeavesNoGreenReportOfAVerdictThatIsNone)
{
  const ShellProject project;
  const SmallDisk disk(project.sibling("disk"), "size=64k");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a file system is not permitted";
  const std::string report = project.sibling("disk/r.xml"), audit = project.sibling("disk/audit.ndjson");
  const Held held(audit);
  RunningSluice running = project.sluice().start({"run", "--plain", "--junit", report, "--audit", audit});
  ASSERT_TRUE(comes_to_say(report, " errors=\"0\"")) << "and waits for the audit log";
  shell("cat /dev/zero >" + shell_quoted(project.sibling("disk/more")));
  held.give_back();
  const SluiceResult run = running.wait();
  EXPECT_EQ(run.code, 5) << run.out << run.err;
  EXPECT_EQ(run.status, "FAILED");
  EXPECT_THAT(text_of(report), AnyOf("", HasSubstr("<error")));
}

// What only saves time later may be missing.
TEST(FullDisk, WithoutRoomForTheGraphIsNoReasonToBeRed)
{
  const SmallCMakeProject project;
  std::filesystem::create_directories(project / ".sluice/graph/in the way");
  const SluiceResult run = project.sluice();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("takes longer"));
}

// Nowhere to complain: the exit code and the red report say what there is to say.
TEST(FullDisk, ForTheWordsOfAnErrorIsNoCrash)
{
  const ShellProject project;
  const std::string report = project.sibling("r.xml");
  const auto run = shell("cd " + shell_quoted(project.path()) + " && " + shell_quoted(SLUICE_BINARY_PATH) +
                         " run --base nonsense --junit " + shell_quoted(report) + " 2>/dev/full");
  EXPECT_EQ(run.first, 2) << run.second;
  std::ifstream in(report);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(text, HasSubstr("<error"));
}

// Neither the report nor the red one that should take its place can be named.
TEST(Folders, ThatAreGoneUnderTheCallersFeetAreAnErrorOfTheWorld)
{
  const ShellProject project;
  const SluiceResult run =
    project.sluice().after("mkdir gone && cd gone && rmdir ../gone").run({"-C", project.path(), "--junit", "r.xml"});
  EXPECT_EQ(run.code, 5) << run.out << run.err;
}

// Without it the next run would take the report for a change of the tree.
TEST(Folders, InPlaceOfTheListOfReportsAreAnErrorOfTheWorld)
{
  const ShellProject project;
  std::filesystem::create_directories(project / ".sluice/reports.txt");
  const SluiceResult run = project.run({"--junit", project / "r.xml"});
  EXPECT_EQ(run.code, 5) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("reports.txt"));
}

TEST(ReadOnlyDisk, IsAnErrorOfTheWorld)
{
  ShellProject project;
  const SmallDisk disk(project / ".sluice", "ro");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a file system is not permitted";
  const SluiceResult run = project.run();
  EXPECT_EQ(run.code, 5) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr(".sluice"));
}

TEST(Descriptors, RunningOutOfThemIsNeverGreen)
{
  ShellProject project;
  project.test("one", "exit 1\n");
  project.commit("Fails");
  std::set<int> codes;
  for (int limit = 10; limit <= 40; limit += 5) {
    const SluiceResult run = project.sluice().after("ulimit -n " + std::to_string(limit)).run();
    EXPECT_THAT(run.code, AnyOf(1, 5)) << limit << run.out << run.err;
    codes.insert(run.code);
  }
  EXPECT_TRUE(codes.contains(5)) << "no limit was too low";
}

TEST(Descriptors, RunningOutOfThemEndsTheRun)
{
  const ShellProject project;
  std::set<int> codes;
  for (int limit = 10; limit <= 30; limit += 5) {
    const SluiceResult run = project.sluice().after("ulimit -n " + std::to_string(limit)).run();
    EXPECT_THAT(run.code, AnyOf(0, 1, 5)) << limit << run.out << run.err;
    EXPECT_EQ(run.code == 0, run.status == "PASSED") << limit;
    codes.insert(run.code);
  }
  EXPECT_TRUE(codes.contains(5)) << "no limit was too low";
}

// A PATH of just the named programs.
class Tools {
public:
  explicit Tools(const std::vector<std::string>& names)
  {
    for (const std::string& name : names) shell("ln -s $(command -v " + name + ") " + dir_.path() + "/" + name);
  }
  const std::string& path() const { return dir_.path(); }

private:
  TempDir dir_;
};

class MissingProgram : public testing::Test {
protected:
  SluiceResult with_only(const std::vector<std::string>& names)
  {
    const Tools tools(names);
    // git is not looked for in a folder that builds may write: its own has no other tools in it.
    const std::string gits = project_.TempRepo::run({"--exec-path"});
    return Sluice(project_.path()).with("PATH", tools.path() + ":" + gits).run();
  }
  SmallCMakeProject project_;
};

TEST_F(MissingProgram, CMakeIsNamed)
{
  const SluiceResult run = with_only({"git", "sh"});
  EXPECT_THAT(run.code, AnyOf(1, 2, 5)) << run.out << run.err;
  EXPECT_THAT(run.out + run.err, HasSubstr("cmake"));
}

TEST_F(MissingProgram, NinjaIsNamed)
{
  const SluiceResult run = with_only({"git", "sh", "cmake", "ctest", "cc", "ld", "as"});
  EXPECT_THAT(run.code, AnyOf(1, 2, 5)) << run.out << run.err;
  EXPECT_THAT(run.out + run.err, AnyOf(HasSubstr("ninja"), HasSubstr("Ninja")));
}

TEST_F(MissingProgram, CTestIsNamed)
{
  ASSERT_EQ(project_.sluice().code, 0);
  std::filesystem::remove_all(project_ / ".sluice");
  const SluiceResult run = with_only({"git", "sh", "cmake", "ninja", "cc", "ld", "as"});
  if (run.code == 0) {
    EXPECT_EQ(run.outcomes.size(), 3u) << "found beside cmake";
  } else {
    EXPECT_THAT(run.out + run.err, HasSubstr("ctest"));
  }
}

TEST_F(MissingProgram, ATestsOwnProgramIsANotStartedTest)
{
  ShellProject project;
  project.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\ncommand = [\"no-such-program\"]\n");
  const SluiceResult run = project.run();
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_EQ(run.outcomes.at("t"), "not-started");
}

// A program that is taken for a GoogleTest program.
class Listing : public testing::Test {
protected:
  SluiceResult list(const std::string& script)
  {
    project_.write("sluice.toml", "[build]\ndirectory = \"out\"\ncommand = [\"true\"]\n"
                                  "[[tests]]\nframework = \"gtest\"\nprograms = [\"tool_test\"]\n");
    project_.write("tool_test", "#!/bin/sh\n" + script);
    std::filesystem::permissions(project_ / "tool_test", std::filesystem::perms::owner_all);
    project_.commit("A strange program");
    return project_.run();
  }
  ShellProject project_;
};

TEST_F(Listing, OfAProgramThatCrashesIsNotGreen)
{
  const SluiceResult run = list("kill -SEGV $$\n");
  EXPECT_THAT(run.code, AnyOf(1, 2, 4, 5)) << run.out << run.err;
  EXPECT_THAT(run.out + run.err, HasSubstr("tool_test"));
}

TEST_F(Listing, OfAProgramThatPrintsNonsenseIsNotGreen)
{
  const SluiceResult run = list("printf 'nonsense\\n\\377\\n  more\\n'\n");
  EXPECT_THAT(run.code, AnyOf(1, 2, 4, 5)) << run.out << run.err;
}

TEST_F(Listing, OfAProgramThatListsNothingIsNotGreen)
{
  const SluiceResult run = list("exit 0\n");
  EXPECT_THAT(run.code, AnyOf(1, 2, 4, 5)) << run.out << run.err;
}

TEST_F(Listing, OfAProgramThatListsAndThenRunsNothingIsRed)
{
  const SluiceResult run = list("printf 'Suite.\\n  One\\n  Two\\n'\n");
  EXPECT_EQ(run.code, 1) << run.out << run.err;
}

} // namespace

} // namespace sluice::tests
