// A process executor with real processes: starts shell commands and gathers what comes of them.
#pragma once

#include "runner/sandbox/process_executor.h"
#include "tests/support/temp_dir.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <signal.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <variant>
#include <vector>

namespace sluice::sandbox {

using namespace std::chrono_literals;
using runner::Command;
using runner::Ended;
using runner::Ending;
using runner::Output;
using runner::ProcessEvent;
using runner::ProcessId;
using runner::StartFailure;
using runner::StopRequest;

class ExecutorFixture : public ::testing::Test {
protected:
  struct Result {
    std::string output;
    std::optional<Ended> ended;
  };

  static Command command(std::vector<std::string> arguments)
  {
    Command made;
    made.arguments = std::move(arguments);
    made.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/"};
    return made;
  }
  static Command shell(const std::string& script) { return command({"/bin/sh", "-c", script}); }

  ProcessId start(const Command& what)
  {
    auto started = executor_->start(what);
    if (auto* failure = std::get_if<StartFailure>(&started)) ADD_FAILURE() << failure->message;
    return std::get<ProcessId>(started);
  }

  StartFailure start_failing(const Command& what)
  {
    auto started = executor_->start(what);
    if (auto* failure = std::get_if<StartFailure>(&started)) return *failure;
    ADD_FAILURE() << "it started";
    finish(std::get<ProcessId>(started));
    return {};
  }

  // One round of waiting, at most for `most`.
  void hear(std::chrono::milliseconds most = 20'000ms)
  {
    std::vector<ProcessEvent> events;
    executor_->wait(std::chrono::steady_clock::now() + most, events);
    for (ProcessEvent& event : events) {
      if (const auto* output = std::get_if<Output>(&event)) results_[output->process].output += output->bytes;
      else if (const auto* ended = std::get_if<Ended>(&event)) results_[ended->process].ended = *ended;
      else stops_.push_back(std::get<StopRequest>(event).signal);
    }
  }

  Result finish(ProcessId process)
  {
    for (int round = 0; round < 10'000 && !results_[process].ended; ++round) hear();
    if (!results_[process].ended) ADD_FAILURE() << "it never ended";
    return results_[process];
  }

  void wait_for_output(ProcessId process, const std::string& text)
  {
    const Result& result = results_[process];
    for (int round = 0; round < 10'000 && !result.ended && result.output.find(text) == std::string::npos; ++round)
      hear();
    if (result.output.find(text) == std::string::npos) ADD_FAILURE() << "it ended without: " << text;
  }

  Result run(const Command& what) { return finish(start(what)); }
  Result run(const std::string& script) { return run(shell(script)); }

  // The number in the file, once it is there.
  pid_t pid_in(const std::string& name)
  {
    for (int round = 0; round < 2'000; ++round, std::this_thread::sleep_for(5ms)) {
      const std::string text = folder_.read(name);
      if (!text.empty() && text.back() == '\n') return std::stoi(text);
    }
    ADD_FAILURE() << "no number in " << name;
    return 0;
  }
  static bool alive(pid_t pid) { return ::kill(pid, 0) == 0; }
  static std::size_t open_descriptors()
  {
    const std::filesystem::directory_iterator folder("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
  }

  tests::TempDir folder_;
  std::unique_ptr<runner::Executor> executor_ = make_process_executor();
  std::map<ProcessId, Result> results_;
  std::vector<int> stops_;
};

} // namespace sluice::sandbox
