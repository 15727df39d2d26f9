// The walls around commands, as an ordinary command finds them.
#include "runner/sandbox/enclosure.h"

#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(EnclosureArguments, NameEachPlaceAndEndBeforeTheCommand)
{
  EnclosureSpec spec{{"/a"},    {"/home"}, {"/a/.git"},        {"/a/.state", "/s"},
                     {"TOKEN"}, false,     {{"/tmp", "/own"}}, {{"/a/.git/config", "/s/shown"}}};
  EXPECT_THAT(enclosure_arguments(spec),
              ElementsAre("--write", "/a", "--drop", "/home", "--read-only", "/a/.git", "--hide", "/a/.state", "--hide",
                          "/s", "--unset", "TOKEN", "--replace", "/tmp", "/own", "--mask", "/a/.git/config", "/s/shown",
                          "--own-network", "--"));
  EXPECT_THAT(enclosure_arguments({}), ElementsAre("--"));
}

TEST(PlacesOfCaches, AreThoseBelowHomeAndThoseOfTheEnvironment)
{
  const auto places = places_of_caches("/home/a", {"CCACHE_DIR=/var/ccache", "GOPATH=relative", "PATH=/bin"});
  EXPECT_THAT(places, testing::Contains("/home/a/.cache"));
  EXPECT_THAT(places, testing::Contains("/var/ccache"));
  EXPECT_THAT(places, Not(testing::Contains("/bin")));
  EXPECT_THAT(places, Not(testing::Contains("/home/a/go"))) << "programs lie there, too";
  EXPECT_THAT(places_of_caches("", {"GOPATH=/go:/other"}), ElementsAre("/go/pkg/mod"));
  EXPECT_THAT(places_of_caches("", {"CONAN_HOME=/conan"}), ElementsAre("/conan/p"));
  EXPECT_THAT(homes_of_tools({"GOPATH=/go:/other", "CONAN_HOME=/conan", "VCPKG_ROOT=", "CCACHE_DIR=/c"}),
              ElementsAre("/go", "/conan"));
  EXPECT_THAT(places_of_caches("", {}), testing::IsEmpty());
}

