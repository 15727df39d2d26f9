// Each attack of the table twice: without a defence it must succeed, or it shows nothing; in a sandbox it must fail.
#include "tests/attack/sandbox/attacks.h"
#include "tests/attack/sandbox/world.h"

#include <chrono>
#include <gtest/gtest.h>
#include <ostream>

namespace sluice::tests {

void PrintTo(const Attack& attack, std::ostream* out)
{
  *out << attack.name;
}

namespace {

using namespace std::chrono_literals;

// Runs scripts one after another in one lane.
class OneLane {
public:
  explicit OneLane(const AttackedWorld& world, sandbox::SandboxSpec spec)
    : world_(world), executor_(sandbox::make_sandbox_executor(std::move(spec)))
  {
  }

  sandbox::SandboxLevel level() { return executor_->prepare().level; }

  bool succeeds(std::string_view script)
  {
    runner::Command command;
    command.arguments = {"/bin/sh", "-c", std::string(script)};
    command.environment = world_.environment();
    command.environment.push_back("TARGET=1");
    command.exchange = world_.exchange();
    const auto started = executor_->start(command);
    if (const auto* failure = std::get_if<runner::StartFailure>(&started)) {
      ADD_FAILURE() << failure->message;
      return false;
    }
    const auto limit = std::chrono::steady_clock::now() + 20s;
    std::vector<runner::ProcessEvent> events;
    while (std::chrono::steady_clock::now() < limit) {
      events.clear();
      executor_->wait(limit, events);
      for (const auto& event : events) {
        if (const auto* output = std::get_if<runner::Output>(&event)) output_ += output->bytes;
        const auto* ended = std::get_if<runner::Ended>(&event);
        if (!ended) continue;
        EXPECT_FALSE(ended->not_started) << ended->not_started->message;
        return ended->exit_code == 0 && ended->signal == 0 && !ended->lost;
      }
    }
    ADD_FAILURE() << "it hangs";
    return false;
  }
  const std::string& output() const { return output_; }

private:
  const AttackedWorld& world_;
  std::unique_ptr<sandbox::SandboxExecutor> executor_;
  std::string output_;
};

class SandboxAttack : public ::testing::TestWithParam<Attack> {
protected:
  static bool attack_makes_sense(const AttackedWorld& world)
  {
    return GetParam().needs.empty() || world.succeeds_outside(GetParam().needs);
  }
};

bool harmed(const AttackedWorld& world, const Attack& attack, bool succeeded)
{
  return attack.harm.empty() ? succeeded : world.succeeds_outside(attack.harm);
}

TEST_P(SandboxAttack, SucceedsWithoutASandbox)
{
  // An attack that is a race works when it is won once.
  bool works = false;
  for (int attempt = 0; attempt < 5 && !works; ++attempt) {
    const AttackedWorld world;
    if (!attack_makes_sense(world)) GTEST_SKIP() << "needs: " << GetParam().needs;
    works = harmed(world, GetParam(), world.succeeds_outside(GetParam().script, GetParam().next));
  }
  EXPECT_TRUE(works);
}

TEST_P(SandboxAttack, FailsInASandbox)
{
  const AttackedWorld world;
  if (!attack_makes_sense(world)) GTEST_SKIP() << "needs: " << GetParam().needs;
  sandbox::SandboxSpec spec = world.spec();
  spec.observe = true;
  OneLane lane(world, std::move(spec));
  if (lane.level() != sandbox::SandboxLevel::full) GTEST_SKIP() << "this machine has no full sandboxes";
  bool succeeded = lane.succeeds(GetParam().script);
  if (!GetParam().next.empty()) succeeded = lane.succeeds(GetParam().next);
  EXPECT_FALSE(harmed(world, GetParam(), succeeded)) << lane.output();
  EXPECT_TRUE(lane.succeeds("test -r $TREE/file.txt && touch $TREE/new && rm $TREE/new && touch /tmp/x"))
    << "the next test cannot work: " << lane.output();
}

// The lane's first process is asked by a signal to look whether a test is to be ended. Whatever content a test gives
// that signal, the next one lives: 3 was "end test 1, kill", 5 the same of test 2, and so on.
TEST(LaneAttack, AForgedRequestEndsNoTest)
{
  const AttackedWorld world;
  OneLane lane(world, world.spec());
  if (lane.level() != sandbox::SandboxLevel::full) GTEST_SKIP() << "this machine has no full sandboxes";
  int number = 1;
  for (const char* way : {"signal-by-descriptor", "signal-by-file"})
    for (int kill = 0; kill < 2; ++kill, number += 2) {
      const std::string value = std::to_string((number + 1) * 2 + kill);
      EXPECT_TRUE(lane.succeeds("$H " + std::string(way) + " 1 40 " + value)) << "the signal is not sent";
      EXPECT_TRUE(lane.succeeds("sleep 0.2")) << way << " " << value;
    }
}

INSTANTIATE_TEST_SUITE_P(Each, SandboxAttack, ::testing::ValuesIn(k_attacks),
                         [](const auto& row) { return std::string(row.param.name); });

} // namespace

} // namespace sluice::tests
