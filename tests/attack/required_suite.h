// A project whose policy demands the suite "core", with a branch for a change that has to be refused by it and would be
// green without one: judged from the commit before there was a policy.
#pragma once

#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace sluice::tests {

class Required : public testing::Test {
protected:
  void SetUp() override
  {
    before_ = project_.TempRepo::run({"rev-parse", "HEAD"});
    configure("core", "cases/*.sh");
    project_.write("sluice.policy.toml", policy("[policy]\nversion = 1\n", "suites = [\"core\"]"));
    project_.commit("A policy");
    project_.TempRepo::run({"checkout", "-q", "-b", "change"});
  }
  void configure(const std::string& label, const std::string& files, const std::string& more = {})
  {
    project_.write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"" + files +
                                    "\"]\ncommand = [\"sh\", \"{file}\"]\nlabels = [\"" + label +
                                    "\"]\ntimeout = \"60s\"\n" + more);
  }
  static std::string policy(const std::string& head, const std::string& require)
  {
    return head + "[[suite]]\nname = \"core\"\nlabels = [\"core\"]\n[[rule]]\nname = \"core\"\nrequire = { " + require +
           " }\n";
  }
  void rules(const std::string& head, const std::string& require)
  {
    project_.TempRepo::run({"checkout", "-q", "main"});
    project_.write("sluice.policy.toml", policy(head, require));
    project_.commit("Another policy");
    project_.TempRepo::run({"checkout", "-q", "-B", "change"});
  }
  void expect_caught(const std::string& words, std::vector<std::string> more = {})
  {
    project_.commit("A change");
    more.insert(more.begin(), {"--base", before_, "--head", "HEAD", "--all"});
    const SluiceResult undefended = project_.run(more);
    EXPECT_EQ(undefended.code, 0) << undefended.out << undefended.err;
    more[1] = "main";
    const SluiceResult run = project_.run(more);
    EXPECT_EQ(run.code, 3) << run.out << run.err;
    EXPECT_THAT(run.out, testing::HasSubstr(words));
  }
  ShellProject project_;
  std::string before_;
};

} // namespace sluice::tests
