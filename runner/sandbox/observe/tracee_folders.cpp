#include "runner/sandbox/observe/tracee_folders.h"

#include "runner/sandbox/observe/tracee.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/stat.h>

namespace sluice::sandbox {

namespace {

constexpr std::string_view k_deleted = " (deleted)";

} // namespace

void TraceeFolders::begin()
{
  names_.clear();
  names_.add("");
  ++epoch_; // nothing of working_ is of this one
  moving_.clear();
  roots_differ_ = false;
}

void TraceeFolders::moves(pid_t thread)
{
  ++epoch_;
  moving_.push_back(thread);
}

void TraceeFolders::settle(pid_t thread)
{
  const std::size_t before = moving_.size();
  erase_settled(moving_, thread);
  if (moving_.size() != before) ++epoch_; // what was remembered meanwhile may be of before or after
}

FolderId TraceeFolders::number(std::string_view name)
{
  if (name.size() > k_deleted.size() && name.ends_with(k_deleted)) {
    // A folder that was removed, unless it is really called that.
    struct stat status {};
    if (::lstat(std::string(name).c_str(), &status) != 0) name.remove_suffix(k_deleted.size());
  }
  while (!name.empty() && name.back() == '/') name.remove_suffix(1);
  return names_.add(name).index;
}

TraceeFolders::Folder TraceeFolders::working_folder(pid_t thread)
{
  Working& known = working_[static_cast<std::size_t>(thread) % working_.size()];
  const std::int64_t time = coarse_clock();
  if (known.thread == thread && known.epoch == epoch_ && time - known.read_at <= k_memory_milliseconds)
    return {Found::yes, known.folder};
  const std::string name = proc_link(thread, "cwd");
  if (name.empty() || name.front() != '/') return {Found::unknown, 0};
  const FolderId folder = number(name);
  // While somebody is on the way to another folder what we have read may be true for a moment only.
  if (moving_.empty()) known = {thread, epoch_, time, folder};
  return {Found::yes, folder};
}

TraceeFolders::Folder TraceeFolders::start_of(pid_t thread, int descriptor)
{
  if (descriptor == AT_FDCWD) return working_folder(thread);
  if (descriptor < 0) return {Found::no_folder, 0};
  const std::string name = proc_link(thread, fmt::format("fd/{}", descriptor));
  if (name.empty() || name.front() != '/') return {Found::no_folder, 0};
  return {Found::yes, number(name)};
}

TraceeFolders::Folder TraceeFolders::root_of(pid_t thread)
{
  if (!roots_differ_) return {Found::yes, 0};
  const std::string name = proc_link(thread, "root");
  if (name.empty() || name.front() != '/') return {Found::unknown, 0};
  return {Found::yes, number(name)};
}

} // namespace sluice::sandbox
