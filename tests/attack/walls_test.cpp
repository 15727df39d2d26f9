// The walls around builds, from the side of a change that makes what they are made of: where its build folder lies,
// what git keeps, which programs are found. Each attack is judged under the strictest rule about how tests run.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

constexpr const char* k_strict = "[policy]\nversion = 1\nundeclared = \"human\"\n[[suite]]\nname = \"core\"\n"
                                 "tests = [\"t:cases/one.sh\"]\n[[rule]]\nname = \"core\"\nrequire = { suites = "
                                 "[\"core\"], sandbox = \"full\", observed = true, no_findings = true }\n";

// The build is what build.sh says.
class Walls : public testing::Test {
protected:
  void SetUp() override
  {
    project_.configure("[build]\ncommand = [\"sh\", \"build.sh\"]\n");
    project_.write("build.sh", "exit 0\n");
    project_.write("sluice.policy.toml", k_strict);
    project_.commit("A policy");
    const SluiceResult run = project_.run({"--all"});
    if (run.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
    ASSERT_EQ(run.code, 0) << run.out << run.err;
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  void build(const std::string& script) { project_.write("build.sh", script); }
  void link(const std::string& name, const std::string& target)
  {
    std::filesystem::create_symlink(target, project_ / name);
  }
  SluiceResult judge() { return project_.run({"--base", "refs/heads/main", "--head", "HEAD"}); }
  ShellProject project_;
};

TEST_F(Walls, Control)
{
  build("echo made > made\n");
  project_.write(".gitignore", "/made\n");
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(project_.read("made"), "made\n");
}

// --- the build folder

struct BuildPlace {
  const char* name;
  const char* directory;
  const char* target; // of a link in its place, or null
  const char* why;
};
void PrintTo(const BuildPlace& place, std::ostream* out)
{
  *out << place.name;
}

class BuildPlaces : public Walls, public testing::WithParamInterface<BuildPlace> {};

// Attack: builds write to their folder, so the folder is put where they may not write, or where no wall can be made.
TEST_P(BuildPlaces, AreRefusedBeforeAnyCommand)
{
  const BuildPlace& place = GetParam();
  project_.configure(std::string("[build]\ncommand = [\"sh\", \"build.sh\"]\ndirectory = \"") + place.directory +
                     "\"\n");
  build("echo ran > ran\n");
  project_.write(".gitignore", "/ran\n");
  if (place.target) link(place.directory, place.target);
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 2) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr(place.why));
  EXPECT_EQ(project_.read("ran"), "") << "the build was started";
  EXPECT_EQ(project_.TempRepo::run({"status", "--porcelain"}), "");
}

INSTANTIATE_TEST_SUITE_P(Walls, BuildPlaces,
                         testing::Values(BuildPlace{"InGit", ".git/refs", nullptr, "lies in"},
                                         BuildPlace{"ByALinkIntoGit", "build", ".git/refs", "lies in"},
                                         BuildPlace{"ByALinkToAFileOfGit", "build", ".git/config", "lies in"},
                                         BuildPlace{"TheStore", ".sluice/store.db", nullptr, "lies in"},
                                         BuildPlace{"ByALinkToTheStore", "build", ".sluice/store.db", "lies in"},
                                         BuildPlace{"State", ".sluice", nullptr, "lies in"},
                                         BuildPlace{"ByALinkOutOfTheTree", "build", "/var/tmp",
                                                    "is a link out of the tree"}),
                         [](const auto& each) { return std::string(each.param.name); });

// The same where no rule holds the change to the folder of its base, and what no wall can be made of: such walls are
// not left out.
TEST(WallsWithoutARule, AreMadeOrNothingRuns)
{
  const std::pair<const char*, const char*> attacks[]{
    {"directory = \"..\"\n", "holds the whole tree"},
    {"writable = [\"/proc/self\"]\n", "the walls around builds cannot be made as they are described"}};
  for (const auto& [line, why] : attacks) {
    const ShellProject project;
    const SluiceResult control = project.run();
    if (control.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
    project.configure(std::string("[build]\ncommand = [\"sh\", \"build.sh\"]\n") + line);
    project.write("build.sh", "echo ran > ran\n");
    const SluiceResult run = project.run();
    EXPECT_EQ(run.code, 2) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr(why));
    EXPECT_EQ(project.read("ran"), "") << "the build was started";
  }
}

