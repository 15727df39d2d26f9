// A project whose policy demands test `one` of every AI-authored change, with a branch on which a change can be made.
#pragma once

#include "tests/support/shell_project.h"

#include <string>
#include <vector>

namespace sluice::tests {

class GuardedProject : public testing::Test {
protected:
  void SetUp() override
  {
    project_.write("sluice.policy.toml", "[policy]\nversion = 1\nundeclared = \"human\"\n"
                                         "[[suite]]\nname = \"core\"\ntests = [\"t:cases/one.sh\"]\n"
                                         "[[rule]]\nname = \"core\"\nwhen = { authorship = [\"ai\"] }\n"
                                         "require = { suites = [\"core\"] }\n");
    project_.commit("A policy");
    ASSERT_EQ(project_.run().code, 0);
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  // As a CI job asks whether the change may be merged.
  SluiceResult judge(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"--base", "main", "--head", "HEAD"});
    return project_.run(std::move(more));
  }
  ShellProject project_;
};

} // namespace sluice::tests
