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

  // Adds the event to a buffer, which is written when it is full. Call settle() before starting or waiting for
  // anything: the log on disk must not lag behind what has happened. These three throw Error{world} if the log cannot
  // be written.
  void append(const RunEvent& event);
  // Writes the buffer, unless it holds only announcements (plans), which may wait.
  void settle();
  // Writes the buffer.
  void flush();

  // cut_back(size) takes back everything that was appended since size() returned `size` (bytes on disk: flush()
  // before). It needs no space on the disk. Throws Error{world}.
  std::int64_t size() const;
  void cut_back(std::int64_t size);

private:
  std::string id_;
  std::string directory_;
  std::string buffer_;
  bool unsettled_ = false; // the buffer holds more than announcements
  int descriptor_ = -1;
};

// A run whose process has ended: the lock of its log is free.
struct FinishedLog {
  std::string id;
  std::string path; // of events.ndjson
};

// Every run whose process has ended, oldest first.
std::vector<FinishedLog> finished_logs(const std::string& state);

// Every run, oldest first, running ones included.
std::vector<std::string> run_ids(const std::string& state);
bool is_running(const std::string& state, const std::string& run);

// The log of the run that `name` means: an id, a prefix of one that fits only one run, "latest", or the path of a file.
// Throws Error{usage}.
std::string find_log(const std::string& state, const std::string& name);

} // namespace sluice::cli
