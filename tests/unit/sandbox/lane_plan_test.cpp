// The plan of a lane as a value: nothing is made, the host is invented.
#include "runner/sandbox/lane_plan.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <sched.h>
#include <sys/mount.h>

namespace sluice::sandbox {

namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Not;
using ::testing::StartsWith;

class LanePlanTest : public ::testing::Test {
protected:
  LanePlanTest()
  {
    for (const char* folder :
         {"/tmp", "/run", "/var/tmp", "/home/ada", "/home/ada/.ssh", "/home/ada/.cargo/bin", "/home/ada/project",
          "/home/ada/project/.sluice", "/home/ada/project/.sluice/lane-0", "/home/ada/project/mounted", "/srv/cache"})
      files_[folder] = FileKind::folder;
    for (const char* file :
         {"/dev/null", "/dev/zero", "/home/ada/.netrc", "/run/docker.sock", "/home/ada/project/agent"})
      files_[file] = FileKind::file;
    host_.user = host_.group = 1000;
    host_.status = [this](const std::string& path) {
      const auto found = files_.find(path);
      return HostFacts::Status{found == files_.end() ? FileKind::absent : found->second, 0755, 1000, 1000};
    };
    host_.real_path = [this](const std::string& path) { return files_.contains(path) ? path : std::string(); };
    spec_.trees = {"/home/ada/project"};
    spec_.home = "/home/ada";
    spec_.shown = {"/home/ada/.cargo/bin"};
    spec_.hidden = {"/home/ada/.ssh", "/home/ada/project/.sluice", "/home/ada/project/agent", "/nowhere"};
  }

  LanePlan plan(SandboxLevel level = SandboxLevel::full) const
  {
    return plan_lane(spec_, host_, level, "/home/ada/project/.sluice/lane-0", "lane");
  }
  static std::size_t first(const LanePlan& plan, StepKind kind, std::string_view text = {})
  {
    const auto at = std::find_if(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
      return step.kind == kind && (text.empty() || step.text == text);
    });
    EXPECT_NE(at, plan.steps.end()) << text;
    return static_cast<std::size_t>(at - plan.steps.begin());
  }
  static const Step& step(const LanePlan& plan, StepKind kind, std::string_view text)
  {
    return plan.steps.at(first(plan, kind, text));
  }

  std::map<std::string, FileKind> files_;
  HostFacts host_;
  SandboxSpec spec_;
};

TEST_F(LanePlanTest, TheOrderIsTheOneThatItsReasonsDemand)
{
  const LanePlan made = plan();
  const std::size_t protect = first(made, StepKind::protect, "/"), scratch = first(made, StepKind::scratch);
  EXPECT_EQ(first(made, StepKind::private_propagation), 0u);
  EXPECT_LT(first(made, StepKind::keep, "/home/ada/project"), protect);
  EXPECT_LT(first(made, StepKind::message_queues), scratch) << "/tmp is covered by the scratch";
  EXPECT_LT(protect, scratch);
  EXPECT_LT(scratch, first(made, StepKind::proc));
  EXPECT_LT(first(made, StepKind::write), first(made, StepKind::attach, "/proc/sys"));
  EXPECT_LT(first(made, StepKind::attach, "/home/ada"), first(made, StepKind::overlay, "/home/ada/project"));
  EXPECT_LT(first(made, StepKind::overlay, "/home/ada/project"),
            first(made, StepKind::attach, "/home/ada/project/.sluice"));
  EXPECT_LT(first(made, StepKind::attach, "/home/ada/project/.sluice"),
            first(made, StepKind::attach, "/home/ada/project/.sluice/lane-0"));
  EXPECT_EQ(made.steps.back().kind, StepKind::drop_rights);
}

TEST_F(LanePlanTest, AMaskedFileIsReadFromItsCopyAndCannotFailToBe)
{
  files_["/home/ada/project/.git"] = files_["/home/ada/project/.sluice/shown"] = FileKind::file;
  files_["/home/ada/.netrc"] = FileKind::file;
  spec_.masked = {
    {"/home/ada/project/.git", "/home/ada/project/.sluice/shown"}, {"/home/ada/.netrc", "/x"}, {"/no", "/x"}};
  const LanePlan made = plan();
  const Step& shown = step(made, StepKind::attach, "/home/ada/project/.git");
  EXPECT_EQ(shown.slot, step(made, StepKind::keep, "/home/ada/project/.sluice/shown").slot);
  EXPECT_TRUE(shown.flags & k_step_essential);
  EXPECT_TRUE(shown.flags & k_step_again) << "the copied tree is mounted anew after a test";
  EXPECT_LT(first(made, StepKind::overlay, "/home/ada/project"),
            first(made, StepKind::attach, "/home/ada/project/.git"));
  EXPECT_TRUE(std::none_of(made.steps.begin(), made.steps.end(), [](const Step& each) { return each.text == "/x"; }))
    << "hidden already, or not there";
}

