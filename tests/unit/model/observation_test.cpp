#include "model/observation.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

Observation calling(const std::vector<std::string>& addresses)
{
  Observation observation;
  for (const std::string& address : addresses) observation.findings.push_back({FindingKind::network, address, false});
  return observation;
}

TEST(CalledADaemon, BySocketsOfTheFileSystemOnly)
{
  EXPECT_FALSE(called_a_daemon({}));
  EXPECT_FALSE(called_a_daemon(calling({"192.0.2.1:80", "@unix:abstract"})));
  EXPECT_TRUE(called_a_daemon(calling({"192.0.2.1:80", "unix:/run/docker.sock"})));
  Observation device;
  device.findings.push_back({FindingKind::device, "unix:/dev/x", false});
  EXPECT_FALSE(called_a_daemon(device));
  Observation declared = calling({"unix:/run/x"});
  declared.findings[0].declared = true; // allowed, and still not observed
  EXPECT_TRUE(called_a_daemon(declared));
}

// Of calls that were too many to keep any may have been one.
TEST(CalledADaemon, PerhapsAmongCallsThatWereNotKept)
{
  EXPECT_FALSE(called_a_daemon(calling(std::vector<std::string>(k_most_observed_findings - 1, "192.0.2.1:80"))));
  EXPECT_TRUE(called_a_daemon(calling(std::vector<std::string>(k_most_observed_findings, "192.0.2.1:80"))));
}

} // namespace
} // namespace sluice
