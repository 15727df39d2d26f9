// A sandbox executor over a small tree, for tests of lanes: starts shell scripts in it and gathers what comes of them.
#pragma once

#include "runner/sandbox/sandbox_executor.h"
#include "tests/unit/sandbox/executor_fixture.h"

namespace sluice::sandbox {

class LaneFixture : public ExecutorFixture {
protected:
  LaneFixture()
  {
    folder_.write("tree/file.txt", "source\n");
    std::filesystem::create_directories(folder_ / "home");
    std::filesystem::create_directories(folder_ / "bare");
    spec_.trees = {folder_ / "tree"};
    spec_.home = folder_ / "home";
    spec_.folders = folder_ / "bare";
    spec_.limits.processes = 400;
    executor_.reset();
  }

  // Before the first start.
  SandboxExecutor& make()
  {
    auto made = make_sandbox_executor(spec_);
    SandboxExecutor& made_here = *made;
    executor_ = std::move(made);
    results_.clear(); // numbers of processes begin anew
    return made_here;
  }
  bool make_full() { return make().prepare().level == SandboxLevel::full; }

  Command script(const std::string& text)
  {
    Command made = shell(text);
    made.environment.push_back("HOME=" + folder_ / "home");
    made.working_directory = folder_ / "tree";
    return made;
  }
  Result run_script(const std::string& text) { return run(script(text)); }

  // The hosts's ids of the zygotes that we have made.
  static std::vector<pid_t> zygotes()
  {
    std::vector<pid_t> pids;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
      std::ifstream children(entry.path() / "children");
      for (pid_t pid = 0; children >> pid;) pids.push_back(pid);
    }
    return pids;
  }

  SandboxSpec spec_;
};

} // namespace sluice::sandbox
