// Turns the notifications of one lane's filter (path_filter.h) into an Observation. One for each lane, driven by one
// thread; it owns no descriptor of the lane and starts nothing. The engine receives (SECCOMP_IOCTL_NOTIF_RECV), keeps
// its own control calls to itself and hands everything else to handle(), which answers it.
// What counts as an input and what does not is docs/design/observation.md. Whatever this cannot see or decide makes the
// observation incomplete, never shorter.
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

  // A batch starts: forgets the one before. Nothing of an earlier batch may still run in the lane. `fast`: the memory
  // of its fast path, if the lane's filter lets one pass; lives until finish().
  void begin(const LaneView& view, FastLog* fast = nullptr);

  // The lane's first process will enter `folder` (empty: none) and execute `program` there: notes both as if they had
  // been heard. False where only the calls themselves show what they mean (relative names, names in /proc and /dev,
  // programs that cannot be read): then they must be notified.
  bool tell(const std::string& folder, const std::string& program) noexcept;

  // Answers the notification, in nearly all cases with CONTINUE and as early as its memory has been read, and notes
  // what it asked for. Does not throw: what goes wrong makes the observation incomplete, and the caller is answered all
  // the same, so that it does not hang.
  void handle(const seccomp_notif& notification, int listener) noexcept;

  // The engine lost sight of the lane (listener gone, RECV failed, its thread was late to start ...).
  void lost(std::string_view why) noexcept;

  // The batch has ended and nothing of it runs any more. Without a begin() before it: incomplete.
  Observation finish();

  // Notifications since begin(): what a history of costs is made of.
  std::size_t notifications() const;
  // Of these, to execute a program.
  std::size_t programs() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace sluice::sandbox
