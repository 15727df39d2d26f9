#include "adapters/frameworks/gtest/gtest_results.h"

#include "adapters/frameworks/binary.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_largest_file = 64u << 20;
using nlohmann::json;

// "0.012s"; zero for anything else.
std::chrono::microseconds duration_of(const json& test)
{
  const auto text = test.value("time", std::string());
  const double seconds = std::strtod(text.c_str(), nullptr);
  if (!(seconds > 0) || seconds > 1e9) return {};
  return std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6));
}

// gtest writes "FILE:LINE\nwhat"; read_place's form has the verdict at the end of the first line.
Assertion assertion_of(const json& failure)
{
  std::string text = failure.value("failure", std::string());
  const std::size_t end = text.find('\n');
  text.insert(end == std::string::npos ? text.size() : end, ": Failure");
  return first_assertion(text, "Failure");
}

AttemptResult result_of(const json& test)
{
  AttemptResult result;
  result.duration = duration_of(test);
  if (test.at("status").get_ref<const std::string&>() != "RUN") {
    result.outcome = Outcome::lost;
    return result;
  }
  if (const auto failures = test.find("failures"); failures != test.end() && !failures->empty()) {
    Assertion assertion = assertion_of(failures->front());
    result.outcome = Outcome::failed;
    result.message = std::move(assertion.message);
    result.file = std::move(assertion.file);
    result.line = assertion.line;
    return result;
  }
  // "result" came with 1.10; before, every case that ran was written as completed.
  const auto how = test.value("result", std::string("COMPLETED"));
  if (how == "COMPLETED") result.outcome = Outcome::passed;
  else if (how == "SKIPPED") result.outcome = Outcome::skipped;
  else result.outcome = Outcome::lost;
  return result;
}

GtestResults results_of(const json& document)
{
  GtestResults results;
  std::size_t failed = 0;
  for (const json& suite : document.at("testsuites")) {
    const auto& suite_name = suite.at("name").get_ref<const std::string&>();
    for (const json& test : suite.at("testsuite")) {
      GtestResult entry{suite_name + "." + test.at("name").get<std::string>(), result_of(test)};
      if (entry.result.outcome == Outcome::failed) ++failed;
      // Failures of a set-up or tear-down are written as a nameless case.
      if (test.at("name").get_ref<const std::string&>().empty()) results.failed_outside = true;
      results.cases.push_back(std::move(entry));
    }
  }
  if (document.value("failures", std::size_t{0}) != failed) results.failed_outside = true;
  return results;
}

} // namespace

std::optional<GtestResults> read_gtest_results(const std::string& path)
{
  const auto text = read_whole_file(path, k_largest_file);
  if (!text) return std::nullopt;
  try {
    return results_of(json::parse(*text));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

} // namespace sluice::frameworks
