// The big process's end of one lane: starts its zygote, has the steps of a plan carried out, hands it one test at a
// time and hears how each ended. It blocks only while the lane is made; it does not know tests' ids, limits or
// observers.
#pragma once

#include "runner/executor.h"
#include "runner/sandbox/fd.h"
#include "runner/sandbox/lane_plan.h"
#include "runner/sandbox/observe/path_filter.h"
#include "runner/sandbox/zygote/zygote_protocol.h"

#include <functional>
#include <linux/filter.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <variant>
#include <vector>

namespace sluice::sandbox {

// Why there is no lane.
struct LaneFailure {
  std::string what; // "the host's files are read-only: Operation not permitted"
  int error = 0;
  bool essential_step = true; // false: the zygote itself could not be started, whatever the level
};

struct LaneOptions {
  int image = -1;                          // of the zygote's program
  std::vector<sock_filter> walls;          // see wall_filter.h
  std::vector<sock_filter> observation;    // see path_filter.h; empty: no listener
  Pass pass{};                             // that the filter lets by
  std::function<void(pid_t)> before_walls; // the lane's process exists and has done nothing yet: control groups
};

class Lane {
public:
  // Throws nothing: what cannot be made is data.
  static std::variant<std::unique_ptr<Lane>, LaneFailure> make(const LanePlan& plan, const LaneOptions& options);
  ~Lane(); // kills it and reaps it
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // To be watched for reading; never blocking.
  int control() const { return control_.get(); }
  int output() const { return output_.get(); }
  // The listener of the observation's filter, if there is one; given away by take_listener().
  bool has_listener() const { return listener_.get() >= 0; }
  Fd take_listener() { return std::move(listener_); }
  pid_t zygote() const { return zygote_; }

  // What is missing, in words, because a step failed: "tests see the host's devices: Operation not permitted".
  const std::vector<std::string>& losses() const { return losses_; }
  unsigned namespaces() const { return namespaces_; }
  bool lost_copy_on_write() const { return lost_copy_on_write_; }

  struct TestLimits {
    std::uint64_t cpu_seconds = 0;
    bool keep_written = false; // SandboxSpec::keep_written
  };
  // Whether the observer has been told what the command's start does.
  enum class Told : bool { no, yes };
  // False when the command is too long or the lane is gone (errno).
  bool run(const runner::Command& command, const TestLimits& limits, Told told);

  // How the test ended; nullopt while it runs. `gone` is set when there will be no more of it.
  std::optional<ZygoteReport> hear(bool& gone);

  void end(runner::Ending how);
  void kill();

private:
  Lane() = default;
  std::optional<LaneFailure> start(int image);
  std::optional<LaneFailure> build(const LanePlan& plan, const LaneOptions& options);
  bool write_orders(const LanePlan& plan, const LaneOptions& options);
  bool write_test(const runner::Command& command, const TestLimits& limits, Told told);
  bool send(Order order);
  std::optional<ZygoteReport> receive();
  std::optional<LaneFailure> failure(const LanePlan& plan, const std::optional<ZygoteReport>& report);
  void note_losses(const LanePlan& plan);

  Fd control_, output_, output_writer_, region_file_, listener_, pidfd_;
  char* region_ = nullptr;
  const std::int32_t* errors_ = nullptr;
  pid_t starter_ = 0; // outside of the namespaces; gone when the lane is made
  pid_t zygote_ = 0;
  unsigned namespaces_ = 0;
  bool lost_copy_on_write_ = false;
  std::vector<std::string> losses_;
  std::vector<std::string> environment_; // the plan's changes
};

} // namespace sluice::sandbox
