// Lanes whose folders are not where they seem: private folders, places, overlays, guarded writing, the network.
#include "tests/unit/observer/observed_fixture.h"

#include <arpa/inet.h>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>

namespace sluice::tests {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Views : public Observed {
protected:
  LaneOptions with_private(std::string_view name)
  {
    LaneOptions options;
    options.view.private_folders = {at(name)};
    return options;
  }
};

TEST_F(Views, WhatIsInAPrivateFolderIsNobodysBusiness)
{
  const Observation seen = see(
    [] {
      std::ofstream("sub/mine") << "x";
      return ::open("sub/inner", O_RDONLY) < 0 || ::open("sub", O_RDONLY) < 0 || ::access("sub/none", F_OK) == 0 ||
             ::open("sublink/inner", O_RDONLY) < 0;
    },
    with_private("sub"));
  EXPECT_EQ(seen.incomplete, "");
  EXPECT_THAT(seen.links, ElementsAre("sublink"));
  for (const auto* list : {&seen.read, &seen.looked, &seen.absent, &seen.listed, &seen.written})
    EXPECT_THAT(*list, IsEmpty());
}

TEST_F(Views, ALinkOutOfAPrivateFolderLeadsToAnInput)
{
  const Observation seen = see(
    [] {
      return ::symlink("../file", "sub/out") != 0 || ::open("sub/out", O_RDONLY) < 0 || ::chdir("sub") != 0 ||
             ::open("../other", O_RDONLY) < 0;
    },
    with_private("sub"));
  EXPECT_THAT(seen.read, ElementsAre("file", "other"));
}

TEST_F(Views, WhatIsMovedIntoAPrivateFolderWasAnInput)
{
  const Observation seen =
    see([] { return ::rename("file", "sub/taken") != 0 || ::open("sub/taken", O_RDONLY) < 0; }, with_private("sub"));
  EXPECT_THAT(seen.read, ElementsAre("file"));
}

TEST_F(Views, NamesAreTheHosts)
{
  folder_.write("real/data", "x");
  LaneOptions options;
  options.view.places = {{"/nowhere/project", at("real"), {}}};
  const Observation seen =
    see([] { return ::open("/nowhere/project/data", O_RDONLY) >= 0 || ::access("/nowhere/project/none", F_OK) == 0; },
        options);
  // The lane of this test has no mounts: what counts is where the view says that the name lies.
  EXPECT_THAT(seen.absent, Contains("real/none"));
}

TEST_F(Views, AnOverlaysUpperLayerTellsWhatIsTheTestsOwn)
{
  folder_.write("upper/other", "the test's");
  LaneOptions options;
  options.view.places = {{folder_.path(), folder_.path(), at("upper")}};
  const Observation seen = see(
    [] {
      // As if an overlay were there: "other" has a copy above, "file" has none, since truncating it failed.
      ::chmod("file", 0);
      return ::open("other", O_WRONLY | O_TRUNC) < 0 || ::open("other", O_RDONLY) < 0 ||
             ::open("file", O_WRONLY | O_TRUNC) < 0 || ::open("file", O_RDONLY) < 0;
    },
    options);
  EXPECT_THAT(seen.read, ElementsAre("file"));
}

TEST_F(Views, WritingWhereItIsRefusedIsAFinding)
{
  LaneOptions options;
  options.view.guarded = true;
  options.view.private_folders = {at("sub")};
  options.view.places = {{at("open"), at("open"), {}, true}};
  ::mkdir(at("open").c_str(), 0755);
  const Observation seen = see(
    [] {
      std::ofstream("sub/mine") << "x";
      std::ofstream("open/mine") << "x";
      std::ofstream("file") << "x";
      return 0;
    },
    options);
  EXPECT_THAT(seen.findings, ElementsAre(Finding{FindingKind::outside_write, at("file")}));
  EXPECT_THAT(seen.written, ElementsAre("open/mine"));
}

int reach(const char* address, bool with_message)
{
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  ::inet_pton(AF_INET, address, &to.sin_addr);
  const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (!with_message) return ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to);
  char byte = 0;
  iovec data{&byte, 1};
  const msghdr message{&to, sizeof to, &data, 1, nullptr, 0, 0};
  ::sendmsg(fd, &message, MSG_DONTWAIT);
  mmsghdr two[2] = {{message, 0}, {message, 0}};
  ::sendmmsg(fd, two, 2, MSG_DONTWAIT);
  return static_cast<int>(::sendto(fd, &byte, 1, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&to), sizeof to));
}

TEST_F(Views, ReachingOutsideIsAFinding)
{
  LaneOptions options;
  options.view.own_network = true;
  const auto outside = [&](const char* address, bool with_message) {
    return see([=] { return reach(address, with_message), 0; }, options).findings;
  };
  EXPECT_THAT(outside("127.0.0.1", false), IsEmpty());
  EXPECT_THAT(outside("192.0.2.1", false), ElementsAre(Finding{FindingKind::network, "192.0.2.1:9"}));
  EXPECT_THAT(outside("192.0.2.2", true), ElementsAre(Finding{FindingKind::network, "192.0.2.2:9"}));
  options.view.own_network = false;
  EXPECT_THAT(outside("127.0.0.1", false), ElementsAre(Finding{FindingKind::network, "127.0.0.1:9"}));
}

} // namespace
} // namespace sluice::tests
