// Links that a change puts where Sluice itself works, outside of all walls: what it removes or writes there would be
// removed and written wherever the author likes.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// Talks like a GoogleTest program. Where a file `evil` lies beside them the first one keeps its list for itself, so
// that it is asked as an ordinary command, and puts a link in place of the folder that the list should have gone to;
// the second writes where such a folder would be.
constexpr const char* k_program = R"sh(#!/bin/sh
for word in "$@"; do
  case "$word" in --gtest_output=json:*) out=${word#--gtest_output=json:} ;; --gtest_list_tests) list=1 ;; esac
done
here=$(dirname "$0")
if [ "$list" ]; then
  if [ -e "$here/evil" ] && [ "$(basename "$0")" = a_test ]; then
    dir=${out%/*}
    mv "$dir" "$dir.away" 2>/dev/null && ln -s "$(cat "$here/evil")" "$dir" && rmdir "$dir.away"
    printf 'S.\n  A\n'
    exit 0
  fi
  if [ -e "$here/evil" ]; then echo out > "$(cat "$here/evil")/reached"; fi 2>/dev/null
  printf '{"tests":1,"name":"AllTests","testsuites":[{"name":"S","tests":1,"testsuite":[{"name":"A"}]}]}' > "$out"
  exit 0
fi
printf '[==========] Running 1 test from 1 test suite.\n[ RUN      ] S.A\n[       OK ] S.A (0 ms)\n'
printf '[==========] 1 test from 1 test suite ran. (0 ms total)\n'
printf '{"tests":1,"failures":0,"name":"AllTests","testsuites":[{"name":"S","tests":1,"failures":0,"testsuite":[' > "$out"
printf '{"name":"A","status":"RUN","result":"COMPLETED","time":"0s"}]}]}' >> "$out"
)sh";

constexpr const char* k_strict = "[[suite]]\nname = \"core\"\ntests = [\"t:*\"]\nmin_tests = 2\n[[rule]]\n"
                                 "name = \"core\"\nrequire = { suites = [\"core\"], sandbox = \"full\", "
                                 "observed = true, no_findings = true }\n";

// Two programs, which mk.sh makes.
class Links : public testing::Test {
protected:
  void SetUp() override
  {
    project_.write("sluice.toml", "[build]\nconfigure = [\"sh\", \"mk.sh\"]\ncommand = [\"sh\", \"mk.sh\"]\n"
                                  "[[tests]]\nname = \"t\"\nframework = \"gtest\"\nprograms = [\"build/*_test\"]\n");
    project_.write(".gitignore", "/build/\n");
    project_.write("program", k_program);
    make("");
    project_.write("sluice.policy.toml", k_strict);
    project_.commit("A policy");
    const SluiceResult run = project_.run();
    if (run.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
    ASSERT_EQ(run.code, 0) << run.out << run.err;
    git({"checkout", "-q", "-b", "change"});
  }
  void make(const std::string& more)
  {
    project_.write("mk.sh", "mkdir -p build\n" + more +
                              "for name in a b; do rm -f build/${name}_test; cp program build/${name}_test; "
                              "chmod +x build/${name}_test; done\n");
  }
  std::string git(const std::vector<std::string>& words) const { return project_.TempRepo::run(words); }
  SluiceResult judge() { return project_.run({"--base", "refs/heads/main", "--head", "HEAD"}); }
  ShellProject project_;
};

// Attack: the folder for a program's list becomes a link; before the next program it was emptied, and then given to it.
TEST_F(Links, InPlaceOfTheFolderForAList)
{
  const std::string victim = project_ / ".sluice";
  project_.write(".sluice/victim", "precious\n");
  make("printf %s " + victim + " > build/evil\n");
  project_.write("program", std::string(k_program) + "# new\n");
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.started.size(), 2u) << run.out;
  EXPECT_EQ(project_.read(".sluice/victim"), "precious\n") << "it was emptied";
  EXPECT_FALSE(std::filesystem::exists(victim + "/reached")) << "a program was given the folder";
  EXPECT_FALSE(std::filesystem::exists(victim + "/list.json"));
  EXPECT_TRUE(std::filesystem::exists(project_ / "build/evil")) << "no attack";
}

// Attack: the folder of a report is a link out of the tree, from the start or since the build.
TEST(LinksInTheTree, AReportIsNotWrittenThroughThem)
{
  for (const bool by_build : {false, true}) {
    const ShellProject project;
    const std::string victim = project.sibling("victim");
    std::filesystem::create_directories(victim);
    std::ofstream(victim + "/junit-002.xml") << "theirs\n";
    if (by_build) {
      project.configure("[build]\ncommand = [\"sh\", \"build.sh\"]\n");
      project.write("build.sh", "rm -rf reports; ln -s " + victim + " reports\n");
      project.write(".gitignore", "/reports\n");
    } else {
      std::filesystem::create_symlink(victim, project / "reports");
    }
    project.commit("A change");
    const SluiceResult run = project.run({"--junit", "reports/junit.xml"});
    EXPECT_EQ(run.code, 2) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr("through a link out of the tree"));
    EXPECT_FALSE(std::filesystem::exists(victim + "/junit.xml"));
    EXPECT_TRUE(std::filesystem::exists(victim + "/junit-002.xml"));
  }
}

// Attack: lines of the audit log are appended to a file of the author's choice.
TEST(LinksInTheTree, AnAuditLogIsNotAppendedThroughThem)
{
  const ShellProject project;
  const std::string victim = project.sibling("victim");
  std::ofstream(victim) << "theirs\n";
  project.write("sluice.policy.toml", k_strict);
  for (const std::string& link : {std::string("audit.ndjson"), std::string("logs")}) {
    std::filesystem::create_symlink(link == "logs" ? std::filesystem::path(victim).parent_path().string() : victim,
                                    project / link);
    project.commit("A change");
    const SluiceResult run = project.run({"--base", "HEAD", "--audit", link == "logs" ? "logs/audit.ndjson" : link});
    EXPECT_EQ(run.code, 2) << run.out << run.err;
    EXPECT_EQ(shell("cat " + victim).second, "theirs\n");
    EXPECT_FALSE(std::filesystem::exists(project.sibling("audit.ndjson")));
  }
}

// Attack: the change brings links in its build folder along, where CMake is asked for its model before any command.
TEST(LinksInTheBuildFolder, LeadNowhere)
{
  const std::string query = "build/.cmake/api/v1/query/client-sluice/query.json";
  for (const std::string& link : {query, std::string("build/.cmake"), std::string("build/.cmake/api/v1")}) {
    const ShellProject project;
    project.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(x NONE)\n");
    project.configure("[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\"]\n");
    project.write(".gitignore", "/build/\n");
    project.commit("A build");
    const SluiceResult honest = project.run();
    ASSERT_EQ(honest.code, 0) << honest.out << honest.err;
    ASSERT_THAT(project.read(query), HasSubstr("codemodel"));
    const std::string victim = project.sibling("victim");
    std::filesystem::create_directories(victim);
    project.remove("build");
    std::filesystem::create_directories(std::filesystem::path(project / link).parent_path());
    std::filesystem::create_symlink(link == query ? victim + "/file" : victim, project / link);
    project.TempRepo::run({"add", "--force", link});
    project.commit("A change");
    const SluiceResult run = project.run({"--base", "HEAD~", "--head", "HEAD"});
    EXPECT_EQ(run.code, 5) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr("query.json"));
    EXPECT_TRUE(std::filesystem::is_empty(victim)) << link;
    EXPECT_EQ(project.TempRepo::run({"status", "--porcelain"}), "");
  }
}

} // namespace

} // namespace sluice::tests
