// A lane's private folder for the files of one batch after another: made once, emptied after each batch that put
// something in it. Making and removing a folder for each of ten thousand small tests would cost more than asking
// whether it is still empty.
#pragma once

#include <string>

namespace sluice::runner {

class ScratchFolder {
public:
  // Makes the folder. Throws Error{world}.
  explicit ScratchFolder(std::string path);
  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ScratchFolder& operator=(ScratchFolder&&) = delete;

  const std::string& path() const { return path_; }

  // Empty and there again, whatever the batch did to it; under another path if something in it resists. No link in it
  // or in its place is followed. Throws Error{world} when no folder can be had.
  void empty();

private:
  void make();
  void remove();
  bool untouched() const;

  std::string wanted_;
  std::string path_; // that, with a number where something is in the way
  int folder_ = -1;
};

} // namespace sluice::runner
