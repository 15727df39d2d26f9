// What each kind of call puts into which list: the rules of docs/design/observation.md, one by one.
#include "tests/unit/observer/observed_fixture.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <utime.h>

namespace sluice::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Rules : public Observed {};

TEST_F(Rules, AnOpenedFileIsReadAndAFolderListed)
{
  const Observation seen = see([] { return ::open("file", O_RDONLY) < 0 || ::open("sub", O_RDONLY) < 0; });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("file"));
  EXPECT_THAT(seen.listed, ElementsAre("sub"));
  EXPECT_THAT(seen.looked, IsEmpty());
  EXPECT_THAT(seen.written, IsEmpty());
}

TEST_F(Rules, AskingIsLooking)
{
  const Observation seen = see([] {
    struct stat status {};
    std::array<char, 8> value{};
    return ::stat("file", &status) != 0 || ::access("other", R_OK) != 0 || ::open("sub", O_PATH) < 0 ||
           (::getxattr("sub/inner", "user.none", value.data(), value.size()) >= 0);
  });
  EXPECT_THAT(seen.looked, ElementsAre("file", "other", "sub", "sub/inner"));
  EXPECT_THAT(seen.read, IsEmpty());
  EXPECT_THAT(seen.listed, IsEmpty());
}

TEST_F(Rules, OfWhatIsMissingTheFirstPartIsAbsent)
{
  const Observation seen = see([] {
    return ::open("missing/deep/file", O_RDONLY) >= 0 || ::access("sub/none", F_OK) == 0 ||
           ::access("file/below", F_OK) == 0;
  });
  EXPECT_THAT(seen.absent, ElementsAre("missing", "sub/none"));
  EXPECT_THAT(seen.looked, ElementsAre("file")); // it is no folder
}

TEST_F(Rules, EachStepOfASearchIsAbsent)
{
  const Observation seen = see([] {
    for (const char* name : {"a/tool", "b/tool", "sub/tool", "sub/inner"})
      if (::access(name, F_OK) == 0) return 0;
    return 1;
  });
  EXPECT_THAT(seen.absent, ElementsAre("a", "b", "sub/tool"));
}

TEST_F(Rules, LinksOnTheWayAndTheirTargets)
{
  const Observation seen =
    see([] { return ::open("sublink/../sublink/inner", O_RDONLY) < 0 || ::open("link", O_RDONLY) < 0; });
  EXPECT_THAT(seen.links, ElementsAre("link", "sublink"));
  EXPECT_THAT(seen.read, ElementsAre("file", "sub/inner"));
}

TEST_F(Rules, ALinkThatIsReadOrAskedAboutIsNotFollowed)
{
  const Observation seen = see([] {
    std::array<char, 64> text{};
    struct stat status {};
    return ::readlink("link", text.data(), text.size()) < 0 || ::lstat("sublink", &status) != 0 ||
           ::open("link", O_RDONLY | O_NOFOLLOW) >= 0;
  });
  EXPECT_THAT(seen.links, ElementsAre("link", "sublink"));
  EXPECT_THAT(seen.read, IsEmpty());
  EXPECT_THAT(seen.looked, IsEmpty());
}

TEST_F(Rules, ADanglingLinkAndALoop)
{
  ::symlink("gone", at("dangling").c_str());
  ::symlink("loop", at("loop").c_str());
  const Observation seen = see([] { return ::open("dangling", O_RDONLY) >= 0 || ::open("loop", O_RDONLY) >= 0; });
  EXPECT_THAT(seen.links, ElementsAre("dangling", "loop"));
  EXPECT_THAT(seen.absent, ElementsAre("gone"));
  EXPECT_EQ(seen.incomplete, "");
}

TEST_F(Rules, WhatTheTestMadeAndReadsBackIsNoInput)
{
  const Observation seen = see([] {
    std::ofstream("fresh") << "mine";
    ::mkdir("made", 0755);
    std::ofstream("made/inner") << "mine";
    std::ifstream first("fresh");
    std::ifstream second("made/inner");
    return !first || !second || ::open("made", O_RDONLY) < 0;
  });
  EXPECT_THAT(seen.read, IsEmpty());
  EXPECT_THAT(seen.listed, IsEmpty());
  EXPECT_THAT(seen.absent, ElementsAre("fresh", "made"));
  EXPECT_THAT(seen.written, ElementsAre("fresh", "made"));
}

TEST_F(Rules, AnOldFileThatWasEmptiedFirstIsNoInput)
{
  const Observation seen = see([] {
    std::ofstream("file", std::ios::trunc) << "mine";
    std::ifstream back("file");
    ::unlink("other");
    std::ofstream("other") << "mine";
    std::ifstream again("other");
    return !back || !again;
  });
  EXPECT_THAT(seen.read, IsEmpty());
  EXPECT_THAT(seen.written, ElementsAre("file", "other"));
}

