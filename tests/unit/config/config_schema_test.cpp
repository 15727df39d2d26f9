// The reader and docs/formats/sluice.schema.json must know the same keys: an editor that follows the schema may neither
// refuse what the reader takes nor offer what it refuses.
#include "adapters/config/toml.h"
#include "model/error.h"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

namespace sluice::config {
namespace {

// The keys that the reader names when it meets one that is like none of them.
std::set<std::string> known_keys(const std::string& header)
{
  const std::string prefix = "known keys: ";
  std::set<std::string> keys;
  try {
    (void)read_config(header + "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq = 1\n", "f");
    ADD_FAILURE() << "an unknown key was taken: " << header;
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

TEST(ConfigSchema, HasExactlyTheKeysOfTheReader)
{
  std::ifstream file(SLUICE_FORMATS "/sluice.schema.json");
  const auto schema = nlohmann::json::parse(file);
  const auto& top = schema.at("properties");
  EXPECT_EQ(properties(schema), known_keys(""));
  EXPECT_EQ(properties(top.at("build")), known_keys("[build]\n"));
  EXPECT_EQ(properties(top.at("tests").at("items")), known_keys("[[tests]]\n"));
  EXPECT_EQ(properties(top.at("run")), known_keys("[run]\n"));
  EXPECT_EQ(properties(top.at("quarantine").at("items")), known_keys("[[quarantine]]\n"));
  EXPECT_EQ(properties(top.at("changes")), known_keys("[changes]\n"));
}

TEST(ConfigSchema, EveryKeyIsInTheManualPage)
{
  std::ifstream file(SLUICE_FORMATS "/sluice.toml.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const char* header : {"[build]\n", "[[tests]]\n", "[run]\n", "[changes]\n", "[[quarantine]]\n"})
    for (const std::string& key : known_keys(header))
      EXPECT_NE(page.find("| `" + key + "` |"), std::string::npos) << key << " of " << header;
}

} // namespace
} // namespace sluice::config
