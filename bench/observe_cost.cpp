// What observing costs: a program bare, under a supervisor that only receives and continues (the floor), and under the
// observer, in turn. All start from a zygote each, as in a lane, which has its filter before. Prints, in microseconds
// of processor time of supervisor and tree, the 10th percentile over the rounds, and medians of the paired ratios:
//   observe_cost program ROUNDS PROGRAM [ARGUMENT...]   bare, floor, observed, floor/bare, observed/bare (paired),
//                                                       notifications; with the fast path: cost, ratio to bare,
//                                                       notifications, names noted
//   observe_cost pipe COUNT      one round trip through two pipes between two processes on one processor
//   observe_cost micro COUNT     is a program to measure: COUNT path calls on two hundred names
//   observe_cost look COUNT NAMES  the same: COUNT calls of lstat() on f0, f1 ... of the working folder
#include "runner/sandbox/fast_path/fast_log.h"
#include "runner/sandbox/fd.h"
#include "runner/sandbox/observe/observer.h"
#include "runner/sandbox/observe/path_filter.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <memory>
#include <mutex>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace sluice;
using sandbox::Fd;

constexpr unsigned long k_set_flags = SECCOMP_IOW(4, __u64); // in headers from 6.6 on
constexpr __u64 k_sync_wake_up = 1;

double microseconds(const rusage& usage)
{
  const auto of = [](const timeval& time) {
    return 1e6 * static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double spent(int who)
{
  rusage usage{};
  ::getrusage(who, &usage);
  return microseconds(usage);
}

void stay_on_one_processor()
{
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
  ::sched_setaffinity(0, sizeof one, &one);
}

double quantile(std::vector<double> values, double share)
{
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[static_cast<std::size_t>(share * static_cast<double>(values.size()))];
}

// On a busy machine only the best rounds tell what the thing itself costs.
double best(const std::vector<double>& values)
{
  return quantile(values, 0.1);
}

double median(const std::vector<double>& values)
{
  return quantile(values, 0.5);
}

enum class Mode { bare, floor, observer, fast };

// A process that starts the program whenever it reads a byte and answers with what the tree has used.
class Zygote {
public:
  Zygote(Mode mode, char** arguments) : mode_(mode)
  {
    if (mode == Mode::fast) {
      static const sandbox::FastImages images = sandbox::make_fast_images();
      fast_ = sandbox::FastLog::make(images);
      if (!fast_) std::exit(1);
    }
    int down[2];
    int up[2];
    if (::pipe2(down, O_CLOEXEC) != 0 || ::pipe2(up, O_CLOEXEC) != 0) std::exit(1);
    to_ = Fd(down[1]);
    from_ = Fd(up[0]);
    const Fd their_from(down[0]);
    const Fd their_to(up[1]);
    pid_ = ::fork();
    if (pid_ == 0) to_.reset(); // or it would never see our end close
    if (pid_ == 0) serve(their_from.get(), their_to.get(), arguments);
    int listener = -1;
    if (::read(from_.get(), &listener, sizeof listener) != sizeof listener) std::exit(1);
    if (mode == Mode::bare) return;
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    listener_ = Fd(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), listener, 0)));
    if (!listener_) std::exit(1);
    ::ioctl(listener_.get(), k_set_flags, k_sync_wake_up);
    supervisor_ = std::thread([this] { supervise(); });
  }
  ~Zygote()
  {
    to_.reset();
    ::waitpid(pid_, nullptr, 0);
    if (supervisor_.joinable()) supervisor_.join();
  }
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;

  // Processor time of one run: the tree's and ours.
  double run()
  {
    const double before = spent(RUSAGE_SELF);
    if (observes()) {
      const std::lock_guard lock(mutex_);
      observer_.begin({}, fast_.get());
    }
    double tree = 0;
    if (::write(to_.get(), "r", 1) != 1 || ::read(from_.get(), &tree, sizeof tree) != sizeof tree) std::exit(1);
    if (observes()) {
      const std::lock_guard lock(mutex_);
      notifications = observer_.notifications();
      const Observation seen = observer_.finish();
      noted = fast_ ? fast_->count() : 0;
      if (!seen.complete()) std::fprintf(stderr, "incomplete: %s\n", seen.incomplete.c_str());
    }
    return tree + spent(RUSAGE_SELF) - before;
  }

  std::size_t notifications = 0;
  std::size_t noted = 0;

