#include "runner/sandbox/observe/observer.h"

#include "runner/sandbox/observe/notification_reader.h"

#include <exception>
#include <string>

namespace sluice::sandbox {

struct Observer::State {
  NotificationReader reader;
  std::string lost = "no batch was begun";
};

Observer::Observer() : state_(std::make_unique<State>()) {}
Observer::~Observer() = default;

void Observer::begin(const LaneView& view, FastLog* fast)
{
  state_->reader.begin(view, fast);
  state_->lost.clear();
}

bool Observer::tell(const std::string& folder, const std::string& program) noexcept
{
  try {
    return state_->reader.tell(folder, program);
  } catch (const std::exception& problem) {
    lost(problem.what());
    return false;
  }
}

void Observer::handle(const seccomp_notif& notification, int listener) noexcept
{
  Reply reply(listener, notification.id);
  try {
    state_->reader.take(notification, reply);
  } catch (const std::exception& problem) {
    lost(problem.what());
  }
  if (reply.proceed() == Reply::Sent::lost) lost("the listener does not take answers");
}

void Observer::lost(std::string_view why) noexcept
{
  if (!state_->lost.empty()) return;
  try {
    state_->lost = why.empty() ? "something was lost" : why;
  } catch (...) {
    state_->lost = "no memory"; // short enough to need none
  }
}

Observation Observer::finish()
{
  Observation observation;
  try {
    observation = state_->reader.report();
  } catch (const std::exception& problem) { // what the fast path noted last is walked only now
    lost(problem.what());
  }
  if (!state_->lost.empty()) observation.incomplete = state_->lost;
  state_->lost = "no batch was begun";
  return observation;
}

std::size_t Observer::notifications() const
{
  return state_->reader.count();
}

std::size_t Observer::programs() const
{
  return state_->reader.programs();
}

} // namespace sluice::sandbox
