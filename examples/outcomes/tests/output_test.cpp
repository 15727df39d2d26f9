#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <unistd.h>

TEST(Output, EndsWithoutNewline)
{
  std::printf("no newline at the end");
}

TEST(Output, IsNotUtf8)
{
  std::printf("\xff\xfe\x80 \xc3\x28\n");
}

TEST(Output, IsNotUtf8AndFails)
{
  FAIL() << "\xff\xfe\x80";
}

TEST(Output, ClaimsToPassAndFails)
{
  std::printf("[       OK ] Output.ClaimsToPassAndFails (0 ms)\n");
  std::fflush(stdout);
  FAIL();
}

TEST(Output, ClaimsToPassAndExits)
{
  std::printf("[       OK ] Output.ClaimsToPassAndExits (0 ms)\n[  PASSED  ] 1 test.\n");
  std::fflush(stdout);
  std::_Exit(0);
}

TEST(Output, ClaimsThatAnotherFails)
{
  std::printf("[  FAILED  ] Output.EndsWithoutNewline (0 ms)\n");
}

TEST(Output, IsHuge)
{
  const std::string line(1023, 'x');
  for (int i = 0; i < 5 * 1024; ++i) std::printf("%s\n", line.c_str());
}

TEST(Output, HoldsTerminalSequences)
{
  std::printf("\x1b[2J\x1b]0;title\x07<xml> & ]]>\n");
}

TEST(Output, LeavesAProcessBehind)
{
  if (::fork() == 0) {
    ::sleep(300);
    ::_exit(0);
  }
}
