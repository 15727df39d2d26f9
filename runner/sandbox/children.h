// What /proc says about processes: who their children are, which session they are in, what they inherited.
// It decides nothing. A process that is gone is simply not there: no function here fails.
#pragma once

#include "runner/sandbox/fd.h"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace sluice::sandbox {

// The children of this process, orphans that were given to it included. Reading costs a few microseconds, so that the
// executor can afford it after every test. The list is exact: a child stays in it until this process reaps it.
class OwnChildren {
public:
  // To be made on the thread that starts programs.
  OwnChildren();
  void read(std::vector<pid_t>& pids);

private:
  std::vector<Fd> lists_; // of the starting thread, and of the main thread, which inherits orphans
  std::string text_;
};

// Children that came to this process since this object was made.
class Strangers {
public:
  Strangers() { children_.read(before_); }
  // Kills and reaps all of them but `own`, and what comes to us by that. Gives up after 50 ms.
  void end_all_but(const std::vector<pid_t>& own);

private:
  OwnChildren children_;
  std::vector<pid_t> before_;
};

// All descendants of `pid`, nearest first, without itself. What forks meanwhile may be missed.
std::vector<pid_t> descendants(pid_t pid);

// 0 when the process is gone.
pid_t session_of(pid_t pid);

// True if the environment that the process was started with has exactly `assignment` ("NAME=value").
bool started_with(pid_t pid, std::string_view assignment);

} // namespace sluice::sandbox
