// A clock that moves only when told to, so that a run of hours takes no time and always the same.
#pragma once

#include "runner/executor.h"

#include <chrono>

namespace sluice::tests {

class FakeClock final : public runner::Clock {
public:
  runner::SteadyTime now() override { return now_; }
  std::chrono::system_clock::time_point wall() override
  {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)) +
           std::chrono::duration_cast<std::chrono::system_clock::duration>(elapsed());
  }

  void advance_to(runner::SteadyTime time) { now_ = time > now_ ? time : now_; }
  std::chrono::microseconds elapsed() const
  {
    return std::chrono::duration_cast<std::chrono::microseconds>(now_ - k_begin);
  }

private:
  static constexpr runner::SteadyTime k_begin{std::chrono::hours(1000)};
  runner::SteadyTime now_ = k_begin;
};

} // namespace sluice::tests
