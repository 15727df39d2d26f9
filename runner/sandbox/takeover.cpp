#include "runner/sandbox/takeover.h"

#include "model/error.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace sluice::sandbox {

Takeover::Takeover()
{
  sigset_t stops;
  ::sigemptyset(&stops);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&stops, signal);
  signals_ = Fd(::signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throw Error(ErrorKind::world, fmt::format("cannot listen for signals: {}", std::strerror(errno)));
  ::pthread_sigmask(SIG_BLOCK, &stops, &mask_before_);

  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &by_default, &child_before_);

  ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper_before_);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);

  ::getrlimit(RLIMIT_CORE, &core_before_);
  rlimit no_core = core_before_;
  no_core.rlim_cur = 0;
  ::setrlimit(RLIMIT_CORE, &no_core);
}

Takeover::~Takeover()
{
  ::setrlimit(RLIMIT_CORE, &core_before_);
  ::prctl(PR_SET_CHILD_SUBREAPER, subreaper_before_);
  ::sigaction(SIGCHLD, &child_before_, nullptr);
  ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

std::optional<int> Takeover::next_signal()
{
  signalfd_siginfo info;
  if (::read(signals_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

} // namespace sluice::sandbox
