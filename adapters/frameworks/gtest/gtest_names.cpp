#include "adapters/frameworks/gtest/gtest_names.h"

#include <nlohmann/json.hpp>

namespace sluice::frameworks {

namespace {

// The name in front of "  # TypeParam = ..." or "  # GetParam() = ...", without spaces at its end.
std::string_view without_comment(std::string_view line)
{
  line = line.substr(0, line.find("  # "));
  while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

} // namespace

std::optional<std::vector<GtestName>> parse_gtest_list_file(std::string_view text)
{
  using nlohmann::json;
  try {
    std::vector<GtestName> names;
    const json document = json::parse(text);
    names.reserve(document.value("tests", std::size_t{0}));
    for (const json& suite : document.at("testsuites")) {
      const auto& suite_name = suite.at("name").get_ref<const std::string&>();
      for (const json& test : suite.at("testsuite")) {
        GtestName& name = names.emplace_back();
        name.suite = suite_name;
        name.name = test.at("name").get<std::string>();
        name.file = test.value("file", std::string());
        name.line = test.value("line", 0);
      }
    }
    return names;
  } catch (const std::exception&) { // also a count that no memory could hold
    return std::nullopt;
  }
}

std::vector<GtestName> parse_gtest_list(std::string_view text)
{
  std::vector<GtestName> names;
  std::string_view suite;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view name = without_comment(line);
    if (line.starts_with("  ")) {
      const std::string_view bare = name.size() > 2 ? name.substr(2) : std::string_view();
      if (!suite.empty() && !bare.empty() && bare.find(' ') == std::string_view::npos)
        names.push_back({std::string(suite), std::string(bare), {}, 0});
    } else if (name.size() > 1 && name.ends_with('.') && name.find(' ') == std::string_view::npos) {
      suite = name.substr(0, name.size() - 1);
    } else {
      suite = {};
    }
  }
  return names;
}

} // namespace sluice::frameworks