// Attack: the folder becomes such a link only when it was looked at; the next command writes where it leads.
TEST_F(Walls, AConfigureStepThatLinksTheBuildFolderElsewhere)
{
  const std::string victim = project_.sibling("victim");
  std::filesystem::create_directories(victim);
  for (const std::string& target : {std::string(".git"), victim}) {
    project_.configure("[build]\nconfigure = [\"sh\", \"configure.sh\"]\ncommand = [\"sh\", \"build.sh\"]\n");
    project_.write("configure.sh", "rm -rf build; ln -s " + target + " build\n");
    build("echo x > build/written\n");
    project_.write(".gitignore", "/build\n");
    project_.commit("A change");
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 2) << run.out << run.err;
    EXPECT_TRUE(std::filesystem::is_symlink(project_ / "build")) << "or nothing was configured";
    EXPECT_FALSE(std::filesystem::exists(target + "/written"));
    EXPECT_FALSE(std::filesystem::exists(project_ / ".git/written"));
    project_.remove("build");
  }
}

// Attack: what the base lets builds write is replaced by a link.
TEST_F(Walls, AWritablePlaceThatIsALink)
{
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.configure("[build]\ncommand = [\"sh\", \"build.sh\"]\nwritable = [\"generated\"]\n");
  project_.commit("What it generates");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  build("echo x > generated/written\n");
  link("generated", ".git");
  project_.commit("A change");
  const SluiceResult run = judge();
  EXPECT_EQ(run.code, 2) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("writable = \"generated\" is a link into"));
  EXPECT_FALSE(std::filesystem::exists(project_ / ".git/written"));
}

// --- git

// Attack: what git believes lies where builds write, since the tree is a linked worktree, borrows its objects, or is
// the second one in which the base's tests are put back.
TEST_F(Walls, WhatGitKeepsElsewhere)
{
  const std::string linked = project_.sibling("linked"), borrower = project_.sibling("borrower");
  const std::string git = project_ / ".git";
  build("for f in " + git + "/config " + git + "/hooks/post-checkout " + git + "/objects/x " + git +
        "/refs/heads/main; do echo >> $f && echo wrote $f >> /dev/stderr; done\nexit 1\n");
  project_.commit("A change");
  project_.TempRepo::run({"worktree", "add", "-q", "--detach", linked, "change"});
  project_.TempRepo::run({"clone", "-q", "--shared", "-b", "change", project_.path(), borrower});
  for (const std::string& folder : {linked, borrower}) {
    const SluiceResult run = Sluice(folder).run({"--base", "origin/main", "--head", "HEAD"});
    const SluiceResult other = Sluice(folder).run({"--head", "HEAD"});
    EXPECT_THAT(run.out + other.out, HasSubstr("BUILD FAILED")) << run.err << other.err;
    EXPECT_THAT(run.out + other.out, testing::Not(HasSubstr("wrote"))) << folder;
  }
  EXPECT_THAT(Sluice(linked).run({"--no-sandbox"}).out, HasSubstr("wrote")) << "undefended";
}

// The base may open it for a configure step that updates submodules.
TEST(WallsWithoutARule, GitIsWrittenWhereItIsNamed)
{
  const ShellProject project;
  for (const bool opened : {true, false}) {
    project.configure(std::string("[build]\ncommand = [\"sh\", \"-c\", \"echo x > .git/made\"]\n") +
                      (opened ? "writable = [\".git\"]\n" : ""));
    const SluiceResult run = project.run({"--all"});
    EXPECT_EQ(run.code, opened ? 0 : 1) << run.out << run.err;
  }
}

// --- submodules

// Test one asks sub/check.sh, of a submodule, whether `lib` is as it should be.
class WallsWithASubmodule : public Walls {
protected:
  void SetUp() override
  {
    library_.write("check.sh", "grep -q 1 lib\n");
    library_.commit("A check");
    project_.TempRepo::run({"submodule", "add", "-q", library_.path(), "sub"});
    project_.write("lib", "1\n");
    project_.test("one", "sh sub/check.sh\n");
    Walls::SetUp();
  }
  TempRepo library_;
};

TEST_F(WallsWithASubmodule, Control)
{
  build("test -f sub/.git\n");
  project_.commit("A change");
  SluiceResult run = judge();
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  project_.write("lib", "2\n");
  project_.commit("A change that breaks it");
  EXPECT_EQ(judge().code, 1);
}

