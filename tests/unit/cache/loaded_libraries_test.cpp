// Compared with what the real loader says.
#include "cache/file_digests.h"
#include "cache/hashing.h"
#include "cache/known_sections.h"
#include "cache/loaded_libraries.h"
#include "cache/store.h"

#include "tests/support/temp_dir.h"
#include "tests/unit/cache/shell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>

namespace sluice::cache {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::IsSubsetOf;
using ::testing::Not;
using tests::shell;

std::set<std::string> real_paths(const std::vector<std::string>& paths)
{
  std::set<std::string> all;
  for (const std::string& path : paths) all.insert(fs::canonical(path).string());
  return all;
}

// The third word of "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f...)".
std::set<std::string> ldd(const std::string& program, const std::string& environment = {})
{
  std::istringstream lines(shell("/", environment + " ldd '" + program + "'").output);
  std::set<std::string> all;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, arrow, path;
    if (words >> name >> arrow >> path && arrow == "=>" && path.front() == '/')
      all.insert(fs::canonical(path).string());
  }
  return all;
}

TEST(LoadedLibraries, AreWhatLddSaysOfRealPrograms)
{
  int compared = 0;
  for (const char* name : {"git", "cmake", "ninja", "gdb", "python3", "g++", "sqlite3", "curl"}) {
    const auto found = shell("/", std::string("command -v ") + name);
    if (found.status != 0) continue;
    const std::string program = found.output.substr(0, found.output.find('\n'));
    const LoadedLibraries libraries = loaded_libraries(program);
    if (!libraries.native) continue; // a wrapper script of this machine
    EXPECT_TRUE(libraries.complete) << name;
    EXPECT_EQ(real_paths(libraries.paths), ldd(program)) << name;
    ++compared;
  }
  if (compared == 0) GTEST_SKIP() << "none of the programs is installed";
}

// Small libraries and programs built for one search rule each.
class LibrarySearch : public ::testing::Test {
protected:
  void SetUp() override
  {
    if (!tests::has_tool("gcc")) GTEST_SKIP() << "there is no gcc";
    for (const char* folder : {"near", "far", "plugins/"}) fs::create_directories(dir_ / folder);
  }
  void make(const std::string& command)
  {
    const auto result = shell(dir_.path(), command);
    ASSERT_EQ(result.status, 0) << result.output;
  }
  // A library FOLDER/libNAME.so; `flags` may link others.
  void library(const std::string& folder, const std::string& name, const std::string& flags = {})
  {
    make("echo 'int " + name + "(void) { return 1; }' > " + name + ".c && gcc -shared -fPIC " + name + ".c -o " +
         folder + "/lib" + name + ".so -Wl,-soname,lib" + name + ".so -Wl,--no-as-needed " + flags);
  }
  void program(const std::string& flags)
  {
    make("echo 'int main(void) { return 0; }' > main.c && gcc main.c -o program -Wl,--no-as-needed "
         "-Wl,--allow-shlib-undefined " +
         flags);
  }
  // The answer must be the same whether files are opened or known by their content, in this run or from an earlier one.
  LoadedLibraries find(LoaderSettings settings = {})
  {
    LoadedLibraries opened = LibraryFinder().find(dir_ / "program", settings);
    for (const char* when : {"learning", "from the store"}) {
      Store store = Store::open(dir_ / "store");
      FileDigests digests(&store);
      LibraryFinder finder(store, digests);
      const LoadedLibraries known = finder.find(dir_ / "program", settings);
      EXPECT_EQ(known.paths, opened.paths) << when;
      EXPECT_EQ(known.absent, opened.absent) << when;
      EXPECT_EQ(known.complete, opened.complete) << when;
      EXPECT_EQ(known.native, opened.native) << when;
      finder.save();
    }
    return opened;
  }
  void expect_as_ldd(const LoadedLibraries& found, const std::string& environment = {})
  {
    EXPECT_TRUE(found.complete);
    EXPECT_EQ(real_paths(found.paths), ldd(dir_ / "program", environment));
  }

