// The reader, docs/formats/sluice.policy.schema.json and the page beside it must know the same keys.
#include "adapters/config/toml.h"
#include "model/error.h"
#include "policy/policy_file.h"

#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace sluice::policy {
namespace {

constexpr const char* k_formats = SLUICE_SOURCE_DIR "/docs/formats/";

// The keys that the reader names when it meets one that is like none of them. `before` and `after` put it in its place.
std::set<std::string> known_keys(const std::string& before, const std::string& after = "\n")
{
  const std::string prefix = "known keys: ";
  std::set<std::string> keys;
  try {
    (void)read_policy(config::parse_toml(before + "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq = 1" + after, "f"), "f", "");
    ADD_FAILURE() << "an unknown key was taken: " << before;
  } catch (const Error& error) {
    EXPECT_EQ(error.next().substr(0, prefix.size()), prefix) << error.what();
    std::istringstream list(error.next().substr(prefix.size()));
    for (std::string key; list >> key;) keys.insert(key.substr(0, key.find(',')));
  }
  return keys;
}

std::set<std::string> properties(const nlohmann::json& object)
{
  EXPECT_EQ(object.value("additionalProperties", true), false);
  std::set<std::string> keys;
  for (const auto& [key, ignored] : object.at("properties").items()) keys.insert(key);
  return keys;
}

const std::string k_rule = "[[rule]]\nname = 'r'\n";

TEST(PolicySchema, HasExactlyTheKeysOfTheReader)
{
  std::ifstream file(std::string(k_formats) + "sluice.policy.schema.json");
  const auto schema = nlohmann::json::parse(file);
  const auto& top = schema.at("properties");
  const auto& rule = top.at("rule").at("items");
  EXPECT_EQ(properties(schema), known_keys(""));
  EXPECT_EQ(properties(top.at("policy")), known_keys("[policy]\n"));
  EXPECT_EQ(properties(top.at("suite").at("items")), known_keys("[[suite]]\n"));
  EXPECT_EQ(properties(rule), known_keys(k_rule));
  EXPECT_EQ(properties(rule.at("properties").at("when")), known_keys(k_rule + "when = { ", " }\n"));
  EXPECT_EQ(properties(rule.at("properties").at("require")), known_keys(k_rule + "require = { ", " }\n"));
}

TEST(PolicySchema, EveryKeyIsInTheManualPage)
{
  std::ifstream file(std::string(k_formats) + "sluice.policy.toml.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const auto& keys : {known_keys("[policy]\n"), known_keys("[[suite]]\n"), known_keys(k_rule),
                           known_keys(k_rule + "when = { ", " }\n"), known_keys(k_rule + "require = { ", " }\n")})
    for (const std::string& key : keys) EXPECT_NE(page.find("`" + key + "` |"), std::string::npos) << key;
}

} // namespace
} // namespace sluice::policy
