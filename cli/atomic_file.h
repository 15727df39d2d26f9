// Writes a file so that a reader sees the old bytes or all of the new ones, never a part.
// It does not know what the file is for; syncing costs milliseconds, which reports are worth.
#pragma once

#include <string>
#include <string_view>

namespace sluice::cli {

// A file that takes its place with commit(); without it, nothing is left behind. Throws Error{world}.
class AtomicFile {
public:
  // Makes the folder.
  explicit AtomicFile(std::string path);
  AtomicFile(AtomicFile&& other) noexcept;
  ~AtomicFile();

  void write(std::string_view bytes);
  // What was written is on disk under temporary().
  void close();
  void commit();

  const std::string& path() const { return path_; }
  const std::string& temporary() const { return temporary_; }

private:
  std::string path_, temporary_;
  int descriptor_ = -1;
};

// Writes beside `path`, syncs, renames; makes the folder. Throws Error{world}.
void write_atomically(const std::string& path, std::string_view bytes);

// Whole file; throws Error{world} with `what` in the message when it cannot be read.
std::string read_file(const std::string& path, std::string_view what);

} // namespace sluice::cli