// Attack: the build rewrites a test of a submodule, and has it look untouched to whoever asks the repository there.
TEST_F(WallsWithASubmodule, WhatTheBuildMakesOfIt)
{
  const std::string copy =
    "cp -r .git/modules/sub copied; rm sub/.git; mv copied sub/.git; git config -f sub/.git/config "
    "--unset core.worktree; ";
  for (const std::string& script :
       {copy + "git -C sub update-index --assume-unchanged check.sh; true > sub/check.sh\n",
        copy + "true > sub/check.sh; git -C sub -c user.name=x -c user.email=x@x.org commit -qam x; git -C sub "
               "update-ref HEAD HEAD~\n",
        std::string("rm sub/.git; true > sub/check.sh\n"), std::string("rm -rf sub; mkdir sub; true > sub/check.sh\n"),
        std::string("true > sub/check.sh\n")}) {
    project_.write("lib", "2\n");
    build(script);
    project_.commit("A change");
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 1) << script << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("has changed sub"));
    EXPECT_TRUE(run.started.empty());
    project_.remove("sub");
    project_.TempRepo::run({"submodule", "update", "-q", "--init", "--force"});
  }
}

// Attack: the store is a submodule, and its files are links to where builds write. CI checks submodules out.
TEST_F(Walls, AStoreOfASubmodule)
{
  const TempRepo store;
  std::filesystem::create_symlink("../forged.db", store / "store.db");
  store.commit("A store");
  project_.remove(".sluice");
  project_.TempRepo::run({"submodule", "add", "-q", "--force", store.path(), ".sluice"});
  project_.write(".gitignore", "/forged.db*\n");
  build("test -s forged.db && echo the store > seen\n");
  project_.commit("A change");
  for (const char* look : {"checked out", "not checked out"}) {
    const SluiceResult run = judge();
    EXPECT_EQ(run.code, 2) << look << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr(".sluice")) << look;
    EXPECT_FALSE(std::filesystem::exists(project_ / "forged.db")) << look;
    EXPECT_FALSE(std::filesystem::exists(project_ / "seen")) << look;
    project_.remove(".sluice");
    std::filesystem::create_directories(project_ / ".sluice");
  }
  EXPECT_EQ(project_.sluice().command({"stats"}).code, 0);
  std::filesystem::create_symlink("../forged.db", project_ / ".sluice/audit.ndjson");
  EXPECT_EQ(project_.sluice().command({"stats"}).code, 2) << "a link is never followed, whoever has made it";
}

// Attack: the build makes a repository in place of a submodule that was never fetched; git would ask it how it stands,
// and start the filter that its configuration names.
TEST_F(Walls, AFilterOfARepositoryInPlaceOfASubmodule)
{
  const std::string reached = project_.sibling("reached"), state = project_ / ".sluice/store.db";
  project_.write("filter.sh", "cat; test -s " + state + " && echo out >> " + reached + "\n");
  build("rm -rf sub; mkdir sub; cd sub; git init -q .; echo 'f filter=e=l' > .git/info/attributes; echo hello > f\n"
        "export GIT_AUTHOR_DATE='@1 +0000' GIT_COMMITTER_DATE='@1 +0000'\n"
        "git update-index --add --cacheinfo 100644,$(git hash-object -w --no-filters f),f\n"
        "c=$(git -c user.name=x -c user.email=x@x.org commit-tree $(git write-tree) -m x); git update-ref HEAD $c\n"
        "git config filter.e=l.clean \"sh " +
        (project_ / "filter.sh") + "\"; echo $c\n");
  const std::string commit = shell("cd " + project_.path() + " && sh build.sh").second.substr(0, 40);
  project_.TempRepo::run({"-C", "sub", "status"});
  ASSERT_EQ(std::filesystem::exists(reached), true) << "or there is nothing that could be started";
  std::filesystem::remove(reached);
  project_.remove("sub");
  std::filesystem::create_directories(project_ / "sub");
  project_.TempRepo::run({"update-index", "--add", "--cacheinfo", "160000," + commit + ",sub"});
  project_.TempRepo::run({"add", "build.sh", "filter.sh"});
  project_.commit_staged("A change", {});
  const SluiceResult run = judge();
  EXPECT_FALSE(std::filesystem::exists(reached)) << "it was started outside of the walls";
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("has changed sub"));
}

// --- programs

// Sees the store, as nothing behind walls does, and says so.
std::string spy(const ShellProject& project, const std::string& program)
{
  return "#!/bin/sh\ntest -s " + (project / ".sluice/store.db") + " && echo out >> " + project.sibling("reached") +
         "\nexec " + program + " \"$@\"\n";
}

