// The observer's end of the memory that tests of one lane share with it (fast_protocol.h): hands it out, takes the
// names from it and says when something in it cannot be right. Tests write there what they like, at any moment: every
// byte is copied before it is judged. What a name means for the observation is not known here.
#pragma once

#include "runner/sandbox/fast_path/fast_choice.h"
#include "runner/sandbox/fast_path/fast_image.h"
#include "runner/sandbox/fast_path/fast_protocol.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::sandbox {

class FastLog {
public:
  // Null where the kernel lacks what it needs (files in memory, descriptors as answers: Linux 5.14). The images live
  // longer.
  static std::unique_ptr<FastLog> make(const FastImages& images);
  ~FastLog();
  FastLog(const FastLog&) = delete;
  FastLog& operator=(const FastLog&) = delete;

  // A batch starts; nothing of an earlier one runs any more. Only what was given away is made anew.
  void begin();

  // The memory, for a process that asked; nobody has it before.
  int give_memory();
  // See FastChoice.
  Fd library_for(pid_t pid, std::uint32_t arch) { return choice_.library_for(pid, arch, images_); }

  struct Entry {
    std::string_view folder; // for relative names; as WalkStart has it
    std::string_view name;
    std::uint8_t intent = 0; // k_fast_ask ...
    FastKind kind = FastKind::unknown;
  };
  using Take = std::function<void(const Entry&)>;
  // Hands over what was noted since the last time. `take` must not throw half-way and go on.
  void drain(const Take& take);
  // The same when nothing runs any more: what was begun and not finished is a gap now.
  void finish(const Take& take);
  // What cannot be right; empty: nothing.
  const std::string& gap() const { return gap_; }

  // Names noted since begin().
  std::size_t count() const { return drained_; }

  // Names may lead elsewhere from now on: those that are known must be noted again.
  void turn();
  // Names may mean something else from now on that is not followed here: everything is notified.
  void stop();
  // A thread is about to move itself or a folder. `says_so`: the library does, when it is done.
  void moves(pid_t thread, bool says_so);
  // Call for every notification of a thread: its previous call has returned.
  void heard_from(pid_t thread)
  {
    if (!moving_.empty()) settle(thread);
  }

private:
  FastLog(const FastImages& images, int file, void* memory);
  void reset();
  void settle(pid_t thread);
  enum class Slot { unfinished, wrong, right };
  Slot copy_slot(std::uint32_t number, FastSlot& slot);
  bool take_slot(std::uint32_t number, const Take& take);
  const std::string* folder(std::uint32_t number);
  void broken(std::string_view why);

  const FastImages& images_;
  FastChoice choice_;
  Fd file_;
  FastMemory* memory_;
  bool given_ = false;
  std::uint64_t stamp_ = 0;
  std::uint32_t generation_ = 0;
  std::uint32_t drained_ = 0;
  std::vector<std::uint32_t> pending_;                     // begun, not finished when we looked
  std::unordered_map<std::uint32_t, std::string> folders_; // by slot
  std::vector<pid_t> moving_;
  std::string text_;
  std::string gap_;
};

} // namespace sluice::sandbox