TEST_F(Rules, EmptyingThatFailedLeavesAnInput)
{
  const Observation seen = see([] {
    rlimit none{3, 3};
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    none.rlim_max = before.rlim_max;
    for (int fd = 3; fd < 64; ++fd) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &none);
    const bool failed = ::open("file", O_WRONLY | O_TRUNC) < 0;
    ::setrlimit(RLIMIT_NOFILE, &before);
    return !failed || ::open("file", O_RDONLY) < 0;
  });
  EXPECT_THAT(seen.read, ElementsAre("file"));
}

TEST_F(Rules, ReadWriteAndAppendAreInputs)
{
  const Observation seen = see([] {
    return ::open("file", O_RDWR) < 0 || ::open("other", O_WRONLY | O_APPEND) < 0 || ::truncate("sub/inner", 2) != 0;
  });
  EXPECT_THAT(seen.read, ElementsAre("file", "other", "sub/inner"));
  EXPECT_THAT(seen.written, ElementsAre("file", "other", "sub/inner"));
}

TEST_F(Rules, CreatIsOpenToWriteAnew)
{
  const Observation seen =
    see([] { return ::syscall(SYS_creat, "file", 0600) < 0 || ::syscall(SYS_creat, "new", 0600) < 0; });
  EXPECT_THAT(seen.written, ElementsAre("file", "new"));
  EXPECT_THAT(seen.absent, ElementsAre("new"));
  EXPECT_THAT(seen.read, IsEmpty()); // its content goes unread
}

TEST_F(Rules, ExclusiveCreationDependsOnAbsence)
{
  const Observation seen = see([] {
    return ::open("new", O_WRONLY | O_CREAT | O_EXCL, 0600) < 0 ||
           ::open("file", O_WRONLY | O_CREAT | O_EXCL, 0600) >= 0;
  });
  EXPECT_THAT(seen.absent, ElementsAre("new"));
  EXPECT_THAT(seen.looked, ElementsAre("file"));
  EXPECT_THAT(seen.read, IsEmpty());
}

TEST_F(Rules, ARenamedFileWasAnInputAndItsNewNameIsNot)
{
  const Observation seen = see([] {
    return ::rename("file", "moved") != 0 || ::open("moved", O_RDONLY) < 0 || ::rename("moved", "other") != 0 ||
           ::open("other", O_RDONLY) < 0;
  });
  EXPECT_THAT(seen.read, ElementsAre("file"));
  EXPECT_THAT(seen.absent, ElementsAre("moved"));
  EXPECT_THAT(seen.looked, ElementsAre("other"));
  EXPECT_THAT(seen.written, ElementsAre("file", "moved", "other"));
}

TEST_F(Rules, AFolderThatWasThereAndIsRenamedEndsTheObservation)
{
  const Observation seen = see([] { return ::rename("sub", "elsewhere") != 0; });
  EXPECT_THAT(seen.incomplete, HasSubstr("renamed a folder"));
}

TEST_F(Rules, AHardLinkReadsItsFile)
{
  const Observation seen = see([] { return ::link("file", "second") != 0 || ::open("second", O_RDONLY) < 0; });
  EXPECT_THAT(seen.read, ElementsAre("file"));
  EXPECT_THAT(seen.written, ElementsAre("second"));
}

TEST_F(Rules, LinksThatTheTestMakesAreFollowedHowEverTheyMove)
{
  const Observation seen = see([] {
    ::mkdir("made", 0755);
    ::symlink("../sub", "made/way");
    ::rename("made", "moved");
    ::link("moved/way", "moved/copy");
    return ::open("moved/way/inner", O_RDONLY) < 0 || ::open("moved/copy/missing", O_RDONLY) >= 0;
  });
  EXPECT_THAT(seen.read, ElementsAre("sub/inner"));
  EXPECT_THAT(seen.absent, Contains("sub/missing"));
}

TEST_F(Rules, AQueryThatWasSeenBeforeALinkWasMadeIsWalkedAgain)
{
  const Observation seen = see([] {
    if (::open("way", O_RDONLY) >= 0) return 1;
    ::symlink("file", "way");
    return ::open("way", O_RDONLY) < 0 ? 1 : 0;
  });
  EXPECT_THAT(seen.read, ElementsAre("file"));
  EXPECT_THAT(seen.absent, ElementsAre("way"));
}

TEST_F(Rules, RemovingDependsOnWhatWasThere)
{
  ::mkdir(at("empty").c_str(), 0755);
  const Observation seen = see([] { return ::unlink("file") != 0 || ::rmdir("empty") != 0 || ::unlink("none") == 0; });
  EXPECT_THAT(seen.looked, ElementsAre("empty", "file"));
  EXPECT_THAT(seen.listed, ElementsAre("empty"));
  EXPECT_THAT(seen.absent, ElementsAre("none"));
  EXPECT_THAT(seen.written, ElementsAre("empty", "file"));
}

TEST_F(Rules, AttributesAreLookedAtAndWritten)
{
  const Observation seen = see([] {
    return ::chmod("file", 0600) != 0 || ::utime("other", nullptr) != 0 ||
           ::lchown("link", ::getuid(), ::getgid()) != 0;
  });
  EXPECT_THAT(seen.looked, ElementsAre("file", "other"));
  EXPECT_THAT(seen.links, ElementsAre("link"));
  EXPECT_THAT(seen.written, ElementsAre("file", "link", "other"));
}

