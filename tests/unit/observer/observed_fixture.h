// What tests of the observer share: a folder with a few files, bodies that run under the filter, and lists cut down to
// what lies in that folder, with names relative to it.
// A machine that cannot observe (no user notification) skips these tests with the reason.
#pragma once

#include "tests/support/observed_lane.h"
#include "tests/support/temp_dir.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace sluice::tests {

class Observed : public ::testing::Test {
protected:
  void SetUp() override
  {
    const std::string why = why_no_observation();
    if (!why.empty()) GTEST_SKIP() << "no observation on this machine: " << why;
    folder_.write("file", "content\n");
    folder_.write("other", "more\n");
    folder_.write("sub/inner", "inner\n");
    ::symlink("file", (folder_ / "link").c_str());
    ::symlink("sub", (folder_ / "sublink").c_str());
  }

  std::string at(std::string_view name) const { return folder_ / name; }

  // Runs the body with the folder as its working folder.
  Observation see(const std::function<int()>& body, LaneOptions options = {})
  {
    const LaneResult result = observe(
      [&] {
        const int ready = ::chdir(folder_.path().c_str());
        return ready == 0 ? body() : 125;
      },
      options);
    EXPECT_TRUE(result.exited_with(0)) << "status " << result.status;
    return local(result.observation);
  }

  // Relative to the folder, what is elsewhere left out.
  Observation local(const Observation& seen) const
  {
    Observation cut = seen;
    for (auto* list : {&cut.read, &cut.looked, &cut.links, &cut.absent, &cut.listed, &cut.written}) {
      std::vector<std::string> names;
      for (const std::string& name : *list)
        if (name.starts_with(folder_.path() + "/")) names.push_back(name.substr(folder_.path().size() + 1));
      *list = names;
    }
    return cut;
  }

  TempDir folder_;
};

} // namespace sluice::tests