// Whether there is anybody to hear the reason or not. `before` is done in the process that encloses; each return is one
// byte in the file.
int returns_of_enclose(const std::vector<std::string>& words, const std::function<void()>& before, int& end)
{
  const tests::TempDir folder;
  const std::string counted = folder / "returns";
  const int count = ::open(counted.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const pid_t pid = ::fork();
  if (pid == 0) {
    before();
    std::vector<std::string> copies = words;
    std::vector<char*> arguments;
    for (std::string& word : copies) arguments.push_back(word.data());
    const int result = enclose(arguments);
    ::_exit(::write(count, "x", 1) == 1 ? result : 99);
  }
  ::waitpid(pid, &end, 0);
  ::close(count);
  return static_cast<int>(folder.read("returns").size());
}

TEST(EnclosureRefusal, IsToldByTheExitCodeWhereNobodyListens)
{
  int end = 0;
  EXPECT_EQ(returns_of_enclose(
              {"--bogus", "x", "--", "/bin/true"}, [] { ::close(2); }, end),
            1);
  EXPECT_TRUE(WIFEXITED(end)) << WTERMSIG(end);
  EXPECT_EQ(WEXITSTATUS(end), k_no_enclosure);
}

// Its folder is gone: what asks for its name throws what no wall throws.
TEST(EnclosureRefusal, LeavesOneProcessWhateverFailsInside)
{
  const tests::TempDir folder;
  int end = 0;
  const auto stand_nowhere = [&] {
    std::filesystem::create_directories(folder / "gone");
    if (::chdir((folder / "gone").c_str()) != 0 || ::rmdir((folder / "gone").c_str()) != 0) ::_exit(98);
  };
  EXPECT_EQ(returns_of_enclose({"--", "/bin/true"}, stand_nowhere, end), 1);
  EXPECT_EQ(WEXITSTATUS(end), k_no_enclosure);
}

class Enclosure : public testing::Test {
protected:
  void SetUp() override
  {
    folder_.write("tree/file", "source\n");
    folder_.write("tree/.git/config", "git\n");
    folder_.write("tree/.state/store", "proofs\n");
    folder_.write("home/.profile", "mine\n");
    folder_.write("other", "other\n");
    spec_.writable = {folder_ / "tree"};
    spec_.dropped = {folder_ / "home"};
    spec_.read_only = {folder_ / "tree/.git"};
    spec_.hidden = {folder_ / "tree/.state", folder_ / "not there"};
    if (sh("true") == k_no_enclosure) GTEST_SKIP() << "this machine makes no walls: " << folder_.read("tree/out");
  }

  // In a process of its own, which it takes; what is written goes to tree/out.
  pid_t start(const std::string& script)
  {
    std::vector<std::string> words = enclosure_arguments(spec_);
    for (const char* word : {"/bin/sh", "-c", script.c_str()}) words.emplace_back(word);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    ::setpgid(0, 0);
    const std::string out = folder_ / "tree/out";
    if (!std::freopen(out.c_str(), "w", stdout) || ::dup2(1, 2) < 0 || ::chdir((folder_ / "tree").c_str()) != 0)
      ::_exit(99);
    ::_exit(enclose(arguments));
  }
  static int end_of(pid_t pid)
  {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int sh(const std::string& script) { return end_of(start(script)); }
  std::string said() const { return folder_.read("tree/out"); }

  tests::TempDir folder_;
  EnclosureSpec spec_;
};

TEST_F(Enclosure, EndsAsTheCommandDoes)
{
  EXPECT_EQ(sh("exit 7"), 7);
  EXPECT_EQ(sh("kill -KILL $$"), 128 + SIGKILL);
  EXPECT_EQ(sh("pwd; id -u"), 0);
  EXPECT_EQ(said(), (folder_ / "tree") + "\n" + std::to_string(::geteuid()) + "\n");
}

TEST_F(Enclosure, LetsTheTreeBeWritten)
{
  EXPECT_EQ(sh("echo new > file && mkdir made && echo x > made/x"), 0) << said();
  EXPECT_EQ(folder_.read("tree/file"), "new\n");
  EXPECT_EQ(folder_.read("tree/made/x"), "x\n");
}

TEST_F(Enclosure, LetsNothingElseBeWritten)
{
  EXPECT_NE(sh("echo x > ../other"), 0);
  EXPECT_NE(sh("echo x > .git/config"), 0);
  EXPECT_NE(sh("rm -rf .git"), 0);
  EXPECT_NE(sh("mv .git .gut"), 0);
  EXPECT_EQ(folder_.read("other"), "other\n");
  EXPECT_EQ(folder_.read("tree/.git/config"), "git\n");
  EXPECT_EQ(sh("cat ../other .git/config > /dev/null"), 0) << "all of it can be read: " << said();
}

TEST_F(Enclosure, DropsWhatIsWrittenAtHome)
{
  const std::string home = folder_ / "home";
  EXPECT_EQ(sh("cat " + home + "/.profile; echo x >> " + home + "/.profile; mkdir -p " + home + "/bin"), 0) << said();
  EXPECT_THAT(said(), HasSubstr("mine"));
  EXPECT_EQ(folder_.read("home/.profile"), "mine\n");
  EXPECT_FALSE(std::filesystem::exists(home + "/bin"));
}

// Everything lies in the place that is replaced: what is named there stays what it was.
TEST_F(Enclosure, ShowsAnotherFolderInPlaceOfOne)
{
  folder_.write("own/mine", "mine\n");
  spec_.replaced = {{folder_.path(), folder_ / "own"}};
  EXPECT_EQ(sh("cat ../mine .git/config ../home/.profile; ls ..; ls -A .state; echo x > ../made; echo new > file"), 0)
    << said();
  EXPECT_EQ(said(), "mine\ngit\nmine\nhome\nmine\ntree\n");
  EXPECT_EQ(folder_.read("own/made"), "x\n");
  EXPECT_EQ(folder_.read("tree/file"), "new\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "made"));
  EXPECT_NE(sh("echo x > .git/config"), 0);
}

TEST_F(Enclosure, HidesFoldersAndFiles)
{
  spec_.hidden.push_back(folder_ / "home/.profile");
  EXPECT_EQ(sh("ls -A .state; cat " + (folder_ / "home/.profile")), 0) << said();
  EXPECT_EQ(said(), "");
  EXPECT_NE(sh("echo x > .state/store"), 0);
  EXPECT_EQ(folder_.read("tree/.state/store"), "proofs\n");
}

TEST_F(Enclosure, OfPlacesInEachOtherTheInnerOneDecides)
{
  folder_.write("tree/.state/second/file", "x\n");
  spec_.writable.push_back(folder_ / "tree/.state/second");
  EXPECT_EQ(sh("ls -A .state; echo y > .state/second/file"), 0) << said();
  EXPECT_EQ(said(), "second\n");
  EXPECT_EQ(folder_.read("tree/.state/second/file"), "y\n");
}

TEST_F(Enclosure, ALinkThatACommandCouldHaveMadeOpensNothing)
{
  folder_.write("cache/file", "x\n");
  std::filesystem::create_directory_symlink(folder_ / "cache", folder_ / "home/.cache");
  std::filesystem::create_directory_symlink(folder_ / "tree/.git", folder_ / "tree/build");
  std::filesystem::create_directories(folder_ / "mine");
  std::filesystem::create_directory_symlink(folder_ / "mine", folder_ / "cache/compiler");
  spec_.writable.insert(spec_.writable.end(),
                        {folder_ / "tree/build", folder_ / "home/.cache", folder_ / "home/.cache/compiler"});
  EXPECT_EQ(sh("echo y > " + (folder_ / "home/.cache/file")), 0) << said();
  EXPECT_EQ(folder_.read("cache/file"), "y\n") << "this link is of the user's";
  EXPECT_NE(sh("echo x > build/config"), 0);
  EXPECT_NE(sh("echo x > ../mine/x"), 0);
  EXPECT_NE(sh("echo x > " + (folder_ / "home/.cache/compiler/x")), 0);
  spec_.read_only.clear();
  EXPECT_NE(sh("echo x > ../mine/x"), 0);
}

// A socket that somebody answers at, for as long as this lives.
class Answering {
public:
  explicit Answering(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(socket_, 8) != 0)
      ADD_FAILURE() << path << ": " << std::strerror(errno);
  }
  ~Answering() { ::close(socket_); }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

private:
  int socket_;
};

TEST_F(Enclosure, HidesSocketsWhereCommandsWrite)
{
  folder_.write("home/.private/x", "x\n");
  spec_.hidden.push_back(folder_ / "home/.private");
  const std::vector<std::string> paths{folder_ / "tree/agent", folder_ / "home/an agent",
                                       folder_ / "home/.private/agent"};
  const Answering one(paths[0]), two(paths[1]), three(paths[2]);
  const auto call = [](const std::string& path) {
    return "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"" + path + "\")'";
  };
  for (const std::string& path : paths) EXPECT_NE(sh(call(path)), 0) << path;
  spec_.writable.push_back(paths[0]);
  EXPECT_EQ(sh(call(paths[0])), 0) << "it was named: " << said();
  EXPECT_NE(sh(call(paths[1])), 0);
}

TEST_F(Enclosure, NoMountGoesAway)
{
  EXPECT_NE(sh("umount -l .state; umount -l .git; mount -o remount,rw .git; echo x > .git/config"), 0);
  EXPECT_EQ(sh("unshare -Urm sh -c 'umount -l .state; mkdir -p m; mount --bind . m; ls -A m/.state'; ls -A .state"), 0);
  EXPECT_THAT(said(), Not(HasSubstr("store")));
  EXPECT_EQ(folder_.read("tree/.git/config"), "git\n");
}

TEST_F(Enclosure, ReachesNoProcessOutside)
{
  EXPECT_NE(sh("kill -0 " + std::to_string(::getpid())), 0);
  EXPECT_EQ(sh("cat /proc/[0-9]*/comm"), 0);
  EXPECT_EQ(said().find("unit_sandbox"), said().rfind("unit_sandbox")) << "only the one that rules inside: " << said();
}

TEST_F(Enclosure, UnsetsVariables)
{
  ::setenv("ENCLOSURE_TEST", "its secret", 1);
  EXPECT_EQ(sh("env"), 0);
  EXPECT_THAT(said(), HasSubstr("its secret")) << "or this shows nothing";
  spec_.unset = {"ENCLOSURE_TEST"};
  EXPECT_EQ(sh("env; cat /proc/1/environ"), 1) << "the second is another user's";
  EXPECT_THAT(said(), Not(HasSubstr("its secret")));
  ::unsetenv("ENCLOSURE_TEST");
}

TEST_F(Enclosure, HasANetworkOfItsOwnOnDemand)
{
  spec_.network = false;
  EXPECT_EQ(sh("cat /proc/net/dev | grep -c :; cat /proc/net/route"), 0);
  EXPECT_EQ(said().substr(0, 2), "1\n") << "the loopback: " << said();
}

TEST_F(Enclosure, EndsWhatTheCommandLeaves)
{
  EXPECT_EQ(sh("setsid sh -c 'while :; do sleep 0.01; echo x >> alive; done' >/dev/null 2>&1 </dev/null & "
               "while ! test -s alive; do sleep 0.01; done"),
            0);
  const auto size = std::filesystem::file_size(folder_ / "tree/alive");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "tree/alive"), size);
}

