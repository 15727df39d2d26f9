// What a test printed, in bounded memory and on bounded disk: the head and the tail are kept, what lies between is
// counted. Excerpt is what goes into events and reports; OutputFile is the whole output, up to a limit, on disk.
// Neither knows tests or processes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::runner {

inline constexpr std::size_t k_excerpt_head = 16 * 1024;
inline constexpr std::size_t k_excerpt_tail = 16 * 1024;

class Excerpt {
public:
  explicit Excerpt(std::size_t head = k_excerpt_head, std::size_t tail = k_excerpt_tail)
    : head_most_(head), tail_most_(tail)
  {
  }

  void add(std::string_view bytes);
  void clear();

  std::uint64_t size() const { return size_; } // of all that was added
  bool complete() const { return size_ <= head_most_ + tail_most_; }

  // Head and tail, with one line between them that says how many bytes are left out; all bytes when complete.
  std::string text() const;
  // The last bytes: all that came after the head, as far as kept.
  std::string tail() const;

private:
  std::size_t head_most_;
  std::size_t tail_most_;
  std::uint64_t size_ = 0;
  std::string head_;
  std::string ring_; // the last bytes after the head; full: the oldest stands at ring_at_
  std::size_t ring_at_ = 0;
};

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
