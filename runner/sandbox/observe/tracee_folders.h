// The folders from which a process's relative names start: its working folder, its descriptors, its root. Working
// folders are remembered by thread until a thread of the lane moves. Descriptors are read each time, since they may be
// closed and opened again unseen. It records nothing and does not know what the names are for.
#pragma once

#include "runner/sandbox/observe/path_table.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace sluice::sandbox {

using FolderId = std::uint32_t; // into TraceeFolders; 0 is the root folder

class TraceeFolders {
public:
  TraceeFolders() { begin(); }
  void begin();

  // Call for every notification of a thread: its previous call has returned.
  void heard_from(pid_t thread)
  {
    if (!moving_.empty()) settle(thread);
  }
  // The thread is about to change its working folder, and that of whoever shares it, or the name of a folder above one.
  void moves(pid_t thread);
  // Somebody may have another root than the lane's from now on.
  void changes_root() { roots_differ_ = true; }

  enum class Found : std::uint8_t {
    yes,
    no_folder, // a descriptor that is closed or no file: the kernel looks nothing up
    unknown,   // cannot be learnt
  };
  struct Folder {
    Found found = Found::unknown;
    FolderId id = 0;
  };
  // `descriptor` as openat() takes it: AT_FDCWD is the working folder.
  Folder start_of(pid_t thread, int descriptor);
  Folder root_of(pid_t thread);

  // Absolute, no "/" at the end; "" is the root.
  std::string_view name(FolderId folder) const { return names_[folder]; }

private:
  struct Working {
    pid_t thread = 0;
    std::uint32_t epoch = 0;
    std::int64_t read_at = 0;
    FolderId folder = 0;
  };
  Folder working_folder(pid_t thread);
  FolderId number(std::string_view name);
  void settle(pid_t thread);

  // What every notification touches comes first, to lie on one page.
  std::vector<pid_t> moving_;
  bool roots_differ_ = false;
  std::uint32_t epoch_ = 1;
  PathTable names_;
  std::array<Working, 1024> working_; // by thread, the last that had the place
};

} // namespace sluice::sandbox