// Attack: PATH names a folder of the tree, or one that builds write. The change has a git of its own there, or its
// build leaves one, which is started without walls to say what has changed.
TEST_F(Walls, AGitOfItsOwn)
{
  const std::string home = project_.sibling("home"), path = std::getenv("PATH");
  std::filesystem::create_directories(home + "/go/bin");
  project_.write("fake",
                 spy(project_, shell("command -v git").second.substr(0, shell("command -v git").second.find('\n'))));
  shell("chmod +x " + (project_ / "fake"));
  build("for d in go/bin .cache/bin; do mkdir -p \"$HOME/$d\" && cp fake \"$HOME/$d/git\"; done\n");
  shell("mkdir -p " + (project_ / "node_modules/.bin") + " && cp " + (project_ / "fake") + " " +
        (project_ / "node_modules/.bin/git"));
  project_.commit("A change");
  for (const std::string& folder :
       {project_ / "node_modules/.bin", std::string("node_modules/.bin"), home + "/go/bin", home + "/.cache/bin"}) {
    std::filesystem::create_directories(home + "/.cache/bin");
    const SluiceResult run = project_.sluice()
                               .with("HOME", home)
                               .with("PATH", folder + ":" + path)
                               .run({"--base", "refs/heads/main", "--head", "HEAD"});
    EXPECT_EQ(run.code, 0) << run.out << run.err;
    EXPECT_FALSE(std::filesystem::exists(project_.sibling("reached"))) << folder;
  }
  EXPECT_TRUE(std::filesystem::exists(home + "/.cache/bin/git")) << "or none was left there";
}

// Attack: what is loaded before git is the change's.
TEST_F(Walls, ALibraryThatIsPreloaded)
{
  const std::string reached = project_.sibling("reached"), source = project_.sibling("spy.c");
  const std::string library = project_ / "lib/spy.so";
  project_.write("lib/readme", "x\n");
  std::ofstream(source) << "#define _GNU_SOURCE\n#include <errno.h>\n#include <stdio.h>\n"
                           "__attribute__((constructor)) static void note(void)\n{\n"
                           "  FILE* file = fopen(\""
                        << reached
                        << "\", \"a\");\n  if (file) fprintf(file, \"%s\\n\", program_invocation_short_name), "
                           "fclose(file);\n}\n";
  ASSERT_EQ(shell("cc -shared -fPIC -o " + library + " " + source).first, 0);
  project_.commit("A change");
  const SluiceResult run =
    project_.sluice().with("LD_PRELOAD", library).run({"--base", "refs/heads/main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  const std::string loaded_by = shell("cat " + reached).second;
  EXPECT_THAT(loaded_by, HasSubstr("sluice")) << "or it could not be loaded";
  EXPECT_THAT(loaded_by, testing::Not(HasSubstr("git")));
}

// Attack: the build puts a validator of its own in place of the one that the policy means.
TEST_F(Walls, AValidatorOfItsOwn)
{
  const std::string home = project_.sibling("home"), path = std::getenv("PATH");
  std::filesystem::create_directories(home + "/.cache/bin");
  project_.TempRepo::run({"checkout", "-q", "main"});
  project_.write("sluice.policy.toml", std::string(k_strict) +
                                         "[[validator]]\nname = \"json\"\npaths = [\"*.json\"]\ncommand = [\"grep\", "
                                         "\"-q\", \"^{\", \"{file}\"]\n[[rule]]\nname = \"valid\"\n"
                                         "when = { paths = [\"*.json\"] }\nrequire = { validators = [\"json\"] }\n");
  project_.commit("A validator");
  project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  project_.write("bad.json", "bad\n");
  build("printf '#!/bin/sh\\n' > \"$HOME/.cache/bin/grep\"; chmod +x \"$HOME/.cache/bin/grep\"\n");
  project_.commit("A change");
  const SluiceResult run = project_.sluice()
                             .with("HOME", home)
                             .with("PATH", home + "/.cache/bin:" + path)
                             .run({"--base", "refs/heads/main", "--head", "HEAD"});
  EXPECT_TRUE(std::filesystem::exists(home + "/.cache/bin/grep")) << "or none was left there";
  EXPECT_EQ(run.code, 3) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("bad.json"));
}

// --- sockets

// Attack: an agent of the user listens in /tmp, and does what it is told.
TEST_F(Walls, AnAgentThatListensWhereBuildsWrite)
{
  const std::string path = project_.sibling("agent");
  const int agent = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(agent, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(agent, 8), 0);
  build("python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"" + path +
        "\")' && echo called >&2\nexit 1\n");
  EXPECT_THAT(project_.run({"--no-sandbox"}).out, HasSubstr("called")) << "undefended";
  const SluiceResult run = project_.run();
  EXPECT_THAT(run.out, HasSubstr("BUILD FAILED"));
  EXPECT_THAT(run.out, testing::Not(HasSubstr("called")));
  ::close(agent);
}

} // namespace

} // namespace sluice::tests