private:
  bool observes() const { return mode_ == Mode::observer || mode_ == Mode::fast; }

  [[noreturn]] void serve(int from, int to, char** arguments)
  {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC); // before its opening would be notified
    for (const int standard : {0, 1, 2}) ::dup2(null, standard);
    int listener = -1;
    if (mode_ != Mode::bare) {
      sandbox::FilterOptions options;
      if (mode_ == Mode::fast) {
        options.control_calls = {sandbox::k_fast_call};
        options.fast_page = sandbox::k_fast_page;
        ::setenv("LD_PRELOAD", sandbox::k_fast_library, 1);
      }
      const std::vector<sock_filter> code = sandbox::path_filter(options);
      const sock_fprog program{static_cast<unsigned short>(code.size()), const_cast<sock_filter*>(code.data())};
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      listener = static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                            SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW |
                                              SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
                                            &program));
    }
    if (::write(to, &listener, sizeof listener) < 0) ::_exit(1);
    for (char byte = 0; ::read(from, &byte, 1) == 1;) {
      const pid_t child = ::vfork();
      if (child == 0) {
        ::execv(arguments[0], arguments);
        ::_exit(127);
      }
      rusage usage{};
      ::wait4(child, nullptr, 0, &usage);
      const double tree = microseconds(usage);
      if (::write(to, &tree, sizeof tree) < 0) ::_exit(1);
    }
    ::_exit(0);
  }

  void supervise()
  {
    while (true) {
      seccomp_notif notification{};
      if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0) {
        if (errno == EINTR || ::kill(pid_, 0) == 0) continue;
        return;
      }
      if (observes()) {
        const std::lock_guard lock(mutex_);
        observer_.handle(notification, listener_.get());
        continue;
      }
      seccomp_notif_resp response{};
      response.id = notification.id;
      response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
      ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
    }
  }

  Mode mode_;
  std::unique_ptr<sandbox::FastLog> fast_;
  Fd to_;
  Fd from_;
  Fd listener_;
  pid_t pid_ = 0;
  std::mutex mutex_;
  sandbox::Observer observer_;
  std::thread supervisor_;
};

int measure_program(int rounds, char** arguments)
{
  Zygote bare(Mode::bare, arguments);
  Zygote floor(Mode::floor, arguments);
  Zygote observed(Mode::observer, arguments);
  Zygote fast(Mode::fast, arguments);
  Zygote* const zygotes[] = {&bare, &floor, &observed, &fast};
  for (Zygote* zygote : zygotes) zygote->run();
  std::vector<double> costs[4];
  std::vector<double> ratios[4];
  for (int i = 0; i < rounds; ++i)
    for (std::size_t mode = 0; mode < 4; ++mode) {
      costs[mode].push_back(zygotes[mode]->run());
      ratios[mode].push_back(costs[mode].back() / costs[0].back());
    }
  std::printf("%.2f %.2f %.2f %.4f %.4f %zu %.2f %.4f %zu %zu\n", best(costs[0]), best(costs[1]), best(costs[2]),
              median(ratios[1]), median(ratios[2]), observed.notifications, best(costs[3]), median(ratios[3]),
              fast.notifications, fast.noted);
  std::fflush(stdout);
  return 0;
}

int measure_pipe(int count)
{
  stay_on_one_processor();
  int there[2];
  int back[2];
  if (::pipe(there) != 0 || ::pipe(back) != 0) return 1;
  char byte = 0;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(there[1]);
    while (::read(there[0], &byte, 1) == 1)
      if (::write(back[1], &byte, 1) != 1) break;
    ::_exit(0);
  }
  const double before = spent(RUSAGE_SELF);
  for (int i = 0; i < count; ++i)
    if (::write(there[1], &byte, 1) != 1 || ::read(back[0], &byte, 1) != 1) return 1;
  const double ours = spent(RUSAGE_SELF) - before;
  ::close(there[1]);
  rusage usage{};
  ::wait4(child, nullptr, 0, &usage);
  std::printf("%.3f\n", (ours + microseconds(usage)) / count);
  return 0;
}

int micro(int count)
{
  struct stat status {};
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("/usr/lib/missing-" + std::to_string(i));
  for (int i = 0; i < 100; ++i) names.push_back(i % 2 == 0 ? "/etc/passwd" : "/usr/include/../include/stdio.h");
  for (int i = 0; i < count; ++i) {
    const char* const name = names[static_cast<std::size_t>(i) % names.size()].c_str();
    if (i % 3 == 0) ::access(name, R_OK);
    else ::stat(name, &status);
  }
  return 0;
}

// COUNT calls on the first NAMES of f0, f1, ... in the working folder.
int look_at(int count, int count_of_names)
{
  std::vector<std::string> names;
  for (int i = 0; i < count_of_names; ++i) names.push_back("f" + std::to_string(i));
  struct stat status {};
  for (int i = 0; i < count; ++i) ::lstat(names[static_cast<std::size_t>(i) % names.size()].c_str(), &status);
  return 0;
}

} // namespace

int main(int argc, char** argv)
{
  const std::string mode = argc > 2 ? argv[1] : "";
  if (mode == "micro") return micro(std::atoi(argv[2]));
  if (mode == "look" && argc > 3) return look_at(std::atoi(argv[2]), std::atoi(argv[3]));
  if (mode == "pipe") return measure_pipe(std::atoi(argv[2]));
  if (mode == "program" && argc > 3) {
    stay_on_one_processor();
    return measure_program(std::atoi(argv[2]), argv + 3);
  }
  std::fprintf(stderr, "usage: %s program ROUNDS PROGRAM [ARGUMENT...] | pipe COUNT | micro COUNT | look COUNT NAMES\n",
               argv[0]);
  return 2;
}
