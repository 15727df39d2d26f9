// A folder that exists for one question and is held by a lock: a folder without a holder was left by a process that was
// killed. It does not know what lies in it.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::cli {

class HeldFolder {
public:
  // Makes an empty folder below `state` whose name begins with `purpose`. Throws Error{world}.
  HeldFolder(const std::string& state, const std::string& purpose);
  ~HeldFolder(); // removes it
  HeldFolder(const HeldFolder&) = delete;
  HeldFolder& operator=(const HeldFolder&) = delete;

  const std::string& path() const { return path_; }

private:
  std::string path_;
  int descriptor_ = -1;
};

// Removes the folders of this purpose that nobody holds. Returns the number of bytes freed.
std::uintmax_t remove_unheld(const std::string& state, const std::string& purpose);

} // namespace sluice::cli
