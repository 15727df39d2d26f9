#include "runner/ready_queue.h"

namespace sluice::runner {

std::optional<LockId> ReadyQueue::held_lock(UnitIndex unit) const
{
  for (const LockId lock : work_->units[unit].locks)
    if (held_[static_cast<std::size_t>(lock)]) return lock;
  return std::nullopt;
}

void ReadyQueue::wake(LockId lock)
{
  auto& waiting = waiting_[static_cast<std::size_t>(lock)];
  if (waiting.empty()) return;
  ready_.insert(waiting.top());
  waiting.pop();
}

std::optional<Rank> ReadyQueue::best()
{
  while (!ready_.empty()) {
    const Rank rank = *ready_.begin();
    const std::optional<LockId> held = held_lock(rank.unit);
    if (!held) return rank;
    ready_.erase(ready_.begin());
    waiting_[static_cast<std::size_t>(*held)].push(rank);
    for (const LockId lock : work_->units[rank.unit].locks)
      if (!held_[static_cast<std::size_t>(lock)]) wake(lock);
  }
  return std::nullopt;
}

void ReadyQueue::acquire(UnitIndex unit)
{
  for (const LockId lock : work_->units[unit].locks) held_[static_cast<std::size_t>(lock)] = true;
}

void ReadyQueue::release(UnitIndex unit)
{
  for (const LockId lock : work_->units[unit].locks) {
    held_[static_cast<std::size_t>(lock)] = false;
    wake(lock);
  }
}

} // namespace sluice::runner
