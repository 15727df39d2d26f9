// A repository whose tests are shell scripts, one for each file of cases/: real runs that need no compiler.
#pragma once

#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <string>
#include <string_view>

namespace sluice::tests {

class ShellProject : public TempRepo {
public:
  ShellProject()
  {
    configure("");
    write("cases/one.sh", "exit 0\n");
    write("cases/two.sh", "exit 0\n");
    commit("Two tests");
  }

  // The configuration and more of it; "cases/NAME.sh" is test "t:cases/NAME.sh".
  void configure(std::string_view more) const
  {
    write("sluice.toml", "[[tests]]\nname = \"t\"\nframework = \"command\"\nfiles = [\"cases/*.sh\"]\n"
                         "command = [\"sh\", \"{file}\"]\ntimeout = \"60s\"\n" +
                           std::string(more));
  }
  // For tests that tell by files of the tree what they did.
  static constexpr std::string_view k_writable_tree = "[sandbox]\ntree = \"writable\"\n";
  void test(const std::string& name, std::string_view script) const { write("cases/" + name + ".sh", script); }
  static std::string id(const std::string& name) { return "t:cases/" + name + ".sh"; }

  Sluice sluice() const { return Sluice(path()); }
  SluiceResult run(std::vector<std::string> words = {}) const { return sluice().run(std::move(words)); }
};

} // namespace sluice::tests
