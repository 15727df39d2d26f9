// The folder of one run: .sluice/runs/ID with events.ndjson and the reports. The log is written as things happen and is
// locked while its run lives, so that another process can tell a killed run from a running one.
#pragma once

#include "model/run_event.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::cli {

class RunLog {
public:
  // Makes the folder and an empty log. `state` is .sluice. Throws Error{world}.
  explicit RunLog(const std::string& state);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  const std::string& id() const { return id_; }
  const std::string& directory() const { return directory_; }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  // Appends the event. What has happened is written before the next thing is begun or awaited; plans are written in one
  // go. Whoever awaits a thing calls settle() before.
  void append(const RunEvent& event);
  // Writes what is left, if there is more in it than announcements.
  void settle();
  void flush();

  // To take back what was appended since size() was asked. Needs no space on the disk.
  std::int64_t size() const;
  void cut_back(std::int64_t size);

private:
  std::string id_;
  std::string directory_;
  std::string buffer_;
  bool unsettled_ = false; // something that has happened is in the buffer
  int descriptor_ = -1;
};

// A run whose process is gone, found by its lock being free.
struct FinishedLog {
  std::string id;
  std::string path; // of events.ndjson
};

// Every run of which no process is left, oldest first.
std::vector<FinishedLog> finished_logs(const std::string& state);

// Every run there is, oldest first, whether its process is left or not.
std::vector<std::string> run_ids(const std::string& state);
bool is_running(const std::string& state, const std::string& run);

// The log of the run that `name` means: an id, a prefix of one that fits only one run, "latest", or the path of a file.
// Throws Error{usage}.
std::string find_log(const std::string& state, const std::string& name);

} // namespace sluice::cli
