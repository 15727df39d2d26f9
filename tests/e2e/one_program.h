// A CMake project of one program, which is what one rule about builds needs.
#pragma once

#include "tests/support/sluice_command.h"
#include "tests/support/temp_repo.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace sluice::tests {

// A built and proven project of one program, which fails once the macro BAD is 1. `lists` comes at the end of
// CMakeLists.txt.
class OneProgram : public TempRepo {
public:
  explicit OneProgram(const std::string& lists, const std::string& source = "int main(void) { return BAD; }\n")
  {
    write(".gitignore", "/build/\n");
    use_generator("Ninja");
    write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(one LANGUAGES C)\nenable_testing()\n"
                            "add_executable(app main.c)\nadd_test(NAME app COMMAND app)\n" +
                              lists);
    write("main.c", source);
    write("value.txt", "0");
    write("first/keep", "");
    write("second/conf.h", "#define BAD 0\n");
  }
  void use_generator(const std::string& name) const
  {
    write("sluice.toml", "[build]\nconfigure = [\"cmake\", \"-S\", \".\", \"-B\", \"build\", \"-G\", \"" + name +
                           "\"]\n[[tests]]\nframework = \"ctest\"\n");
  }
  // Proves the test and makes sure that nothing is left to do.
  void prove()
  {
    commit("One program");
    const SluiceResult first = sluice();
    ASSERT_EQ(first.code, 0) << first.out << first.err;
    EXPECT_THAT(sluice().started, testing::IsEmpty());
  }
  SluiceResult sluice(std::vector<std::string> words = {}) const { return Sluice(path()).run(std::move(words)); }
  // Red now, and green and without work on the way back.
  void expect_seen(const std::string& file, const std::string& content)
  {
    write(file, content);
    const SluiceResult run = sluice();
    EXPECT_EQ(run.code, 1) << run.out << run.err;
    EXPECT_EQ(run.outcomes.count("app"), 1u) << run.out;
    this->run({"add", "--all"});
    this->run({"reset", "-q", "--hard"});
    EXPECT_EQ(sluice().code, 0);
  }
};

inline std::string events_of(const SluiceResult& run)
{
  return shell("cat " + shell_quoted(run.folder + "/events.ndjson")).second;
}

} // namespace sluice::tests
