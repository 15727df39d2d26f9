// A change puts something else in the place of a file: a device that never ends, a pipe that nobody writes to, a file
// of any size. Sluice says so in one line, at once and in little memory.
#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <gmock/gmock.h>

#include <string>

namespace sluice::tests {

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr int k_killed = 137; // by `timeout`

class Devices : public testing::Test {
protected:
  Devices()
  {
    repo_.write("sluice.toml", "[[tests]]\nframework = \"command\"\ncommand = [\"true\"]\n");
    repo_.write("a.txt", "1\n");
    repo_.commit("One test");
  }
  // The exit code and all that was printed.
  std::pair<int, std::string> sluice(const std::string& words) const
  {
    return shell("ulimit -v 4000000; timeout -s KILL 15 " + shell_quoted(SLUICE_BINARY_PATH) + " -C " +
                 shell_quoted(repo_.path()) + " " + words + " 2>&1 </dev/null");
  }
  void in_place_of(const std::string& name, const std::string& command) const
  {
    repo_.remove(name);
    ASSERT_EQ(shell("cd " + shell_quoted(repo_.path()) + " && " + command + " " + name).first, 0);
  }
  // A build folder as the change's own configure step makes it; `more` is shell text in the folder.
  void build_folder(const std::string& more) const
  {
    repo_.write("sluice.toml", "[build]\nconfigure = [\"sh\", \"make.sh\"]\ncommand = [\"true\"]\n"
                               "[[tests]]\nframework = \"ctest\"\n");
    repo_.write(".gitignore", "/build/\n");
    repo_.write("make.sh", "mkdir -p build && cd build\n"
                           "printf 'rule r\\n command = true\\nbuild o: r\\n' > build.ninja\n"
                           "echo 'add_test(t true)' > CTestTestfile.cmake\n" +
                             more + "\n");
    repo_.commit("A build");
  }
  TempRepo repo_;
};

TEST_F(Devices, InPlaceOfSluiceToml)
{
  for (const char* command : {"ln -s /dev/zero", "mkfifo", "mkdir", "truncate -s 3T"}) {
    in_place_of("sluice.toml", command);
    const auto [code, text] = sluice("run --plain");
    EXPECT_NE(code, 0) << command;
    EXPECT_NE(code, k_killed) << command;
    EXPECT_THAT(text, HasSubstr("sluice.toml is ")) << command;
  }
}

TEST_F(Devices, InPlaceOfAttributes)
{
  for (const char* command : {"ln -s /dev/zero", "truncate -s 3T"}) {
    in_place_of(".gitattributes", command);
    const auto [code, text] = sluice("plan");
    EXPECT_NE(code, k_killed) << command << text;
    EXPECT_THAT(text, Not(HasSubstr("bad_alloc"))) << command;
  }
}

TEST_F(Devices, InPlaceOfThePolicy)
{
  in_place_of("sluice.policy.toml", "mkfifo");
  EXPECT_THAT(sluice("policy check").second, HasSubstr("sluice.policy.toml is no regular file"));
}

TEST_F(Devices, InPlaceOfAnEvent)
{
  const auto [code, text] = sluice("authorship --event /dev/zero");
  EXPECT_EQ(code, 5) << text;
  EXPECT_THAT(text, HasSubstr("/dev/zero"));
  EXPECT_THAT(text, Not(HasSubstr("bad_alloc")));
}

TEST_F(Devices, InABuildFolder)
{
  for (const char* file : {"build.ninja", ".ninja_log", ".ninja_deps", "CTestTestfile.cmake", "CMakeCache.txt"})
    for (const char* command : {"mkfifo", "ln -s /dev/zero"}) {
      repo_.remove("build");
      build_folder(std::string("rm -f ") + file + "; " + command + " " + file);
      const auto [code, text] = sluice("run --plain");
      EXPECT_NE(code, k_killed) << command << " " << file;
      EXPECT_THAT(text, HasSubstr(std::string(file) + " is no regular file")) << command;
    }
}

TEST_F(Devices, ALogOfAnySizeIsNotRead)
{
  build_folder("printf '# ninjadeps\\n\\004\\0\\0\\0\\377\\377\\377\\177' > .ninja_deps; truncate -s 3T .ninja_deps");
  EXPECT_THAT(sluice("run --plain").second, HasSubstr(".ninja_deps is larger than 2 GiB"));
}

TEST_F(Devices, AProgramThatIsNoneIsSaidToBe)
{
  build_folder("printf '\\177ELFbroken' > p; chmod +x p; echo 'build p: r' >> build.ninja");
  repo_.write("sluice.toml", "[build]\nconfigure = [\"sh\", \"make.sh\"]\ncommand = [\"true\"]\n"
                             "[[tests]]\nframework = \"gtest\"\nprograms = [\"build/p\"]\n");
  const std::string text = sluice("run --plain").second;
  EXPECT_THAT(text, HasSubstr("damaged, made for another machine"));
  EXPECT_THAT(text, Not(HasSubstr("is installed and in PATH")));
}

} // namespace

} // namespace sluice::tests