  tests::TempDir dir_;
};

TEST_F(LibrarySearch, FollowsRunpathFromOrigin)
{
  library("near", "one");
  program("-Lnear -lone -Wl,--enable-new-dtags,-rpath,'$ORIGIN/near'");
  EXPECT_THAT(find().paths, Contains(dir_ / "near/libone.so"));
  expect_as_ldd(find());
}

TEST_F(LibrarySearch, OriginIsWhereTheProgramReallyLies)
{
  library("near", "one");
  program("-Lnear -lone -Wl,-rpath,'$ORIGIN/near'");
  fs::create_symlink(dir_ / "program", dir_ / "far/link");
  const LoadedLibraries found = loaded_libraries(dir_ / "far/link");
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.paths, Contains(dir_ / "near/libone.so"));
}

TEST_F(LibrarySearch, RpathIsInheritedAndRunpathIsNot)
{
  library("near", "inner");
  library("near", "outer", "-Lnear -linner");
  program("-Lnear -louter -Wl,--disable-new-dtags,-rpath,'$ORIGIN/near'");
  expect_as_ldd(find());
  program("-Lnear -louter -Wl,--enable-new-dtags,-rpath,'$ORIGIN/near'");
  EXPECT_FALSE(find().complete) << "the loader would not find libinner.so either";
  EXPECT_THAT(shell("/", "ldd " + dir_ / "program").output, ::testing::HasSubstr("libinner.so => not found"));
}

TEST_F(LibrarySearch, AnObjectWithRunpathSeesNoInheritedRpath)
{
  library("near", "inner");
  library("near", "outer", "-Lnear -linner -Wl,--enable-new-dtags,-rpath,/no/such/folder");
  program("-Lnear -louter -Wl,--disable-new-dtags,-rpath,'$ORIGIN/near'");
  EXPECT_THAT(shell("/", "ldd " + dir_ / "program").output, ::testing::HasSubstr("libinner.so => not found"));
  EXPECT_FALSE(find().complete);
}

TEST_F(LibrarySearch, LibraryPathComesAfterRpathAndBeforeRunpath)
{
  library("near", "one");
  library("far", "one");
  LoaderSettings settings;
  settings.library_path = dir_ / "far";
  for (const char* flag : {"--disable-new-dtags", "--enable-new-dtags"}) {
    program(std::string("-Lnear -lone -Wl,") + flag + ",-rpath,'$ORIGIN/near'");
    expect_as_ldd(find(settings), "LD_LIBRARY_PATH=" + settings.library_path);
  }
  EXPECT_THAT(find(settings).paths, Contains(dir_ / "far/libone.so"));
}

TEST_F(LibrarySearch, APathThatWouldBeTakenFirstIsNamed)
{
  library("far", "one");
  program("-Lfar -lone -Wl,-rpath,'$ORIGIN/near:$ORIGIN/far'");
  const LoadedLibraries found = find();
  EXPECT_THAT(found.paths, Contains(dir_ / "far/libone.so"));
  EXPECT_THAT(found.absent, Contains(dir_ / "near/libone.so"));
}

TEST_F(LibrarySearch, AMissingLibraryIsNotComplete)
{
  library("near", "one");
  program("-Lnear -lone");
  const LoadedLibraries found = find();
  EXPECT_TRUE(found.native);
  EXPECT_FALSE(found.complete);
  EXPECT_THAT(found.absent, Not(IsEmpty()));
}

TEST_F(LibrarySearch, CyclesEnd)
{
  library("near", "one");
  library("near", "two", "-Lnear -lone -Wl,-rpath,'$ORIGIN'");
  library("near", "one", "-Lnear -ltwo -Wl,-rpath,'$ORIGIN'");
  program("-Lnear -lone -Wl,-rpath,'$ORIGIN/near'");
  expect_as_ldd(find());
}

