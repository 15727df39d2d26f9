// What a NotificationReader learns without a notification: the start of a program, told by whoever orders it, and the
// names that a program has noted in the memory of its fast path.
#include "runner/sandbox/observe/notification_reader.h"
#include "runner/sandbox/program_file.h"

#include <fcntl.h>
#include <optional>

namespace sluice::sandbox {

namespace {

std::optional<Kind> seen_kind(FastKind kind)
{
  switch (kind) {
  case FastKind::unknown:
    return std::nullopt;
  case FastKind::absent:
    return Kind::absent;
  case FastKind::file:
    return Kind::file;
  case FastKind::folder:
    return Kind::folder;
  case FastKind::link:
    return Kind::link;
  case FastKind::special:
    return Kind::special;
  }
  return std::nullopt;
}

} // namespace

// The lane is as it was before its first test: what the host has under a name that is no private one is what the
// program will be, also where changes would be copied on write.
bool NotificationReader::tell(const std::string& folder, const std::string& program)
{
  constexpr int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC;
  const WalkStart from{{}, {}, 0};
  const auto file_of = [&](const std::string& name) {
    return name.starts_with('/') ? record_.only_end(from, name, Kind::file) : std::string();
  };
  if (!folder.empty() && (folder.front() != '/' || record_.only_end(from, folder, Kind::folder).empty())) return false;
  const Interpreters interpreters =
    find_interpreters([&](const std::string& name) { return ::open(file_of(name).c_str(), flags); }, folder, program);
  if (!interpreters.gap.empty() || file_of(program).empty()) return false;
  for (const std::string& interpreter : interpreters.names)
    if (file_of(interpreter).empty()) return false;
  ++programs_;
  if (!folder.empty()) record_.ask(from, folder, FollowLast::yes);
  record_.execute(from, program, FollowLast::yes);
  for (const std::string& interpreter : interpreters.names) record_.execute(from, interpreter, FollowLast::yes);
  return true;
}

void NotificationReader::take_fast(const FastLog::Entry& entry)
{
  const WalkStart start{entry.folder, {}, 0};
  switch (entry.intent & k_fast_intent) {
  case k_fast_ask:
    return record_.ask_noted(start, entry.name, FollowLast::yes, std::nullopt);
  case k_fast_keep:
    return record_.ask_noted(start, entry.name, FollowLast::no, seen_kind(entry.kind));
  default:
    return record_.open_noted(start, entry.name,
                              ((entry.intent & k_fast_path_only) != 0 ? O_PATH : 0U) |
                                ((entry.intent & k_fast_no_follow) != 0 ? O_NOFOLLOW : 0U) |
                                ((entry.intent & k_fast_only_folder) != 0 ? O_DIRECTORY : 0U));
  }
}

void NotificationReader::drain_fast()
{
  if (!fast_) return;
  record_.begin_noted();
  fast_->drain([this](const FastLog::Entry& entry) { take_fast(entry); });
}

Observation NotificationReader::report()
{
  if (fast_) {
    record_.begin_noted();
    fast_->finish([this](const FastLog::Entry& entry) { take_fast(entry); });
    if (!fast_->gap().empty()) record_.gap(fast_->gap());
  }
  return record_.report();
}

} // namespace sluice::sandbox
