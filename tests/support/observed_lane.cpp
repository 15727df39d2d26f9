#include "tests/support/observed_lane.h"

#include "runner/sandbox/fast_path/fast_log.h"
#include "runner/sandbox/fd.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::tests {

namespace {

using sandbox::Fd;

// In headers from 6.6 on.
constexpr unsigned long k_set_flags = SECCOMP_IOW(4, __u64);
constexpr __u64 k_sync_wake_up = 1;

int install(const std::vector<sock_filter>& code)
{
  const sock_fprog program{static_cast<unsigned short>(code.size()), const_cast<sock_filter*>(code.data())};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  const long fd =
    ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
  if (fd >= 0 || errno != EINVAL) return static_cast<int>(fd);
  return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program)); // before 5.19
}

struct Pipe {
  Pipe()
  {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    from = Fd(ends[0]);
    to = Fd(ends[1]);
  }
  Fd from;
  Fd to;
};

// Until the last process under the filter has ended.
void supervise(sandbox::Observer& observer, int listener, pid_t child, const LaneOptions& options)
{
  const auto end = std::chrono::steady_clock::now() + options.limit;
  while (true) {
    pollfd wait{listener, POLLIN, 0};
    const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) {
      observer.lost("the test took too long");
      ::kill(child, SIGKILL);
      return;
    }
    if (::poll(&wait, 1, static_cast<int>(left)) <= 0) continue;
    if ((wait.revents & POLLIN) == 0) return; // hung up
    seccomp_notif notification{};
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0) continue;
    if (options.handle) options.handle(observer, notification, listener);
    else observer.handle(notification, listener);
  }
}

} // namespace

bool LaneResult::exited_with(int code) const
{
  return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

LaneResult observe(const std::function<int()>& body, const LaneOptions& options)
{
  static const sandbox::FastImages images = sandbox::make_fast_images();
  const std::unique_ptr<sandbox::FastLog> fast = options.fast ? sandbox::FastLog::make(images) : nullptr;
  sandbox::FilterOptions filter = options.filter;
  if (fast) {
    filter.fast_page = sandbox::k_fast_page;
    filter.control_calls.push_back(sandbox::k_fast_call);
  }
  const std::vector<sock_filter> code = sandbox::path_filter(filter);
  Pipe up;
  Pipe down;
  sandbox::Observer observer;
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    // Pipes, since a message on a socket would itself be notified.
    const int listener = install(code);
    char go = 0;
    if (::write(up.to.get(), &listener, sizeof listener) != sizeof listener) ::_exit(126);
    if (listener < 0 || ::read(down.from.get(), &go, 1) != 1) ::_exit(126);
    ::close(listener);
    const std::string preload = options.preload.empty() ? sandbox::k_fast_library : options.preload;
    if (fast) ::setenv("LD_PRELOAD", preload.c_str(), 1);
    ::_exit(body());
  }
  LaneResult result;
  int number = -1;
  up.to.reset();
  if (::read(up.from.get(), &number, sizeof number) != sizeof number || number < 0) {
    ::waitpid(child, &result.status, 0);
    result.observation.incomplete = "the filter could not be installed";
    return result;
  }
  const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  const Fd listener(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), number, 0)));
  if (!listener) throw std::runtime_error("cannot take over the listener");
  ::ioctl(listener.get(), k_set_flags, k_sync_wake_up);
  observer.begin(options.view, fast.get());
  if (::write(down.to.get(), "", 1) != 1) throw std::runtime_error("the child is gone");
  supervise(observer, listener.get(), child, options);
  ::waitpid(child, &result.status, 0);
  result.notifications = observer.notifications();
  result.observation = observer.finish();
  if (fast) result.noted = fast->count();
  return result;
}

LaneResult observe_program(const std::vector<std::string>& arguments, const LaneOptions& options, bool loud)
{
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  return observe(
    [&] {
      if (!loud) {
        ::dup2(null.get(), 0);
        ::dup2(null.get(), 1);
        ::dup2(null.get(), 2);
      }
      ::execvp(pointers[0], pointers.data());
      return 127;
    },
    options);
}

std::string why_no_observation()
{
  const LaneResult result = observe([] { return 0; });
  return result.observation.incomplete;
}

} // namespace sluice::tests
