// Reads what a notification is about from the process that waits for its answer, answers it as early as that is safe,
// and hands names and flags on to the record. It knows the shapes of system calls and the memory of processes; what a
// call means for the observation is the record's business.
#pragma once

#include "runner/sandbox/fast_path/fast_log.h"
#include "runner/sandbox/lane_view.h"
#include "runner/sandbox/observe/notified_call.h"
#include "runner/sandbox/observe/path_calls.h"
#include "runner/sandbox/observe/path_table.h"
#include "runner/sandbox/observe/record.h"
#include "runner/sandbox/observe/tracee.h"
#include "runner/sandbox/observe/tracee_folders.h"

#include <cstdint>
#include <linux/seccomp.h>
#include <string>
#include <string_view>

namespace sluice::sandbox {

class NotificationReader {
public:
  // `fast`: the memory of the lane's fast path, if it has one; lives longer.
  void begin(const LaneView& view, FastLog* fast);
  // See Observer.
  bool tell(const std::string& folder, const std::string& program);
  // The caller makes sure that `reply` is sent afterwards, whatever is thrown.
  void take(const seccomp_notif& notification, Reply& reply);
  // Nothing runs any more.
  Observation report();
  std::size_t count() const { return count_; }
  std::size_t programs() const { return programs_; }

private:
  // What a query asks for: queries with the same intent, start and name are one.
  enum class Intent : std::uint8_t { ask, open, execute };

  // A name in the memory of a process and where it starts. `key` is what makes it the same as another, in one piece.
  struct Name {
    struct Key {
      FolderId folder = 0;
      FolderId root = 0;
      std::uint32_t intent = 0;
    };
    Key key;
    PathBuffer path;
    pid_t pid = 0;

    std::string_view text() const { return path.view(); }
  };

  void dispatch(const NotifiedCall& call);
  // What was noted before goes first: reads are judged against what had been written until then.
  void drain_fast();
  void take_fast(const FastLog::Entry& entry);

  enum class Got : std::uint8_t { name, empty, nothing };
  Got get(const NotifiedCall& call, std::int8_t path, std::int8_t base, Name& name);
  // Where the text of `name` starts.
  bool locate(const NotifiedCall& call, int descriptor, Name& name);
  WalkStart start(const Name& name) const
  {
    return {folders_.name(name.key.folder), folders_.name(name.key.root), name.pid};
  }
  void gap_if_there(const NotifiedCall& call, std::string_view why);

  void query(const NotifiedCall& call, Intent intent, std::uint64_t open_flags, FollowLast follow);
  void answer_query(Intent intent, std::uint64_t open_flags, FollowLast follow);
  void open(const NotifiedCall& call);
  void execute(const NotifiedCall& call);
  void by_descriptor(const NotifiedCall& call);
  void enter(const NotifiedCall& call);
  void moves(const NotifiedCall& call);
  void make_link(const NotifiedCall& call);
  void two_names(const NotifiedCall& call);
  void send_message(const NotifiedCall& call);
  void socketcall(const NotifiedCall& call);
  void address(const NotifiedCall& call, std::uint64_t address, std::uint64_t size, bool binds);
  template <typename Change> void change(const NotifiedCall& call, Change change);

  // What every notification touches comes first: after each switch of processes a page more is felt.
  std::size_t count_ = 0;
  std::size_t programs_ = 0;
  PathTable seen_;  // queries that need not be walked again
  std::string key_; // reused
  std::uint32_t turns_ = 0;
  std::uint32_t fast_turns_ = 0; // those that the fast path knows of
  FastLog* fast_ = nullptr;
  TraceeMemory memory_;
  Record record_;
  Name first_; // of the call at hand
  TraceeFolders folders_;
  Name second_;
  LaneView view_;
};

} // namespace sluice::sandbox