TEST_F(LanePlanTest, WhatLiesInACopiedTreeIsMountedAgainWithIt)
{
  const LanePlan made = plan();
  for (const char* path :
       {"/home/ada/project/.sluice", "/home/ada/project/.sluice/lane-0", "/home/ada/project/agent"}) {
    EXPECT_TRUE(step(made, StepKind::attach, path).flags & k_step_again) << path;
    EXPECT_EQ(step(made, StepKind::attach, path).group, step(made, StepKind::overlay, "/home/ada/project").group);
  }
  EXPECT_FALSE(step(made, StepKind::attach, "/home/ada/.cargo/bin").flags & k_step_again);
}

TEST_F(LanePlanTest, MountsBelowATreeAreCopiedAsWell)
{
  host_.mounts = {"/", "/home/ada/project/mounted", "/srv/cache"};
  EXPECT_EQ(step(plan(), StepKind::overlay, "/home/ada/project/mounted").group, 0);
}

TEST_F(LanePlanTest, HidingIsEssential)
{
  const LanePlan made = plan();
  EXPECT_TRUE(step(made, StepKind::attach, "/home/ada/project/.sluice").flags & k_step_essential);
  EXPECT_TRUE(step(made, StepKind::attach, "/home/ada/project/.sluice").number & MOUNT_ATTR_RDONLY);
  for (const Step& each : made.steps) EXPECT_NE(each.text, "/home/ada/.ssh") << "the private home hides it already";
}

TEST_F(LanePlanTest, TheNetworkIsTheLanesOwnUnlessTheHostsIsWanted)
{
  EXPECT_TRUE(plan().namespaces & CLONE_NEWNET);
  EXPECT_TRUE(plan().view.own_network);
  spec_.network = NetworkMode::host;
  EXPECT_FALSE(plan().namespaces & CLONE_NEWNET);
  EXPECT_FALSE(plan().view.own_network);
}

TEST_F(LanePlanTest, WhatIsPrivateIsToldToTheObserver)
{
  EXPECT_THAT(plan().view.private_folders, AllOf(Contains("/tmp"), Contains("/home/ada"),
                                                 Contains("/home/ada/project/.sluice"), Contains("/dev/shm")));
  EXPECT_THAT(plan().view.private_folders, Not(Contains("/home/ada/project")));
}

TEST_F(LanePlanTest, EveryStepHasAName)
{
  for (const SandboxLevel level : {SandboxLevel::full, SandboxLevel::bare})
    for (const Step& each : plan(level).steps) EXPECT_FALSE(each.name.empty());
  EXPECT_THAT(describe(plan()).front(), StartsWith("1. mounts stay inside (first of all"));
}

TEST_F(LanePlanTest, WithoutNamespacesOnlyWhatIsNamedMayBeWritten)
{
  spec_.writable = {"/srv/cache"};
  spec_.folders = "/tmp";
  const LanePlan made = plan(SandboxLevel::bare);
  EXPECT_EQ(made.namespaces, 0u);
  EXPECT_LT(first(made, StepKind::keep, "/srv/cache"), first(made, StepKind::landlock));
  EXPECT_THAT(made.environment, Contains("HOME=/tmp/lane-home"));
}

TEST(Places, ToolsAreThoseOfTheHomeAndSecretsAreNotAmongThem)
{
  const std::vector<std::string> tools =
    places_of_tools("/h", {"PATH=/usr/bin:/h/venv/bin:/h2/bin", "GOPATH=/h/gopath"});
  EXPECT_THAT(tools, AllOf(Contains("/h/venv/bin"), Contains("/h/gopath"), Not(Contains("/h2/bin"))));
  for (const std::string& secret : places_of_secrets("/h", {})) EXPECT_THAT(tools, Not(Contains(secret)));
}

TEST(Places, SocketsAreFoundInTheEnvironment)
{
  EXPECT_THAT(places_of_secrets("/h", {"SSH_AUTH_SOCK=/x/agent.1", "DBUS_SESSION_BUS_ADDRESS=unix:path=/y/bus,guid=3",
                                       "DOCKER_HOST=unix:///z/docker.sock"}),
              AllOf(Contains("/x/agent.1"), Contains("/y/bus"), Contains("/z/docker.sock")));
}

} // namespace

} // namespace sluice::sandbox