TEST_F(LibrarySearch, PreloadedLibrariesCount)
{
  library("near", "one");
  library("far", "inner");
  library("far", "spy", "-Lfar -linner -Wl,-rpath,'$ORIGIN'");
  program("-Lnear -lone -Wl,-rpath,'$ORIGIN/near'");
  LoaderSettings settings;
  settings.preload = dir_ / "far/libspy.so";
  const LoadedLibraries found = find(settings);
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.paths, Contains(dir_ / "far/libspy.so"));
  EXPECT_THAT(found.paths, Contains(dir_ / "far/libinner.so"));
  settings.preload = dir_ / "far/libnone.so";
  EXPECT_FALSE(find(settings).complete);
}

// CMake pads paths with colons, each of which means the working directory.
TEST_F(LibrarySearch, AnEmptyElementIsTheWorkingDirectory)
{
  library("near", "one");
  program("-Lnear -lone -Wl,-rpath,'::'");
  EXPECT_FALSE(find().complete);
  LoaderSettings settings;
  settings.working_directory = dir_ / "near";
  const LoadedLibraries found = find(settings);
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.paths, Contains(dir_ / "near/libone.so"));
}

TEST_F(LibrarySearch, ALibraryForAnotherMachineIsPassedOver)
{
  library("far", "one");
  library("near", "one");
  std::string bytes = dir_.read("near/libone.so");
  bytes[18] = 40; // e_machine: ARM
  dir_.write("near/libone.so", bytes);
  program("-Lfar -lone -Wl,-rpath,'$ORIGIN/near:$ORIGIN/far'");
  const LoadedLibraries found = find();
  EXPECT_TRUE(found.complete);
  EXPECT_THAT(found.paths, Contains(dir_ / "far/libone.so"));
  EXPECT_THAT(found.paths, Contains(dir_ / "near/libone.so")) << "it decides by not fitting";
}

TEST_F(LibrarySearch, StaticProgramsLoadNothing)
{
  for (const char* flags : {"-static", "-static-pie"}) {
    program(flags);
    const LoadedLibraries found = find();
    EXPECT_TRUE(found.native && found.complete) << flags;
    EXPECT_THAT(found.paths, IsEmpty()) << flags;
  }
}

TEST_F(LibrarySearch, ScriptsAndMissingFilesAreNotNative)
{
  dir_.write("program", "#!/bin/sh\n");
  EXPECT_FALSE(find().native);
  fs::remove(dir_ / "program");
  EXPECT_FALSE(find().native);
}

TEST_F(LibrarySearch, AFileThatIsKnownIsNotOpened)
{
  Store store = Store::open(dir_ / "store");
  FileDigests digests(&store);
  program("");
  const Digest content = digests.of(dir_ / "program", DigestOf::loaded);
  KnownSections sections(store);
  DynamicSection made_up;
  made_up.native = true;
  made_up.needed = {"libmade-up.so"};
  sections.add(content, made_up);
  sections.save();
  EXPECT_FALSE(LibraryFinder(store, digests).find(dir_ / "program", {}).complete) << "libmade-up.so cannot be found";
}

TEST_F(LibrarySearch, DamagedMemoryIsAsNone)
{
  Store store = Store::open(dir_ / "store");
  for (const char* damage : {"x", "1\n", "\n\n\n", "\nabc 0\n", "\n0000 99999999999999999999\n"}) {
    store.remember("dynamic-sections-1", sha256("all"), damage);
    FileDigests digests(&store);
    program("");
    EXPECT_TRUE(LibraryFinder(store, digests).find(dir_ / "program", {}).complete) << damage;
  }
}

TEST_F(LibrarySearch, OneFinderGivesEachProgramItsOwn)
{
  library("near", "one");
  program("-Lnear -lone -Wl,-rpath,'$ORIGIN/near'");
  LibraryFinder finder;
  const auto first = finder.find(dir_ / "program", {});
  EXPECT_TRUE(finder.find("/bin/sh", {}).complete);
  EXPECT_EQ(finder.find(dir_ / "program", {}).paths, first.paths);
}

} // namespace
} // namespace sluice::cache
