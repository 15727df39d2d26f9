// The thread of one lane that hears its seccomp notifications and lets an Observer answer them. It lives as long as the
// lane's listener; its owner marks where a batch begins and ends. It decides nothing about what was seen.
// begin() and finish() are called by the owner's thread; what the lane's processes did before they ended has been heard
// by then, since none of their calls returned before it was answered.
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
  // `zygote`: whose own calls are nobody's; `fast`: the memory of the lane's fast path, or null.
  LaneWatch(Fd listener, pid_t zygote, LaneView view, std::unique_ptr<FastLog> fast);
  // The lane must have been killed. A process that the kernel does not let die is given up after five seconds.
  ~LaneWatch();
  LaneWatch(const LaneWatch&) = delete;
  LaneWatch& operator=(const LaneWatch&) = delete;

  void begin();
  // What the lane's first process does to start a program, noted before it is done. False: that cannot be said
  // beforehand, and must be heard.
  bool tell(const std::string& folder, const std::string& program);
  Observation finish();

  // Path calls for each program that was started, of the batch that was finished last; with the fast path those that
  // were repeated are not among them.
  std::size_t calls_per_program() const { return calls_per_program_; }

private:
  // Shared with the thread, which may be asleep in the kernel when this has to go.
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
