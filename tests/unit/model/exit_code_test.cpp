// Exit codes are an interface: scripts and CI jobs of other people compare these numbers.
#include "model/exit_code.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(ExitCode, NumbersArePinned)
{
  EXPECT_EQ(static_cast<int>(ExitCode::passed), 0);
  EXPECT_EQ(static_cast<int>(ExitCode::failed), 1);
  EXPECT_EQ(static_cast<int>(ExitCode::usage), 2);
  EXPECT_EQ(static_cast<int>(ExitCode::refused), 3);
  EXPECT_EQ(static_cast<int>(ExitCode::nothing), 4);
  EXPECT_EQ(static_cast<int>(ExitCode::world), 5);
  EXPECT_EQ(static_cast<int>(ExitCode::interrupted), 130);
}

} // namespace
} // namespace sluice
