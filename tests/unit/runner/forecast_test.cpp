#include "runner/forecast.h"

#include <gtest/gtest.h>

namespace sluice::runner {
namespace {

using namespace std::chrono_literals;

class Forecasts : public ::testing::Test {
protected:
  TestIndex add(std::uint32_t program, std::optional<Duration> expected = {}, double cost = 0)
  {
    while (catalogue_.programs.size() <= program) catalogue_.programs.emplace_back();
    TestCase test;
    test.program = static_cast<ProgramId>(program);
    test.needs.cost = cost;
    catalogue_.tests.push_back(test);
    const auto index = static_cast<TestIndex>(catalogue_.tests.size() - 1);
    plan_.entries.push_back({index, sluice::Run{}, expected});
    return index;
  }
  Catalogue catalogue_;
  Plan plan_;
};

TEST_F(Forecasts, HistoryThenCostThenNeighboursThenAll)
{
  const TestIndex known = add(0, 4s);
  const TestIndex neighbour = add(0);
  const TestIndex costly = add(0, {}, 9);
  add(1, 2s);
  const TestIndex stranger = add(2);
  const Forecast forecast(plan_, catalogue_);
  EXPECT_EQ(forecast.of(known), 4s);
  EXPECT_EQ(forecast.of(neighbour), 4s);
  EXPECT_EQ(forecast.of(costly), 9s);
  EXPECT_EQ(forecast.of(stranger), 3s);
  EXPECT_EQ(forecast.left(), 4s + 4s + 9s + 2s + 3s);
}

TEST_F(Forecasts, LearnsWhatHistoryDoesNotKnow)
{
  const TestIndex first = add(0);
  const TestIndex second = add(0);
  add(0);
  Forecast forecast(plan_, catalogue_);
  forecast.taken(first);
  forecast.learn(ProgramId{0}, 7s, 1);
  EXPECT_EQ(forecast.of(second), 7s);
  EXPECT_EQ(forecast.left(), 14s);
  forecast.taken(second);
  EXPECT_EQ(forecast.left(), 7s);
  forecast.returned(second);
  EXPECT_EQ(forecast.left(), 14s);
}

TEST_F(Forecasts, KeepsToHistory)
{
  const TestIndex known = add(0, 1s);
  add(0);
  Forecast forecast(plan_, catalogue_);
  forecast.learn(ProgramId{0}, 100s, 1);
  EXPECT_EQ(forecast.of(known), 1s);
  EXPECT_EQ(forecast.left(), 2s);
}

} // namespace
} // namespace sluice::runner
