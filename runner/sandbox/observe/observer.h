// Turns the notifications of one lane's filter (path_filter.h) into an Observation. There is one for each lane, used by
// one thread at a time; it owns no descriptor of the lane and starts nothing. LaneWatch receives the notifications
// (SECCOMP_IOCTL_NOTIF_RECV) and hands them to handle(), which answers them.
// docs/design/observation.md says what counts as an input. Whatever this cannot see or decide makes the observation
// incomplete, never shorter.
#pragma once

#include "model/observation.h"
#include "runner/sandbox/lane_view.h"

#include <linux/seccomp.h>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::sandbox {

class FastLog;

class Observer {
public:
  Observer();
  ~Observer();
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;

  // A batch starts: forgets the one before, of which no process may still run in the lane. `fast`: the memory of its
  // fast path, if the lane's filter has one; lives until finish().
  void begin(const LaneView& view, FastLog* fast = nullptr);

  // The lane's first process will enter `folder` (empty: none) and execute `program` there: notes both calls as if they
  // had been notified. False if only the calls themselves show what they mean (relative names, names in /proc and /dev,
  // programs that cannot be read): then they must be notified.
  bool tell(const std::string& folder, const std::string& program) noexcept;

  // Answers the notification, nearly always with CONTINUE and as soon as the caller's memory has been read, and notes
  // what was asked for. Does not throw: an error makes the observation incomplete, and the caller is answered anyway,
  // so that it does not hang.
  void handle(const seccomp_notif& notification, int listener) noexcept;

  // LaneWatch lost sight of the lane (listener gone, RECV failed, its thread was late to start ...).
  void lost(std::string_view why) noexcept;

  // The batch has ended and none of its processes runs any more. Without a begin() before it: incomplete.
  Observation finish();

  // Notifications since begin(), for the history of costs.
  std::size_t notifications() const;
  // How many of them were to execute a program.
  std::size_t programs() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace sluice::sandbox
