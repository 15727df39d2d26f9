// What /proc says about processes: their children, their session, what they inherited.
// It decides nothing. No function here fails: a process that is gone is simply not there.
#pragma once

#include "runner/sandbox/fd.h"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace sluice::sandbox {

// The children of this process, including orphans that were reparented to it. Reading costs a few microseconds, so the
// executor can afford it after every test. The list is exact: a child stays in it until this process reaps it.
class OwnChildren {
public:
  // Construct it on the thread that starts programs.
  OwnChildren();
  void read(std::vector<pid_t>& pids);

private:
  std::vector<Fd> lists_; // of children of the starting thread, and of the main thread, which inherits orphans
  std::string text_;
};

// Children that this process has got since this object was made.
class Strangers {
public:
  Strangers() { children_.read(before_); }
  // Kills and reaps all of them except `own`, and every process that is reparented to us meanwhile. Gives up after
  // 50 ms.
  void end_all_but(const std::vector<pid_t>& own);

private:
  OwnChildren children_;
  std::vector<pid_t> before_;
};

// All descendants of `pid`, nearest first, without `pid`. Processes that are forked meanwhile may be missing.
std::vector<pid_t> descendants(pid_t pid);

// The session of the process; 0 if it is gone.
pid_t session_of(pid_t pid);

// True if the environment that the process was started with has exactly `assignment` ("NAME=value").
bool started_with(pid_t pid, std::string_view assignment);

} // namespace sluice::sandbox
