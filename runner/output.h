// What a test printed, on bounded disk: the whole output up to a limit; beyond it the tail is kept, and what lies
// between is counted. What goes into events and reports is an Excerpt. It knows neither tests nor processes.
#pragma once

#include "model/excerpt.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::runner {

// The output of one process. The file is made when there is more than an excerpt holds, and removed again unless keep()
// is called. A disk that fails only loses the file.
class OutputFile {
public:
  // `path` must not exist; at most `limit` bytes of output are written to it, the last of them the tail.
  OutputFile(std::string path, std::uint64_t limit);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void add(std::string_view bytes);
  // No more will come: writes the tail of what was over the limit, after one line that counts what is left out.
  void finish();
  void keep() { kept_ = true; }
  bool exists() const { return file_ != nullptr; }

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void write(std::string_view bytes);

  std::string path_;
  std::uint64_t limit_;
  std::uint64_t written_ = 0;
  Excerpt excerpt_;  // while there is no file
  Excerpt overflow_; // what the file has no room for; only its tail is kept
  std::unique_ptr<std::FILE, Close> file_;
  bool failed_ = false;
  bool kept_ = false;
};

} // namespace sluice::runner
