// The supervisor fails in the middle of a batch: the test must not hang, and what was seen must not pass for all.
#include "tests/support/observed_lane.h"

#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/audit.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::tests {
namespace {

using sandbox::Observer;
using ::testing::HasSubstr;

class ObserverFaults : public ::testing::Test {
protected:
  void SetUp() override
  {
    const std::string why = why_no_observation();
    if (!why.empty()) GTEST_SKIP() << "no observation on this machine: " << why;
  }
};

int ask_often()
{
  for (int i = 0; i < 50; ++i) ::access("/etc/passwd", F_OK);
  return 0;
}

// The engine's thread saw that something went wrong and goes on answering, so that nobody hangs.
TEST_F(ObserverFaults, WhatTheEngineLostIsNotComplete)
{
  int count = 0;
  LaneOptions options;
  options.handle = [&](Observer& observer, const seccomp_notif& notification, int listener) {
    if (++count == 20) observer.lost("the thread of the lane was gone for a while");
    observer.handle(notification, listener);
  };
  const LaneResult result = observe(ask_often, options);
  EXPECT_TRUE(result.exited_with(0));
  EXPECT_EQ(result.observation.incomplete, "the thread of the lane was gone for a while");
}

// The listener is closed under way: the kernel answers ENOSYS from then on.
TEST_F(ObserverFaults, AListenerThatIsGone)
{
  int count = 0;
  LaneOptions options;
  options.handle = [&](Observer& observer, const seccomp_notif& notification, int listener) {
    observer.handle(notification, ++count == 20 ? -1 : listener);
    if (count == 20) observer.handle(notification, listener); // lets the caller go on
  };
  const LaneResult result = observe(ask_often, options);
  EXPECT_TRUE(result.exited_with(0));
  EXPECT_THAT(result.observation.incomplete, HasSubstr("listener"));
}

// Nothing of this lane can be opened or read: links, working folders and programs stay unknown.
TEST_F(ObserverFaults, NoDescriptorsLeft)
{
  LaneOptions options;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  options.handle = [&](Observer& observer, const seccomp_notif& notification, int listener) {
    const rlimit none{0, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    observer.handle(notification, listener);
    ::setrlimit(RLIMIT_NOFILE, &before);
  };
  const LaneResult result = observe_program({"/bin/true"}, options);
  EXPECT_TRUE(result.exited_with(0));
  EXPECT_THAT(result.observation.incomplete, HasSubstr("unreadable program"));
}

// The notified process dies before its memory is read: the same as if it had never asked, and others are not affected.
TEST_F(ObserverFaults, KilledBetweenNotificationAndReading)
{
  int count = 0;
  LaneOptions options;
  options.handle = [&](Observer& observer, const seccomp_notif& notification, int listener) {
    if (++count == 1) {
      ::kill(static_cast<pid_t>(notification.pid), SIGKILL);
      ::usleep(20'000);
    }
    observer.handle(notification, listener);
  };
  const LaneResult result = observe(
    [] {
      const pid_t child = ::fork();
      if (child == 0) ::_exit(::access("/etc/hostname", F_OK));
      int status = 0;
      ::waitpid(child, &status, 0);
      return !WIFSIGNALED(status) || ::access("/etc/passwd", F_OK) != 0;
    },
    options);
  EXPECT_TRUE(result.exited_with(0));
  EXPECT_EQ(result.observation.incomplete, "");
  EXPECT_THAT(result.observation.looked, ::testing::ElementsAre("/etc/passwd"));
}

TEST_F(ObserverFaults, AnArchitectureOrACallThatIsUnknown)
{
  LaneOptions options;
  options.handle = [](Observer& observer, seccomp_notif notification, int listener) {
    notification.data.arch = AUDIT_ARCH_AARCH64;
    observer.handle(notification, listener);
  };
  EXPECT_THAT(observe(ask_often, options).observation.incomplete, HasSubstr("unknown system call"));
}

TEST_F(ObserverFaults, AProcessOfAnotherPidNamespace)
{
  LaneOptions options;
  options.handle = [](Observer& observer, seccomp_notif notification, int listener) {
    notification.pid = 0;
    observer.handle(notification, listener);
  };
  EXPECT_THAT(observe(ask_often, options).observation.incomplete, HasSubstr("PID namespace"));
}

TEST(ObserverWithoutABatch, ProvesNothing)
{
  Observer observer;
  EXPECT_FALSE(observer.finish().complete());
  observer.begin({});
  EXPECT_TRUE(observer.finish().complete());
  EXPECT_FALSE(observer.finish().complete());
}

} // namespace
} // namespace sluice::tests
