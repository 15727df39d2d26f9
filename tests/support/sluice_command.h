// The real program as a person starts it: Sluice(repo).run({"--base", "main"}). What comes back is what an outsider
// sees: the exit code, the words, and the files of the run. It links nothing of the program.
#pragma once

#include <map>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace sluice::tests {

// "run affected", "reuse", "reuse cut-off", "skip filtered": the decision and its cause, by test id.
using Decisions = std::map<std::string, std::string>;

struct SluiceResult {
  int code = -1; // 128 + signal when it was killed
  std::string out, err;
  std::string folder;                          // of the run; empty if there was none
  std::string junit;                           // of the run's own folder
  Decisions planned;                           // from the events
  std::map<std::string, std::string> outcomes; // of each test's first attempt; a later word on it counts
  std::vector<std::string> started;            // in order, one for each attempt
  std::string status;                          // "PASSED"; empty if the run was not finished
  std::vector<std::string> reasons;
};

// The tests that a plan or a run decided to execute, in order of their ids.
std::vector<std::string> to_run(const Decisions& decisions);

// A sluice that runs beside the test. It is killed if nobody waits for it.
class RunningSluice {
public:
  RunningSluice(pid_t pid, std::string repository, std::string words, std::vector<std::string> known);
  ~RunningSluice();
  RunningSluice(RunningSluice&& other) noexcept;
  RunningSluice& operator=(RunningSluice&&) = delete;

  void signal(int number) const;
  SluiceResult wait();

private:
  pid_t pid_;
  std::string repository_, words_;
  std::vector<std::string> known_; // the runs that there were before
};

class Sluice {
public:
  explicit Sluice(std::string repository) : repository_(std::move(repository)) {}

  Sluice& with(const std::string& name, const std::string& value);
  // Shell text that runs before the program, in its process: "ulimit -n 20".
  Sluice& after(const std::string& shell);
  // Where a process may not make namespaces of its own: only what level `bare` has can be had.
  Sluice& without_namespaces();

  // `sluice run --plain ...`
  SluiceResult run(std::vector<std::string> words = {});
  // Any command; the words begin with its name.
  SluiceResult command(const std::vector<std::string>& words);
  RunningSluice start(const std::vector<std::string>& words);
  // `sluice plan --json ...`, by test.
  Decisions plan(std::vector<std::string> words = {});

private:
  std::string repository_, prelude_, wrapper_;
  std::map<std::string, std::string> environment_;
};

// What the events of a run's folder say.
SluiceResult read_run(const std::string& folder);

// The folders of all runs of a repository, oldest first.
std::vector<std::string> run_folders(const std::string& repository);

// The number of attribute `name` of the element <testsuites>.
int junit_count(const std::string& xml, const std::string& name);

// Waits until the file exists and is not empty, a generous time; false if it never does.
bool appears(const std::string& file);

// What a shell command prints, and its exit code.
std::pair<int, std::string> shell(const std::string& command);

} // namespace sluice::tests
