// Units that may start, best first, and units that wait for an exclusive lock. Each operation costs a logarithm, so
// that the schedule stays linear in the number of tests whatever they lock. A lock that is let go wakes only its best
// waiter; a woken unit that must wait for another lock passes the turn on.
#pragma once

#include "runner/work.h"

#include <cstdint>
#include <optional>
#include <queue>
#include <set>
#include <utility>
#include <vector>

namespace sluice::runner {

using UnitIndex = std::uint32_t;

// Orders units: the higher priority first, then the earlier unit.
struct Rank {
  std::int64_t priority = 0;
  UnitIndex unit = 0;
  friend bool operator<(const Rank& a, const Rank& b)
  {
    return a.priority != b.priority ? a.priority > b.priority : a.unit < b.unit;
  }
};

class ReadyQueue {
public:
  ReadyQueue(const Work& work) : work_(&work), held_(work.locks, false), waiting_(work.locks) {}

  void add(Rank rank) { ready_.insert(rank); }
  void remove(Rank rank) { ready_.erase(rank); }
  bool empty() const { return ready_.empty(); }

  // The best unit whose locks are free. Units before it that must wait for a lock leave the queue for that lock's.
  std::optional<Rank> best();

  // The best of the first `most` units with at most this priority that `fits` accepts and whose locks are free.
  template <class Fits> std::optional<Rank> best_below(std::int64_t priority, int most, Fits fits) const
  {
    auto at = ready_.lower_bound({priority, 0});
    for (int seen = 0; at != ready_.end() && seen < most; ++at, ++seen)
      if (!held_lock(at->unit) && fits(at->unit)) return *at;
    return std::nullopt;
  }

  void acquire(UnitIndex unit);
  void release(UnitIndex unit);

private:
  struct Later {
    bool operator()(const Rank& a, const Rank& b) const { return b < a; }
  };
  std::optional<LockId> held_lock(UnitIndex unit) const;
  void wake(LockId lock);

  const Work* work_;
  std::set<Rank> ready_;
  std::vector<bool> held_;                                                   // by lock
  std::vector<std::priority_queue<Rank, std::vector<Rank>, Later>> waiting_; // by lock
};

} // namespace sluice::runner
