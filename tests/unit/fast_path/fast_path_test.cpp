// The fast path from end to end: the same program with it and without must say the same and be seen to use the same,
// and whatever keeps it from being used, or spoils its memory, must cost time or completeness, never a name.
#include "runner/sandbox/fast_path/fast_protocol.h"
#include "runner/sandbox/fd.h"
#include "tests/unit/observer/observed_fixture.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace sluice::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Ran {
  Observation seen; // relative to the folder
  std::string output;
  std::size_t notifications = 0, noted = 0;
  int status = 0;
};

class FastPath : public Observed {
protected:
  // In a folder of its own, so that two runs find the same.
  static void furnish(TempDir& folder, std::string_view scenario)
  {
    for (const char* name : {"file", "other", "emptied", "sub/inner", "closed/x"}) folder.write(name, "x\n");
    for (const char* part : {"a", "b", "c", "d", "e"})
      for (int i = 1; i < 8; ++i) folder.write(part + ("/" + std::to_string(i)), "x\n");
    for (int i = 0; i < (scenario == "folders" ? 1500 : 0); ++i)
      folder.write("many/a-rather-long-name-" + std::to_string(i), "");
    ::symlink("file", (folder / "link").c_str());
    ::symlink("loop", (folder / "loop").c_str());
    ::symlink("sub", (folder / "sublink").c_str());
    ::symlink("sub", (folder / "way").c_str());
    ::mkdir((folder / "hollow").c_str(), 0755);
  }

