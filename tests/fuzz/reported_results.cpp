#include "adapters/frameworks/junit_report.h"
#include "adapters/frameworks/tap_output.h"
#include "tests/fuzz/fuzz_input.h"

#include <string>

namespace {

using namespace sluice;

frameworks::ReportedCases read_tap(std::string_view bytes, std::size_t longest_piece)
{
  frameworks::TapOutput output;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t piece = 1 + static_cast<unsigned char>(bytes[at]) % longest_piece;
    output.feed(bytes.substr(at, piece));
    at += piece;
  }
  output.end();
  return output.reported();
}

} // namespace

// Whatever a program reports, in whatever pieces: the same is read, little is kept, and an exit code other than 0 is
// never green; nor does anything that follows a failed test turn it green.
void fuzz(std::string_view bytes)
{
  const frameworks::ReportedCases tap = read_tap(bytes, 40);
  const frameworks::ReportedCases whole = read_tap(bytes, 1);
  require(tap.failed == whole.failed && tap.cases == whole.cases && tap.problem == whole.problem);
  require(tap.failed_names.size() <= frameworks::ReportedCases::k_most_names && tap.failed <= tap.cases);
  require(judge(tap, 0).outcome != Outcome::passed || (tap.problem.empty() && tap.failed == 0));
  require(is_red(judge(tap, 1).outcome));
  require(is_red(judge(read_tap("1..2\nnot ok 1\n" + std::string(bytes), 40), 0).outcome));

  const frameworks::ReportedCases junit = frameworks::read_junit(bytes);
  require(is_red(judge(junit, 1).outcome));
  require(junit.cases != 0 || judge(junit, 0).outcome != Outcome::passed);
}
