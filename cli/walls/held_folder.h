// A folder for the time of one question, held by a lock: what another process finds unheld was left by one that was
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

// Removes the folders of this purpose that nobody holds. Returns the bytes that it gave back.
std::uintmax_t remove_unheld(const std::string& state, const std::string& purpose);

} // namespace sluice::cli
