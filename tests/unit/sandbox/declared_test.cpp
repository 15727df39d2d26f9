// Which findings sluice.toml allows.
#include "runner/sandbox/declared.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::sandbox {
namespace {

using ::testing::ElementsAre;

TEST(Declared, TheNetworkWhereItIsTheHosts)
{
  Observation seen;
  seen.findings = {{FindingKind::network, "192.0.2.1:80", false}, {FindingKind::left_processes, "sleep", false}};
  SandboxSpec spec;
  declare(seen, spec);
  EXPECT_FALSE(seen.findings[0].declared);
  spec.network = NetworkMode::host;
  declare(seen, spec);
  EXPECT_TRUE(seen.findings[0].declared);
  EXPECT_FALSE(seen.findings[1].declared) << "nothing allows processes to be left";
}

TEST(Declared, ADeviceThatIsNamedAndNoOther)
{
  Observation seen;
  seen.findings = {{FindingKind::device, "/dev/fuse", false}, {FindingKind::device, "/dev/kvm", false}};
  SandboxSpec spec;
  spec.devices = {"/dev/kvm"};
  declare(seen, spec);
  EXPECT_THAT(seen.findings, ElementsAre(Finding{FindingKind::device, "/dev/fuse", false},
                                         Finding{FindingKind::device, "/dev/kvm", true}));
}

TEST(Declared, WhatStaysBecauseItMayIsToldAsDeclared)
{
  Observation seen;
  seen.findings = {{FindingKind::outside_write, "/etc/passwd", false}};
  seen.written = {"/srv/kept/a", "/srv/kept-not/b", "/tree/c"};
  SandboxSpec spec;
  spec.trees = {"/tree"};
  spec.writable = {"/srv/kept"};
  declare(seen, spec);
  EXPECT_THAT(seen.findings, ElementsAre(Finding{FindingKind::outside_write, "/etc/passwd", false},
                                         Finding{FindingKind::outside_write, "/srv/kept/a", true}));
}

} // namespace
} // namespace sluice::sandbox
