// Processes that are reparented to us because their parents ended (we are their subreaper): finds the test that they
// belong to, and ends them. After the leader of a tree has ended, everything left of the tree is below such orphans, so
// ending orphans until none is left ends the tree.
//
// Ownership is decided by the first that answers: found below a known member of the tree, session, the mark in the
// environment it was started with, elimination (only one process ran that it can come from). An orphan that several
// running processes may own is left alone until one of them is left. It does not know descriptors or events.
#pragma once

#include "runner/executor.h"
#include "runner/sandbox/children.h"

#include <chrono>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

namespace sluice::sandbox {

// A started process that has not been reported as ended.
struct Tree {
  runner::ProcessId id{};
  pid_t leader = 0;
  bool leader_reaped = false;
};

class Orphans {
public:
  // Children that this process already has belong to other code and are never touched.
  Orphans();

  // "SLUICE_PROCESS=..." for the environment of one process. Runs inside runs keep the outer mark as a prefix.
  std::string mark(runner::ProcessId process) const;

  // Looks at our children: reaps orphans that have ended, and finds the owners of new ones.
  void scan(const std::vector<Tree>& trees);

  // Living orphans of the process that nobody has killed yet; all living ones.
  std::size_t unexpected(runner::ProcessId owner) const;
  std::size_t living(runner::ProcessId owner) const;

  // Sends the signal to the tree below `leader` (0: it has ended) and to every orphan of the process with what is
  // below it, groups or sessions notwithstanding.
  void signal(runner::ProcessId owner, pid_t leader, int signal);

  // The process is reported as ended: returns the processor time of its reaped orphans.
  std::chrono::microseconds finish(runner::ProcessId owner);

private:
  struct Orphan {
    std::optional<runner::ProcessId> owner;
    std::vector<runner::ProcessId> candidates; // while there is no owner
    bool killed = false;
  };

  bool known(pid_t pid, const std::vector<Tree>& trees) const;
  bool reap(pid_t pid, std::optional<runner::ProcessId> owner);
  Orphan classify(pid_t pid, const std::vector<Tree>& trees) const;
  void settle_candidates(runner::ProcessId gone);
  void signal_each(runner::ProcessId owner, const std::vector<pid_t>& pids, pid_t reached_group, int signal);

  OwnChildren children_;
  std::vector<pid_t> listed_; // reused
  std::vector<pid_t> foreign_;
  std::string mark_prefix_;
  std::unordered_map<pid_t, Orphan> orphans_;
  std::unordered_map<pid_t, runner::ProcessId> claims_; // seen below a member of the tree, and signalled there
  std::unordered_map<std::uint64_t, std::chrono::microseconds> cpu_;
};

std::chrono::microseconds cpu_of(const rusage& usage);

} // namespace sluice::sandbox
