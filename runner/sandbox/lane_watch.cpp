#include "runner/sandbox/lane_watch.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
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

constexpr std::chrono::seconds k_gone_limit{5};
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

LaneWatch::LaneWatch(Fd listener, pid_t zygote, LaneView view, std::unique_ptr<FastLog> fast)
  : view_(std::move(view)), heard_(std::make_shared<Heard>())
{
  heard_->listener = std::move(listener);
  heard_->zygote = zygote;
  heard_->fast = std::move(fast);
  // Waking on the same processor is several times cheaper; older kernels do not know it.
  ::ioctl(heard_->listener.get(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  thread_ = std::thread([heard = heard_] {
    hear(*heard);
    const std::lock_guard lock(heard->mutex);
    heard->gone = true;
    heard->changed.notify_all();
  });
}

LaneWatch::~LaneWatch()
{
  heard_->stop = true;
  std::unique_lock lock(heard_->mutex);
  const bool gone = heard_->changed.wait_for(lock, k_gone_limit, [&] { return heard_->gone; });
  lock.unlock();
  if (gone) thread_.join();
  else thread_.detach();
}

void LaneWatch::begin()
{
  const std::lock_guard lock(heard_->mutex);
  heard_->observer.begin(view_, heard_->fast.get());
}

bool LaneWatch::tell(const std::string& folder, const std::string& program)
{
  const std::lock_guard lock(heard_->mutex);
  return heard_->observer.tell(folder, program);
}

Observation LaneWatch::finish()
{
  const std::lock_guard lock(heard_->mutex);
  Observation observation = heard_->observer.finish();
  const std::size_t calls = heard_->observer.notifications() + (heard_->fast ? heard_->fast->count() : 0);
  calls_per_program_ = calls / std::max<std::size_t>(heard_->observer.programs(), 1);
  return observation;
}

void LaneWatch::hear(Heard& heard)
{
  const int listener = heard.listener.get();
  const bool poll_first = receiver_sleeps_for_ever(); // asking before each call costs an eighth more
  while (!heard.stop) {
    if (poll_first) {
      pollfd ready{listener, POLLIN, 0};
      const int count = ::poll(&ready, 1, k_poll_limit);
      if (count > 0 && (ready.revents & POLLHUP)) return;
      if (count <= 0) continue;
    }
    seccomp_notif notification;
    std::memset(&notification, 0, sizeof notification);
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0) {
      if (errno == EINTR) continue;
      if (errno == ENOENT) {
        // The caller was killed before we read it, or everybody is gone.
        pollfd ready{listener, POLLIN, 0};
        if (::poll(&ready, 1, 0) > 0 && (ready.revents & POLLHUP)) return;
        continue;
      }
      const std::lock_guard lock(heard.mutex);
      heard.observer.lost(std::strerror(errno));
      return;
    }
    if (static_cast<pid_t>(notification.pid) == heard.zygote) {
      let_pass(listener, notification.id);
      continue;
    }
    const std::lock_guard lock(heard.mutex);
    if (heard.stop) return; // whoever made us may be gone
    heard.observer.handle(notification, listener);
  }
}

} // namespace sluice::sandbox
