#include "adapters/process/signals.h"

#include <ctime>

#include <pthread.h>
#include <sys/signalfd.h>

namespace sluice::process {

namespace {

sigset_t only(int signal)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

bool pending(int signal)
{
  sigset_t set;
  sigemptyset(&set);
  return sigpending(&set) == 0 && sigismember(&set, signal) == 1;
}

} // namespace

AllSignalsBlocked::AllSignalsBlocked()
{
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before_);
}

AllSignalsBlocked::~AllSignalsBlocked()
{
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

BrokenPipeBlocked::BrokenPipeBlocked() : was_pending_(pending(SIGPIPE))
{
  const sigset_t set = only(SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

BrokenPipeBlocked::~BrokenPipeBlocked()
{
  // A SIGPIPE of ours would be delivered at the moment the mask is restored; one of the caller's must stay.
  if (!was_pending_ && pending(SIGPIPE)) {
    const sigset_t set = only(SIGPIPE);
    const timespec now{};
    sigtimedwait(&set, nullptr, &now);
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Fd watch_blocked_stops()
{
  sigset_t blocked;
  sigemptyset(&blocked);
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  sigset_t watched;
  sigemptyset(&watched);
  bool any = false;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (sigismember(&blocked, signal) != 1) continue;
    sigaddset(&watched, signal);
    any = true;
  }
  return any ? Fd(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK)) : Fd();
}

void reset_signals_in_child()
{
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) != 0) continue;
    const bool inheritable = action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN;
    if (inheritable && signal != SIGPIPE && signal != SIGCHLD) continue;
    action = {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

} // namespace sluice::process
