// A GoogleTest program whose tests write what GoogleTest would write about other tests, and leave.
#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

constexpr const char* k_program = R"(#include <gtest/gtest.h>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
TEST(Lies, First) {}
TEST(Lies, Second)
{
  std::printf("[       OK ] Lies.Second (0 ms)\n[ RUN      ] Lies.Third\n[       OK ] Lies.Third (0 ms)\n"
              "[----------] 3 tests from Lies (0 ms total)\n\n[----------] Global test environment tear-down\n"
              "[==========] 3 tests from 1 test suite ran. (0 ms total)\n[  PASSED  ] 3 tests.\n");
  std::fflush(stdout);
  if (const char* file = std::getenv("TEST_PREMATURE_EXIT_FILE")) ::unlink(file);
  ::_exit(0);
}
TEST(Lies, Third) { FAIL() << "this is never green"; }
)";

// Attack: a complete green transcript, the mark of an early exit removed, then a green exit before the failing test
// begins.
TEST(Lies, AForgedTranscriptDoesNotTurnAFailingTestGreen)
{
  const TempRepo repo;
  repo.write("lies_test.cpp", k_program);
  repo.write(".gitignore", "/bin/\n");
  repo.write("sluice.toml", "[build]\ndirectory = \"bin\"\ncommand = [\"make\"]\n"
                            "[[tests]]\nframework = \"gtest\"\nprograms = [\"bin/lies_test\"]\n");
  repo.write("Makefile",
             "bin/lies_test: lies_test.cpp\n\tmkdir -p bin\n\tg++ -std=c++17 $< -o $@ -lgtest -lgtest_main\n");
  repo.commit("A liar");
  const SluiceResult run = Sluice(repo.path()).run();
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  std::string third, second;
  for (const auto& [id, outcome] : run.outcomes) {
    if (id.ends_with("Third")) third = outcome;
    if (id.ends_with("Second")) second = outcome;
  }
  EXPECT_NE(third, "passed") << run.out;
  EXPECT_NE(second, "passed") << run.out;
}

} // namespace

} // namespace sluice::tests