TEST_F(Enclosure, PassesARequestToEndOnAndKillsWhatDoesNotHeedIt)
{
  const auto wait_for = [&](const char* name) {
    while (!std::filesystem::exists((folder_ / "tree/") + name))
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  const pid_t heeds = start("trap 'echo asked; exit 3' TERM; touch one; while :; do sleep 0.01; done");
  wait_for("one");
  ::kill(heeds, SIGTERM);
  EXPECT_EQ(end_of(heeds), 3);
  EXPECT_THAT(said(), HasSubstr("asked\n"));
  const pid_t stubborn = start("trap '' TERM; touch two; while :; do sleep 0.01; done");
  wait_for("two");
  ::kill(stubborn, SIGTERM);
  EXPECT_EQ(end_of(stubborn), 128 + SIGKILL);
}

TEST_F(Enclosure, EndsWithItsCaller)
{
  const pid_t pid = start("touch one; while :; do sleep 0.01; echo x >> alive; done");
  while (!std::filesystem::exists(folder_ / "tree/alive")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::kill(pid, SIGKILL);
  end_of(pid);
  std::this_thread::sleep_for(std::chrono::milliseconds(100)); // the kernel tells the next one
  const auto size = std::filesystem::file_size(folder_ / "tree/alive");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "tree/alive"), size);
}

TEST_F(Enclosure, RunsNothingWhereAWallCannotBeMade)
{
  std::vector<std::string> words{"--bend", "/x", "--", "/bin/sh", "-c", "touch ran"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(::chdir((folder_ / "tree").c_str()) != 0 ? 99 : enclose(arguments));
  EXPECT_EQ(end_of(pid), k_no_enclosure);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "tree/ran"));
}

} // namespace

} // namespace sluice::sandbox
