#include "runner/sandbox/observe/notification_reader.h"

#include "runner/sandbox/program_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <optional>
#include <sys/ioctl.h>

namespace sluice::sandbox {

namespace {

constexpr std::uint64_t k_open_tree_clone = 1;

FollowLast follow_last(const NotifiedCall& call)
{
  switch (call.shape.last) {
  case Last::follow:
    return FollowLast::yes;
  case Last::keep:
    return FollowLast::no;
  case Last::at_flags:
    return (call.flags() & AT_SYMLINK_NOFOLLOW) != 0 ? FollowLast::no : FollowLast::yes;
  case Last::at_keep:
    return (call.flags() & AT_SYMLINK_FOLLOW) != 0 ? FollowLast::yes : FollowLast::no;
  case Last::open_flags:
    break; // Record::open() decides
  }
  return FollowLast::yes;
}

// Names that can mean something else for each process and at each moment: they are walked while the process waits.
bool is_momentary(const TraceeFolders& folders, FolderId folder, std::string_view text)
{
  if (text.front() == '/')
    return text.starts_with("/proc/") || text.starts_with("/dev/fd") || text.starts_with("/dev/std");
  const std::string_view start = folders.name(folder);
  return start.starts_with("/proc") || start.starts_with("/dev");
}

} // namespace

void NotificationReader::begin(const LaneView& view, FastLog* fast)
{
  fast_ = fast;
  fast_turns_ = 0;
  if (fast_) fast_->begin();
  if (view_ != view) view_ = view;
  record_.begin(view);
  folders_.begin();
  memory_.begin();
  seen_.clear();
  turns_ = 0;
  count_ = programs_ = 0;
}

// Reads the string and finds the folder it starts from, while the process waits.
NotificationReader::Got NotificationReader::get(const NotifiedCall& call, std::int8_t path, std::int8_t base,
                                                Name& name)
{
  switch (memory_.read_path(call.pid, call.argument(path), name.path)) {
  case ReadResult::done:
    break;
  case ReadResult::null: // the kernel fails, or works on the descriptor alone
  case ReadResult::too_long:
    return Got::nothing;
  case ReadResult::unreadable:
    gap_if_there(call, fmt::format("{}: its memory cannot be read", call.shape.name));
    return Got::nothing;
  }
  if (!locate(call, call.descriptor(base), name)) return Got::nothing;
  return name.path.size == 0 ? Got::empty : Got::name;
}

bool NotificationReader::locate(const NotifiedCall& call, int descriptor, Name& name)
{
  name.pid = call.pid;
  name.key = {};
  const TraceeFolders::Folder root = folders_.root_of(call.pid);
  TraceeFolders::Folder folder{TraceeFolders::Found::yes, 0};
  if (name.path.size != 0 && name.path.bytes[0] != '/') folder = folders_.start_of(call.pid, descriptor);
  if (folder.found == TraceeFolders::Found::no_folder) return false;
  if (folder.found == TraceeFolders::Found::unknown || root.found != TraceeFolders::Found::yes) {
    gap_if_there(call, fmt::format("{}: its working folder cannot be learnt", call.shape.name));
    return false;
  }
  name.key.folder = folder.id;
  name.key.root = root.id;
  return true;
}

// A reason counts only if the process was there to give it.
void NotificationReader::gap_if_there(const NotifiedCall& call, std::string_view why)
{
  if (call.reply.proceed() == Reply::Sent::yes) record_.gap(why);
}

void NotificationReader::query(const NotifiedCall& call, Intent intent, std::uint64_t open_flags, FollowLast follow)
{
  const bool momentary = is_momentary(folders_, first_.key.folder, first_.text());
  if (!momentary && call.reply.proceed() == Reply::Sent::gone) return;
  if (momentary) return answer_query(intent, open_flags, follow);
  if (turns_ != record_.turns()) {
    seen_.clear();
    turns_ = record_.turns();
  }
  // Of the flags only those matter that change what is recorded.
  constexpr std::uint64_t telling = O_PATH | O_NOFOLLOW | O_DIRECTORY;
  first_.key.intent = static_cast<std::uint32_t>(intent) | (follow == FollowLast::yes ? 4U : 0U) |
                      static_cast<std::uint32_t>((open_flags & telling) << 3);
  key_.assign(reinterpret_cast<const char*>(&first_.key), sizeof first_.key);
  key_.append(first_.text());
  if (seen_.add(key_).is_new) answer_query(intent, open_flags, follow);
}

void NotificationReader::answer_query(Intent intent, std::uint64_t open_flags, FollowLast follow)
{
  switch (intent) {
  case Intent::ask:
    return record_.ask(start(first_), first_.text(), follow);
  case Intent::open:
    return record_.open(start(first_), first_.text(), open_flags);
  case Intent::execute:
    return record_.execute(start(first_), first_.text(), follow);
  }
}

// What changes something is walked before it happens.
template <typename Change> void NotificationReader::change(const NotifiedCall& call, Change change)
{
  drain_fast();
  const Got got = get(call, call.shape.path, call.shape.base, first_);
  if (got == Got::name) change(start(first_), first_.text());
}

void NotificationReader::open(const NotifiedCall& call)
{
  std::uint64_t flags = call.flags();
  if (call.shape.verb == Verb::create) flags = O_CREAT | O_WRONLY | O_TRUNC;
  const Got got = get(call, call.shape.path, call.shape.base, first_);
  if (call.shape.verb == Verb::open_how) {
    open_how how{};
    const std::size_t size = std::min<std::uint64_t>(call.argument(3), sizeof how);
    if (!memory_.read_record(call.pid, call.argument(call.shape.flags), &how, size))
      return gap_if_there(call, "openat2: its memory cannot be read");
    flags = how.flags;
    if ((how.resolve & RESOLVE_IN_ROOT) != 0 && got == Got::name) {
      const TraceeFolders::Folder root = folders_.start_of(call.pid, call.descriptor(call.shape.base));
      if (root.found == TraceeFolders::Found::unknown) return gap_if_there(call, "openat2: its root cannot be learnt");
      if (root.found == TraceeFolders::Found::no_folder) return;
      first_.key.folder = first_.key.root = root.id;
    }
  }
  if (got != Got::name) return;
  if (fast_ && first_.text() == k_fast_library) call.reply.give(fast_->library_for(call.pid, call.arch).get());
  if (only_reads(flags) || (flags & O_PATH) != 0) return query(call, Intent::open, flags, FollowLast::yes);
  drain_fast();
  record_.open(start(first_), first_.text(), flags);
}

void NotificationReader::execute(const NotifiedCall& call)
{
  const Got got = get(call, call.shape.path, call.shape.base, first_);
  ++programs_;
  memory_.executes(call.pid);
  drain_fast();
  if (got == Got::nothing) return;
  if (got == Got::empty) {
    if ((call.flags() & AT_EMPTY_PATH) == 0) return;
    by_descriptor(call);
  } else {
    record_.execute(start(first_), first_.text(), follow_last(call));
  }
  const std::string_view root = folders_.name(first_.key.root);
  std::string_view folder = folders_.name(first_.key.folder);
  if (folder.starts_with(root)) folder.remove_prefix(root.size());
  std::string program(first_.text());
  if (program.front() != '/') program = fmt::format("{}/{}", folder, program);
  // A relative "#!" starts at the working folder, which need not be where `program` starts.
  const TraceeFolders::Folder working = folders_.start_of(call.pid, AT_FDCWD);
  const Interpreters interpreters = find_interpreters(
    call.pid, folders_.name(working.id).substr(std::min(root.size(), folders_.name(working.id).size())),
    std::move(program));
  if (!interpreters.gap.empty()) gap_if_there(call, interpreters.gap);
  const WalkStart from{folders_.name(working.id), root, call.pid};
  for (const std::string& interpreter : interpreters.names) record_.execute(from, interpreter, FollowLast::yes);
}

// execveat() and linkat() with an empty name: the file is the one that is open there, perhaps only with O_PATH.
void NotificationReader::by_descriptor(const NotifiedCall& call)
{
  const std::string name = fmt::format("/proc/self/fd/{}", call.descriptor(call.shape.base));
  std::memcpy(first_.path.bytes, name.data(), name.size());
  first_.path.size = name.size();
  first_.key.folder = first_.key.root = 0;
  const TraceeFolders::Folder root = folders_.root_of(call.pid);
  if (root.found == TraceeFolders::Found::yes) first_.key.root = root.id;
  record_.execute({{}, {}, call.pid}, first_.text(), FollowLast::yes);
}

void NotificationReader::enter(const NotifiedCall& call)
{
  if (call.shape.verb == Verb::change_root) folders_.changes_root();
  if (fast_ && call.shape.verb == Verb::change_root) fast_->stop();
  if (call.shape.verb != Verb::enter_fd)
    change(call, [&](const WalkStart& from, std::string_view name) { record_.ask(from, name, FollowLast::yes); });
  if (call.shape.verb != Verb::change_root) moves(call);
}

// Working folders that are remembered may be others when the call has been made.
void NotificationReader::moves(const NotifiedCall& call)
{
  folders_.moves(call.pid);
  if (fast_) fast_->moves(call.pid, call.of_fast_path());
}

void NotificationReader::make_link(const NotifiedCall& call)
{
  if (memory_.read_path(call.pid, call.argument(call.shape.path), first_.path) != ReadResult::done) return;
  drain_fast();
  if (get(call, call.shape.path2, call.shape.base2, second_) == Got::name)
    record_.make_link(start(second_), second_.text(), first_.text());
}

void NotificationReader::two_names(const NotifiedCall& call)
{
  drain_fast();
  const Got from = get(call, call.shape.path, call.shape.base, first_);
  if (get(call, call.shape.path2, call.shape.base2, second_) != Got::name) return;
  if (from == Got::empty && (call.flags() & AT_EMPTY_PATH) != 0 && call.shape.verb == Verb::link) {
    by_descriptor(call);
    return record_.make(start(second_), second_.text());
  }
  if (from != Got::name) return;
  const Record::End old_end{start(first_), first_.text()};
  const Record::End new_end{start(second_), second_.text()};
  if (call.shape.verb == Verb::link) return record_.link(old_end, follow_last(call), new_end);
  record_.rename(old_end, new_end);
  moves(call); // a folder above somebody's working folder may have another name now
}

// Length: one row for each verb, as the table has them.
void NotificationReader::dispatch(const NotifiedCall& call)
{
  const FollowLast follow = follow_last(call);
  switch (call.shape.verb) {
  case Verb::open:
  case Verb::open_how:
  case Verb::create:
    return open(call);
  case Verb::ask_tree:
    if ((call.flags() & k_open_tree_clone) != 0 && may(call.pid, CAP_SYS_ADMIN))
      gap_if_there(call, "it made a mount of its own (open_tree)");
    [[fallthrough]];
  case Verb::ask:
  case Verb::read_link:
    if (get(call, call.shape.path, call.shape.base, first_) == Got::name) query(call, Intent::ask, 0, follow);
    return;
  case Verb::execute:
    return execute(call);
  case Verb::enter:
  case Verb::enter_fd:
  case Verb::change_root:
    return enter(call);
  case Verb::make:
    return change(call, [&](const WalkStart& from, std::string_view name) { record_.make(from, name); });
  case Verb::make_link:
    return make_link(call);
  case Verb::link:
  case Verb::rename:
    return two_names(call);
  case Verb::remove:
    return change(call, [&](const WalkStart& from, std::string_view name) { record_.remove(from, name); });
  case Verb::alter:
    return change(call, [&](const WalkStart& from, std::string_view name) { record_.alter(from, name, follow); });
  case Verb::cut:
    return change(call, [&](const WalkStart& from, std::string_view name) { record_.cut(from, name); });
  case Verb::bind:
    return address(call, call.argument(1), call.argument(2), true);
  case Verb::connect:
    return address(call, call.argument(1), call.argument(2), false);
  case Verb::send_to:
    return address(call, call.argument(4), call.argument(5), false);
  case Verb::send_message:
    return send_message(call);
  case Verb::socketcall:
    return socketcall(call);
  case Verb::mount:
    if (may(call.pid, CAP_SYS_ADMIN))
      gap_if_there(call, fmt::format("it may have changed mounts ({})", call.shape.name));
    return;
  case Verb::opaque:
    return gap_if_there(call, fmt::format("it used {}", call.shape.name));
  case Verb::refuse_enosys:
  case Verb::refuse_eperm:
    return; // answered by the filter
  }
}

void NotificationReader::take(const seccomp_notif& notification, Reply& reply)
{
  ++count_;
  const seccomp_data& data = notification.data;
  const auto pid = static_cast<pid_t>(notification.pid);
  if (fast_ && pid != 0 && data.nr == static_cast<int>(k_fast_call) && data.arch == AUDIT_ARCH_X86_64)
    return reply.give(fast_->give_memory());
  const bool known_arch = data.arch == AUDIT_ARCH_X86_64 || data.arch == AUDIT_ARCH_I386;
  const PathCall* const shape = known_arch ? find_path_call(data.arch, data.nr) : nullptr;
  if (!shape || pid == 0) {
    record_.gap(pid == 0 ? std::string("a process of another PID namespace")
                         : fmt::format("unknown system call {} of architecture {:#x}", data.nr, data.arch));
    return;
  }
  folders_.heard_from(pid);
  memory_.heard_from(pid);
  if (fast_) fast_->heard_from(pid);
  dispatch({*shape, pid, data.arch, data.args, reply, data.instruction_pointer});
  // Before the answer: links that were made lead elsewhere from then on.
  if (fast_ && fast_turns_ != record_.turns()) {
    fast_turns_ = record_.turns();
    fast_->turn();
  }
}

} // namespace sluice::sandbox
