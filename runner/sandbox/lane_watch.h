// The thread of one lane that receives its seccomp notifications and lets an Observer answer them. It lives as long as
// the lane's listener; its owner marks where a batch begins and ends. It decides nothing about what was seen.
// The owner's thread calls everything here. By finish() all that the lane's processes did has been heard, since none of
// their calls returned before it was answered. begin(), tell() and finish() take the observer's mutex, so each may wait
// until the notification that is being handled is answered.
#pragma once

#include "runner/sandbox/fast_path/fast_log.h"
#include "runner/sandbox/fd.h"
#include "runner/sandbox/lane_view.h"
#include "runner/sandbox/observe/observer.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <sys/types.h>
#include <thread>

namespace sluice::sandbox {

class LaneWatch {
public:
  // `zygote`: its own system calls belong to no test. `fast`: the memory of the lane's fast path, or null.
  LaneWatch(Fd listener, pid_t zygote, LaneView view, std::unique_ptr<FastLog> fast);
  // The lane must have been killed before. Waits up to five seconds for a process that the kernel does not let die.
  ~LaneWatch();
  LaneWatch(const LaneWatch&) = delete;
  LaneWatch& operator=(const LaneWatch&) = delete;

  // A batch begins: forgets what was seen before.
  void begin();
  // Notes beforehand what the lane's first process will do to start `program` in `folder` (Observer::tell()). False:
  // that cannot be known beforehand, and the calls must be notified.
  bool tell(const std::string& folder, const std::string& program);
  // The batch has ended and none of its processes runs any more: returns what it was seen to use.
  Observation finish();

  // Path calls for each program that the last finished batch started. With the fast path, repeated calls are not
  // counted.
  std::size_t calls_per_program() const { return calls_per_program_; }

private:
  // Shared with the thread, which may be asleep in the kernel when this object is destroyed.
  struct Heard {
    Fd listener;
    pid_t zygote = 0;
    std::mutex mutex; // over what follows
    Observer observer;
    std::unique_ptr<FastLog> fast;
    bool gone = false; // the thread
    std::condition_variable changed{};
    std::atomic<bool> stop{false};
  };
  static void hear(Heard& heard);

  LaneView view_;
  std::size_t calls_per_program_ = 0;
  std::shared_ptr<Heard> heard_;
  std::thread thread_;
};

} // namespace sluice::sandbox
