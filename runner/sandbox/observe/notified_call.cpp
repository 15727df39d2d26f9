#include "runner/sandbox/observe/notified_call.h"

#include "runner/sandbox/fast_path/fast_protocol.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>

namespace sluice::sandbox {

namespace {

constexpr __u32 k_send_with_descriptor = 1U << 1; // SECCOMP_ADDFD_FLAG_SEND

} // namespace

bool NotifiedCall::of_fast_path() const
{
  return instruction - k_fast_page < k_fast_page_size;
}

bool NotifiedCall::compat() const
{
  return arch == AUDIT_ARCH_I386;
}

std::uint64_t NotifiedCall::argument(std::int8_t index) const
{
  return compat() ? arguments[index] & 0xffffffff : arguments[index];
}

int NotifiedCall::descriptor(std::int8_t index) const
{
  return index == k_none ? AT_FDCWD : static_cast<int>(static_cast<std::uint32_t>(arguments[index]));
}

std::uint64_t NotifiedCall::flags() const
{
  return shape.flags == k_none ? 0 : argument(shape.flags) & 0xffffffff;
}

Reply::Sent Reply::proceed()
{
  if (done_) return sent_;
  done_ = true;
  seccomp_notif_resp response{};
  response.id = id_;
  response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  if (::ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0) sent_ = errno == ENOENT ? Sent::gone : Sent::lost;
  return sent_;
}

void Reply::give(int file)
{
  if (done_ || file < 0) return;
  seccomp_notif_addfd added{};
  added.id = id_;
  added.flags = k_send_with_descriptor;
  added.srcfd = static_cast<__u32>(file);
  added.newfd_flags = O_CLOEXEC;
  done_ = ::ioctl(listener_, SECCOMP_IOCTL_NOTIF_ADDFD, &added) >= 0;
}

} // namespace sluice::sandbox