  static Ran run(const std::string& program, const std::string& scenario, bool fast, const std::string& preload = {})
  {
    TempDir folder;
    TempDir out;
    furnish(folder, scenario);
    LaneOptions options;
    options.fast = fast;
    options.preload = preload;
    const sandbox::Fd output(::open((out / "output").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    const LaneResult result = observe(
      [&] {
        ::dup2(output.get(), 1);
        ::dup2(output.get(), 2);
        if (::chdir(folder.path().c_str()) != 0) return 125;
        ::execl(program.c_str(), program.c_str(), scenario.c_str(), nullptr);
        return 127;
      },
      options);
    Ran ran{cut(result.observation, folder.path()), replaced(out.read("output"), folder.path()), result.notifications,
            result.noted, result.status};
    return ran;
  }

  static Observation cut(Observation seen, const std::string& folder)
  {
    for (auto* list : {&seen.read, &seen.looked, &seen.links, &seen.absent, &seen.listed, &seen.written}) {
      std::vector<std::string> names;
      for (const std::string& name : *list)
        if (name.starts_with(folder)) names.push_back(name.substr(folder.size()));
      *list = names;
    }
    return seen;
  }
  static std::string replaced(std::string text, const std::string& folder)
  {
    for (std::size_t at = 0; (at = text.find(folder)) != std::string::npos;) text.replace(at, folder.size(), "HERE");
    return text;
  }

  static void expect_equal(const Ran& fast, const Ran& plain)
  {
    EXPECT_EQ(plain.seen.incomplete, "");
    EXPECT_EQ(fast.seen.incomplete, "");
    EXPECT_EQ(fast.status, plain.status);
    EXPECT_EQ(fast.output, plain.output);
    EXPECT_EQ(fast.seen.read, plain.seen.read);
    EXPECT_EQ(fast.seen.looked, plain.seen.looked);
    EXPECT_EQ(fast.seen.links, plain.seen.links);
    EXPECT_EQ(fast.seen.absent, plain.seen.absent);
    EXPECT_EQ(fast.seen.listed, plain.seen.listed);
    EXPECT_EQ(fast.seen.written, plain.seen.written);
  }

  static constexpr const char* k_caller = SLUICE_FAST_CALLER;
};

class FastPathScenario : public FastPath, public ::testing::WithParamInterface<const char*> {};

TEST_P(FastPathScenario, IsSeenTheSameWithAndWithout)
{
  const Ran plain = run(k_caller, GetParam(), false);
  const Ran fast = run(k_caller, GetParam(), true);
  expect_equal(fast, plain);
  EXPECT_TRUE(WIFEXITED(fast.status) && WEXITSTATUS(fast.status) == 0) << fast.output;
  EXPECT_GT(fast.noted, 0u) << "it was not used";
  EXPECT_LT(fast.notifications, plain.notifications + 4) << "three of its own";
}

INSTANTIATE_TEST_SUITE_P(Each, FastPathScenario,
                         ::testing::Values("results", "folders", "moves", "raw_moves", "writes", "covers", "children",
                                           "full"),
                         [](const auto& row) { return std::string(row.param); });

TEST_F(FastPath, EachNameIsNotedOnceByWhomeverItIsAskedFor)
{
  const Ran fast = run(k_caller, "children", true);
  EXPECT_LE(fast.noted, 20u * 50 + 8 * 200 + 10); // the folder and a few more
  EXPECT_EQ(fast.seen.absent.size(), 20u * 50 + 8 * 200);
}

// --- what keeps it from being used

TEST_F(FastPath, WithoutAnEnvironmentEverythingIsNotified)
{
  const Ran fast = run(k_caller, "without-environment", true);
  EXPECT_EQ(fast.seen.incomplete, "");
  EXPECT_THAT(fast.seen.read, ElementsAre("/file"));
  EXPECT_THAT(fast.seen.absent, ElementsAre("/missing"));
  EXPECT_EQ(fast.noted, 0u);
}

// Its functions would hide those of the other.
TEST_F(FastPath, ALibraryOfTheTestsOwnIsLeftAlone)
{
  const std::string ours = sandbox::k_fast_library;
  for (const std::string& preload : {ours + ":libm.so.6", "libm.so.6:" + ours, "libm.so.6 " + ours}) {
    const Ran fast = run(k_caller, "look", true, preload);
    EXPECT_EQ(fast.output, "") << preload;
    EXPECT_EQ(fast.status, 0) << preload;
    EXPECT_EQ(fast.noted, 0u) << preload;
    EXPECT_THAT(fast.seen.read, ElementsAre("/file"));
    EXPECT_EQ(fast.seen.incomplete, "");
  }
}

#ifdef SLUICE_FAST_STATIC
TEST_F(FastPath, AStaticProgramIsNotified)
{
  const Ran plain = run(SLUICE_FAST_STATIC, "writes", false);
  const Ran fast = run(SLUICE_FAST_STATIC, "writes", true);
  expect_equal(fast, plain);
  EXPECT_EQ(fast.noted, 0u);
}
#endif

#ifdef SLUICE_FAST_COMPAT
// The loader for 32 bits opens what LD_PRELOAD names, too, and would complain about a library for 64.
TEST_F(FastPath, AProgramOf32BitsHearsNothingOfIt)
{
  if (::access("/lib/ld-linux.so.2", X_OK) != 0) GTEST_SKIP() << "no loader for 32 bits here";
  const Ran plain = run(SLUICE_FAST_COMPAT, "x", false);
  const Ran fast = run(SLUICE_FAST_COMPAT, "x", true);
  expect_equal(fast, plain);
  EXPECT_EQ(fast.output, "");
  EXPECT_EQ(fast.status, 0);
  EXPECT_THAT(fast.seen.absent, ElementsAre("/missing"));
  EXPECT_EQ(fast.noted, 0u);
}
#endif

#ifdef SLUICE_FAST_ASAN
// The address sanitizer's library ends programs that load another first, and it must see the calls.
TEST_F(FastPath, ASanitizerKeepsItsPlace)
{
  const Ran plain = run(SLUICE_FAST_ASAN, "look", false);
  const Ran fast = run(SLUICE_FAST_ASAN, "look", true);
  expect_equal(fast, plain);
  EXPECT_EQ(fast.output, "");
  EXPECT_EQ(fast.status, 0);
  EXPECT_EQ(fast.noted, 0u);
}
#endif

// --- memory that cannot be right

class FastPathForged : public FastPath, public ::testing::WithParamInterface<const char*> {};

TEST_P(FastPathForged, MakesTheObservationIncomplete)
{
  const Ran fast = run(k_caller, GetParam(), true);
  EXPECT_EQ(fast.status, 0) << fast.output;
  EXPECT_THAT(fast.seen.incomplete, HasSubstr("fast path"));
}

INSTANTIATE_TEST_SUITE_P(Each, FastPathForged,
                         ::testing::Values("text", "size", "intent", "folder", "wild offset", "check", "wiped",
                                           "all wiped", "fewer", "stamp", "swapped"),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& c : name)
                             if (c == ' ') c = '_';
                           return name;
                         });

TEST_F(FastPath, AProcessThatIsKilledWhileItNotesANameIsNoSmallerObservation)
{
  for (const char* how : {"half-done", "more", "many more", "wiped slot"}) {
    const Ran fast = run(k_caller, how, true);
    EXPECT_THAT(fast.seen.incomplete, HasSubstr("was ended while it noted")) << how;
    EXPECT_TRUE(fast.seen.read.size() == 1 || std::string(how) != "half-done") << "what was whole counts";
  }
}

// --- the page

TEST_F(FastPath, ItsPageIsGoodForReadingOnly)
{
  const Ran fast = run(k_caller, "by-page", true);
  EXPECT_EQ(fast.status, 0);
  EXPECT_EQ(fast.seen.incomplete, "");
  EXPECT_THAT(fast.seen.written,
              ElementsAre("/b/1", "/emptied", "/folder", "/other", "/sub/inner", "/sub/renamed", "/written"));
  EXPECT_THAT(fast.seen.read, Contains("/c/1")) << "openat2 after chdir";
}

} // namespace
} // namespace sluice::tests
