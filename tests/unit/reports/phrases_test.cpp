#include "reports/phrases.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/reports/random_bytes.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using namespace std::chrono_literals;

TEST(HumanDuration, SaysWhatAPersonCanTakeIn)
{
  EXPECT_EQ(human_duration(0us), "0 ms");
  EXPECT_EQ(human_duration(-5s), "0 ms");
  EXPECT_EQ(human_duration(12'400us), "12 ms");
  EXPECT_EQ(human_duration(999'600us), "1.0 s");
  EXPECT_EQ(human_duration(59'949ms), "59.9 s");
  EXPECT_EQ(human_duration(59'950ms), "1 min 00 s");
  EXPECT_EQ(human_duration(125s), "2 min 05 s");
  EXPECT_EQ(human_duration(3720s), "1 h 02 min");
}

TEST(FixedSeconds, HasThreeDecimalsAndNoExponent)
{
  EXPECT_EQ(fixed_seconds(0us), "0.000");
  EXPECT_EQ(fixed_seconds(15us), "0.000");
  EXPECT_EQ(fixed_seconds(-1s), "0.000");
  EXPECT_EQ(fixed_seconds(1'234'567'890us), "1234.568");
}

TEST(UtcSeconds, HasNoZoneAndNoFraction)
{
  EXPECT_EQ(utc_seconds(Timestamp(1'795'304'700'999'999us)), "2026-11-21T23:45:00");
  EXPECT_EQ(utc_seconds(Timestamp(-1us)), "1969-12-31T23:59:59");
}

TEST(Counted, MakesThePlural)
{
  EXPECT_EQ(counted(0, "test"), "0 tests");
  EXPECT_EQ(counted(1, "test"), "1 test");
}

TEST(RepeatCommand, QuotesForTheShellAndForTheFilter)
{
  EXPECT_EQ(repeat_command("a_test:Suite/0.Name"), "sluice run --all --filter 'id(a_test:Suite/0.Name)'");
  EXPECT_EQ(repeat_command("f(x) \"y\""), R"(sluice run --all --filter 'id("f(x) \"y\"")')");
  EXPECT_EQ(repeat_command("it's"), R"(sluice run --all --filter 'id(it'\''s)')");
  EXPECT_EQ(repeat_command("esc\x1b[0m"), R"(sluice run --all --filter $'id(esc\033[0m)')");
}

// A real shell is the judge: what it hands to a program are the bytes that went in.
TEST(ShellWord, SurvivesARealShell)
{
  if (std::system("bash -c true") != 0) GTEST_SKIP() << "no bash here";
  const tests::TempDir folder;
  const unsigned seed = tests::random_seed();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  tests::RandomBytes random(seed);
  std::string script;
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    std::string word = random.string();
    std::erase(word, '\0'); // no argument can hold it
    script += "printf '%s\\n' " + shell_word(word) + "\n";
    expected += word + "\n";
  }
  folder.write("words.sh", script);
  ASSERT_EQ(std::system(("LC_ALL=C bash '" + (folder / "words.sh") + "' > '" + (folder / "out") + "'").c_str()), 0);
  EXPECT_EQ(folder.read("out"), expected);
}

} // namespace
} // namespace sluice::reports
