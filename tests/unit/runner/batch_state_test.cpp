#include "runner/batch_state.h"

#include <gtest/gtest.h>

namespace sluice::runner {
namespace {

using S = BatchState;
using E = BatchStep;

constexpr S k_states[] = {S::before_first, S::in_case, S::between, S::after_last, S::terminating, S::killed, S::ended};
constexpr E k_steps[] = {E::case_started, E::case_finished, E::last_finished, E::time_up,
                         E::told_to_end,  E::told_to_die,   E::process_ended};

TEST(BatchStates, FollowTheCases)
{
  S state = S::before_first;
  for (const auto& [step, then] : {std::pair{E::case_started, S::in_case}, std::pair{E::case_finished, S::between},
                                   std::pair{E::case_started, S::in_case}, std::pair{E::last_finished, S::after_last},
                                   std::pair{E::process_ended, S::ended}}) {
    state = after(state, step);
    EXPECT_EQ(state, then);
  }
}

TEST(BatchStates, TimeEndsInTwoSteps)
{
  for (const S state : {S::before_first, S::in_case, S::between, S::after_last}) {
    EXPECT_EQ(after(state, E::time_up), S::terminating);
    EXPECT_EQ(after(after(state, E::time_up), E::time_up), S::killed);
  }
}

TEST(BatchStates, NothingThatIsPrintedStopsAnEnding)
{
  for (const S state : {S::terminating, S::killed})
    for (const E step : {E::case_started, E::case_finished, E::last_finished, E::told_to_end})
      EXPECT_EQ(after(state, step), state);
}

TEST(BatchStates, TheEndIsFinalAndReachableFromEverywhere)
{
  for (const S state : k_states) EXPECT_EQ(after(state, E::process_ended), S::ended);
  for (const E step : k_steps) EXPECT_EQ(after(S::ended, step), S::ended);
}

} // namespace
} // namespace sluice::runner
