#include <gtest/gtest.h>

// The failure belongs to no test: every test of the program passes, and the program fails.
class Surroundings : public testing::Environment {
public:
  void TearDown() override { FAIL() << "the surroundings could not be cleaned up"; }
};

static const testing::Environment* const k_surroundings = testing::AddGlobalTestEnvironment(new Surroundings);

TEST(Outside, PassesItself) {}