TEST_F(Rules, KernelFoldersAreNoInputsButTheLinksOutOfThemLead)
{
  const Observation seen = see([] {
    const int folder = ::open("sub", O_PATH);
    const int file = ::open("file", O_PATH);
    const std::string by_folder = "/proc/self/fd/" + std::to_string(folder) + "/inner";
    const std::string by_file = "/proc/self/fd/" + std::to_string(file);
    return ::open("/proc/self/maps", O_RDONLY) < 0 || ::open("/proc/self/cwd/other", O_RDONLY) < 0 ||
           ::open(by_folder.c_str(), O_RDONLY) < 0 || ::open(by_file.c_str(), O_RDONLY) < 0 ||
           ::open("/dev/null", O_RDWR) < 0;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("file", "other", "sub/inner"));
  EXPECT_THAT(seen.findings, IsEmpty());
}

TEST_F(Rules, LinksOfThreadsAreFollowed)
{
  const Observation seen = see([] {
    const std::string thread = std::to_string(::syscall(SYS_gettid));
    const std::string by_root = "/proc/self/task/" + thread + "/root" + std::filesystem::current_path().string();
    return ::open(("/proc/self/task/" + thread + "/cwd/file").c_str(), O_RDONLY) < 0 ||
           ::open((by_root + "/other").c_str(), O_RDONLY) < 0;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("file", "other"));
}

TEST_F(Rules, ADeviceIsAFinding)
{
  ::mkfifo(at("fifo").c_str(), 0600);
  const Observation seen = see([] { return ::open("fifo", O_RDONLY | O_NONBLOCK) < 0; });
  EXPECT_THAT(seen.findings, ElementsAre(Finding{FindingKind::device, at("fifo")}));
}

TEST_F(Rules, ANameOfAnotherRootThatASocketHas)
{
  const Observation seen = see([] {
    sockaddr_un address{AF_UNIX, "socket"};
    sockaddr_un missing{AF_UNIX, "sub/none"};
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const int other = ::socket(AF_UNIX, SOCK_STREAM, 0);
    return ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd, 1) != 0 ||
           ::connect(other, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
           ::connect(other, reinterpret_cast<sockaddr*>(&missing), sizeof missing) == 0;
  });
  EXPECT_THAT(seen.absent, ElementsAre("socket", "sub/none"));
  EXPECT_THAT(seen.written, ElementsAre("socket"));
  EXPECT_THAT(seen.findings, IsEmpty()); // it talked to itself
}

TEST_F(Rules, NonUtf8AndTheLongestNames)
{
  const std::string odd = "\xff\xfe\n";
  folder_.write(odd, "x");
  const std::string longest(255, 'n');
  folder_.write(longest, "x");
  const std::string padded = std::string(4095 - 4, '/').replace(0, 2, "./") + "file";
  const std::string too_long(5000, 'x');
  const Observation seen = see([&] {
    return ::open(odd.c_str(), O_RDONLY) < 0 || ::open(longest.c_str(), O_RDONLY) < 0 ||
           ::open(padded.c_str(), O_RDONLY) < 0 || ::open(too_long.c_str(), O_RDONLY) >= 0 ||
           ::open((longest + "n").c_str(), O_RDONLY) >= 0;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("file", longest, odd));
  EXPECT_THAT(seen.absent, ElementsAre(longest + "n"));
}

TEST_F(Rules, ANameThatEndsWhereTheMemoryEnds)
{
  const Observation seen = see([] {
    char* const page =
      static_cast<char*>(::mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ::munmap(page + 4096, 4096);
    std::copy_n("file", 5, page + 4096 - 5);
    return ::open(page + 4096 - 5, O_RDONLY) < 0;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.read, ElementsAre("file"));
}

TEST_F(Rules, MemoryThatCannotBeReadEndsTheObservation)
{
  const Observation seen = see([] { return ::open(reinterpret_cast<const char*>(0x10), O_RDONLY) >= 0; });
  EXPECT_THAT(seen.incomplete, HasSubstr("memory cannot be read"));
}

TEST_F(Rules, ADescriptorAloneIsNoQuestion)
{
  const Observation seen = see([] {
    const int fd = ::open("file", O_RDONLY);
    struct stat status {};
    return ::fstatat(fd, "", &status, AT_EMPTY_PATH) != 0 || ::futimens(fd, nullptr) != 0 || ::fchmod(fd, 0644) != 0;
  });
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.looked, IsEmpty());
}

TEST_F(Rules, AnEmptyPathFlagDoesNotHideAName)
{
  const Observation seen = see([] {
    struct stat status {};
    const int folder = ::open("sub", O_PATH);
    return ::fstatat(folder, "inner", &status, AT_EMPTY_PATH) != 0;
  });
  EXPECT_THAT(seen.looked, Contains("sub/inner"));
}

} // namespace
} // namespace sluice::tests
