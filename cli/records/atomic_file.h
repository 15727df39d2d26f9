// Writes a file so that a reader sees the old bytes or all of the new ones, never a part; and reads whole files.
// It does not know what the file is for; syncing costs milliseconds, which reports are worth.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::cli {

// Throws Error{usage} if the file lies in a working tree of git by its name, and out of it by a link to one of its
// folders: the change or its build may have made that. So it does if the file is a link itself that is to be followed.
enum class FileLink { replaced, followed };
void require_own_place(const std::string& file, FileLink link = FileLink::replaced);

// A file that takes its place with commit(); without it, nothing is left behind. Throws Error{world}.
class AtomicFile {
public:
  // Makes the folder. Throws Error{usage} as require_own_place() does.
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

// Whole file; throws Error{world} with `what` in the message when it cannot be read, is a device or has no end.
std::string read_file(const std::string& path, std::string_view what);

// A file that a change may have put there: nothing in it can make us wait or take our memory. nullopt if there is none;
// throws Error{configuration} "NAME is …" for what is no regular file or larger than 16 MiB.
std::optional<std::string> read_small_file(const std::string& path, std::string_view name);

} // namespace sluice::cli
