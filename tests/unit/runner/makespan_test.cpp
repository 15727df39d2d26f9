// The length of the schedule against its lower bound, for log-normal durations with one long test. The clock is a fake:
// these are facts about the order, not timings.
#include "tests/unit/runner/run_fixture.h"

#include <numeric>
#include <random>

namespace sluice::runner {
namespace {

class Makespan : public RunFixture {
protected:
  // Durations of `count` tests, the last an eighth of the sum.
  static std::vector<std::chrono::microseconds> durations(int count, unsigned seed)
  {
    std::mt19937 random(seed);
    std::vector<std::chrono::microseconds> lengths;
    std::lognormal_distribution<double> length(0, 1);
    for (int i = 0; i + 1 < count; ++i) lengths.emplace_back(static_cast<std::int64_t>(length(random) * 100'000));
    lengths.push_back(std::accumulate(lengths.begin(), lengths.end(), 0us) / 7);
    std::shuffle(lengths.begin(), lengths.end(), random);
    return lengths;
  }

  // Runs them and returns the makespan over max(longest, sum / 2).
  double ratio(const std::vector<std::chrono::microseconds>& lengths)
  {
    const auto longest = *std::max_element(lengths.begin(), lengths.end());
    const auto sum = std::accumulate(lengths.begin(), lengths.end(), 0us);
    options_.limits.time_limit = Millis{0};
    EXPECT_EQ(run(), RunEnd::complete);
    return static_cast<double>(clock_.elapsed().count()) / static_cast<double>(std::max(longest, sum / 2).count());
  }
};

class MakespanOfSeed : public Makespan, public ::testing::WithParamInterface<unsigned> {};

TEST_P(MakespanOfSeed, ProgramsWithHistory)
{
  const auto lengths = durations(200, GetParam());
  for (std::size_t i = 0; i < lengths.size(); ++i) add("t" + std::to_string(i), Does::passes, lengths[i]);
  know_durations();
  EXPECT_LE(ratio(lengths), 1.05);
}

TEST_P(MakespanOfSeed, ProgramsWithoutHistory)
{
  const auto lengths = durations(200, GetParam());
  for (std::size_t i = 0; i < lengths.size(); ++i) add("t" + std::to_string(i), Does::passes, lengths[i]);
  EXPECT_LE(ratio(lengths), 1.25);
}

TEST_P(MakespanOfSeed, CasesOfOneProgramWithHistory)
{
  const auto lengths = durations(400, GetParam());
  for (std::size_t i = 0; i < lengths.size(); ++i) add_case("p", "c" + std::to_string(i), Does::passes, lengths[i]);
  programs_["p"].startup = 17ms;
  know_durations();
  EXPECT_LE(ratio(lengths), 1.05);
  EXPECT_LT(batch_sizes().size(), 60u);
}

TEST_P(MakespanOfSeed, CasesOfOneProgramWithoutHistory)
{
  const auto lengths = durations(400, GetParam());
  for (std::size_t i = 0; i < lengths.size(); ++i) add_case("p", "c" + std::to_string(i), Does::passes, lengths[i]);
  programs_["p"].startup = 17ms;
  EXPECT_LE(ratio(lengths), 1.25);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MakespanOfSeed, ::testing::Range(1u, 21u));

TEST_F(Makespan, ThousandsOfTinyCasesGoInFewProcesses)
{
  for (int i = 0; i < 5000; ++i) add_case("p", "c" + std::to_string(i), Does::passes, 1us);
  programs_["p"].startup = 17ms;
  EXPECT_EQ(run(), RunEnd::complete);
  EXPECT_LE(batch_sizes().size(), 4u);
}

TEST_F(Makespan, KnownTinyCasesGoInOneProcess)
{
  for (int i = 0; i < 5000; ++i) add_case("p", "c" + std::to_string(i), Does::passes, 1us);
  know_durations();
  run();
  EXPECT_EQ(batch_sizes(), std::vector<std::size_t>{5000});
}

TEST_F(Makespan, ALargeProgramIsSplitOverTheLanes)
{
  std::vector<std::chrono::microseconds> lengths(1000, 50ms);
  for (int i = 0; i < 1000; ++i) add_case("p", "c" + std::to_string(i), Does::passes, 50ms);
  programs_["p"].startup = 17ms;
  know_durations();
  EXPECT_LE(ratio(lengths), 1.05);
}

TEST_F(Makespan, SuitesStayTogether)
{
  for (int i = 0; i < 40; ++i) {
    TestCase& made = add_case("p", "c" + std::to_string(100 + i), Does::passes, 500ms);
    made.suite = "s" + std::to_string(i / 4);
  }
  know_durations();
  run();
  // Few suites are cut: 10 suites in so many processes.
  EXPECT_LE(batch_sizes().size(), 12u);
}

} // namespace
} // namespace sluice::runner
