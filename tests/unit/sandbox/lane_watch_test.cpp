// The thread of a lane that hears its notifications.
#include "runner/sandbox/lane_watch.h"

#include "runner/sandbox/fd.h"
#include "runner/sandbox/observe/path_filter.h"

#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

using namespace std::chrono_literals;

// A process in a disk wait, which no kill ends, keeps the filter alive: here a thread that does nothing.
TEST(LaneWatchTest, GoesAlthoughTheLaneDoesNot)
{
  std::promise<int> made;
  std::promise<void> end;
  std::thread lane([&] {
    std::vector<sock_filter> code = path_filter({});
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    made.set_value(
      static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program)));
    end.get_future().wait();
  });
  Fd listener(made.get_future().get());
  if (listener) {
    auto watch = std::make_unique<LaneWatch>(std::move(listener), 0, LaneView{}, nullptr);
    std::this_thread::sleep_for(20ms); // it listens
    const auto gone = std::async(std::launch::async, [&] { watch.reset(); });
    EXPECT_EQ(gone.wait_for(20s), std::future_status::ready);
    end.set_value();
    lane.join();
  } else {
    end.set_value();
    lane.join();
    GTEST_SKIP() << "this kernel has no listeners for filters";
  }
}

} // namespace

} // namespace sluice::sandbox
