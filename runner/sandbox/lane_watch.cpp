#include "runner/sandbox/lane_watch.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

namespace sluice::sandbox {

namespace {

constexpr int k_poll_limit = 200; // milliseconds; only bounds how late a stop is seen

// Before 6.11 a receiver sleeps on when the last process of the lane has ended.
bool receiver_sleeps_for_ever()
{
  utsname system{};
  int major = 0, minor = 0;
  ::uname(&system);
  std::sscanf(system.release, "%d.%d", &major, &minor);
  return major < 6 || (major == 6 && minor < 11);
}

void let_pass(int listener, std::uint64_t id)
{
  seccomp_notif_resp response{};
  response.id = id;
  response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response); // ENOENT: it was killed meanwhile
}

} // namespace

LaneWatch::LaneWatch(int listener, pid_t zygote, LaneView view, std::unique_ptr<FastLog> fast)
  : listener_(listener), zygote_(zygote), view_(std::move(view)), fast_(std::move(fast)),
    poll_first_(receiver_sleeps_for_ever())
{
  // Waking on the same processor is several times cheaper; older kernels do not know it.
  ::ioctl(listener_, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  thread_ = std::thread([this] { hear(); });
}

LaneWatch::~LaneWatch()
{
  stop_ = true;
  thread_.join();
}

void LaneWatch::begin()
{
  const std::lock_guard lock(mutex_);
  observer_.begin(view_, fast_.get());
}

bool LaneWatch::tell(const std::string& folder, const std::string& program)
{
  const std::lock_guard lock(mutex_);
  return observer_.tell(folder, program);
}

Observation LaneWatch::finish()
{
  const std::lock_guard lock(mutex_);
  Observation observation = observer_.finish();
  const std::size_t calls = observer_.notifications() + (fast_ ? fast_->count() : 0);
  calls_per_program_ = calls / std::max<std::size_t>(observer_.programs(), 1);
  return observation;
}

void LaneWatch::hear()
{
  while (!stop_) {
    if (poll_first_) {
      pollfd ready{listener_, POLLIN, 0};
      const int count = ::poll(&ready, 1, k_poll_limit);
      if (count > 0 && (ready.revents & POLLHUP)) return;
      if (count <= 0) continue;
    }
    seccomp_notif notification;
    std::memset(&notification, 0, sizeof notification);
    if (::ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0) {
      if (errno == EINTR) continue;
      if (errno == ENOENT) {
        // The caller was killed before we read it, or everybody is gone.
        pollfd ready{listener_, POLLIN, 0};
        if (::poll(&ready, 1, 0) > 0 && (ready.revents & POLLHUP)) return;
        continue;
      }
      const std::lock_guard lock(mutex_);
      observer_.lost(std::strerror(errno));
      return;
    }
    if (static_cast<pid_t>(notification.pid) == zygote_) {
      let_pass(listener_, notification.id);
      continue;
    }
    const std::lock_guard lock(mutex_);
    observer_.handle(notification, listener_);
  }
}

} // namespace sluice::sandbox
