// The tree in which the base's tests meet the new code, from the side of a change whose code is run by its build.
#include "tests/attack/required_suite.h"

#include <filesystem>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// build.sh runs gen.sh, which is code like any other, and "compiles" the test by way of the folder $1, a cache.
class SecondTree : public Required {
protected:
  void SetUp() override
  {
    Required::SetUp();
    std::filesystem::create_directories(home_ + "/.cache");
    project_.TempRepo::run({"checkout", "-q", "main"});
  }
  void start(const std::string& cache)
  {
    project_.TempRepo::run({"checkout", "-q", "-f", "main"});
    project_.write("sluice.toml", "[build]\ndirectory = \"build\"\ncommand = [\"sh\", \"build.sh\", \"" + cache +
                                    "\"]\n[[tests]]\nname = \"t\"\nframework = \"command\"\n"
                                    "command = [\"sh\", \"build/test\"]\nlabels = [\"core\"]\ntimeout = \"60s\"\n");
    project_.write("build.sh", "mkdir -p build \"$1\" && sh gen.sh \"$1\" || exit 1\n"
                               "test -e \"$1/test\" || cp test.sh \"$1/test\"\ncp \"$1/test\" build/test\n");
    project_.write("gen.sh", "exit 0\n");
    project_.write("test.sh", "grep -q 1 value\n");
    project_.write("value", "1\n");
    project_.write(".gitignore", "/build/\n");
    project_.write("sluice.policy.toml", policy("[policy]\n", "suites = [\"core\"], base_tests = true"));
    project_.commit("A build");
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
    project_.write("value", "2\n");
  }
  SluiceResult judge()
  {
    project_.commit("A change");
    return project_.sluice().with("HOME", home_).run({"--base", "main", "--head", "HEAD"});
  }
  const std::string home_ = project_.sibling("home");
};

TEST_F(SecondTree, Control)
{
  start(home_ + "/.cache/objects");
  EXPECT_EQ(judge().code, 1);
  project_.write("value", "11\n");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_TRUE(std::filesystem::exists(home_ + "/.cache/objects/test")) << "builds of the change keep theirs";
}

// Attack: what the change's own build leaves in a cache, or in a folder that all builds share, is what the base's test
// is made of next.
TEST_F(SecondTree, ACacheThatTheBuildOfTheChangeHasPoisoned)
{
  const std::string name = "sluice-" + std::filesystem::path(home_).parent_path().filename().string();
  for (const std::string& cache : {home_ + "/.cache/objects", "/tmp/" + name, "/var/tmp/" + name, "/dev/shm/" + name}) {
    SCOPED_TRACE(cache);
    start(cache);
    project_.write("gen.sh", "case $PWD in */.sluice/*) exit 0 ;; esac\necho exit 0 > \"$1/test\"\n");
    const SluiceResult run = judge();
    if (run.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("t: as it was at the base: failed"));
    EXPECT_EQ(run.outcomes.at("t"), "passed") << "no attack";
    std::filesystem::remove_all(cache);
  }
  EXPECT_EQ(shell("ls " + (project_ / ".sluice") + " | grep -c '^places'").second, "0\n");
}

} // namespace

} // namespace sluice::tests
