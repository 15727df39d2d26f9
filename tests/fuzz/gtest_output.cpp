#include "adapters/frameworks/gtest/gtest_output.h"
#include "adapters/frameworks/ctest/cmake_language.h"
#include "adapters/frameworks/ctest/cmake_regex.h"
#include "tests/fuzz/fuzz_input.h"

#include <algorithm>
#include <array>

// Whatever a program prints, in whatever pieces: no case is said to have ended twice, and one that failed stays failed.
void fuzz(std::string_view bytes)
{
  using namespace sluice;
  std::array<TestCase, 2> cases;
  cases[0].selector = "A.B";
  cases[1].selector = "C.D";
  const std::array<const TestCase*, 2> pointers{&cases[0], &cases[1]};
  frameworks::GtestOutput output(pointers);
  std::vector<runner::CaseUpdate> updates;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t piece = 1 + static_cast<unsigned char>(bytes[at]) % 40u;
    output.feed(bytes.substr(at, piece), updates);
    at += piece;
  }
  output.end();
  for (std::size_t position = 0; position < cases.size(); ++position) {
    const auto ended = std::count_if(updates.begin(), updates.end(), [&](const runner::CaseUpdate& update) {
      const auto* finished = std::get_if<runner::CaseFinished>(&update);
      return finished && finished->position == position;
    });
    require(ended <= 1);
  }
  frameworks::read_cmake(bytes, [](const frameworks::CMakeCall&) {});
  frameworks::translate_cmake_regex(bytes);
}
