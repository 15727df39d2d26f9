#include "adapters/config/toml.h"
#include "model/error.h"

#include <gmock/gmock.h>

namespace sluice::config {
namespace {

using ::testing::StartsWith;

const ConfigTable& table(const ConfigNode& node)
{
  return std::get<ConfigTable>(node.value);
}

std::string error_of(std::string_view text)
{
  try {
    (void)parse_toml(text, "sluice.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    return error.what();
  }
  return "no error";
}

TEST(Toml, KeepsTheOrderOfTheFile)
{
  const ConfigNode root = parse_toml("zeta = 1\nalpha = 2\n[mid]\nb = 1\na = 2\n", "f");
  ASSERT_EQ(table(root).entries.size(), 3u);
  EXPECT_EQ(table(root).entries[0].key, "zeta");
  EXPECT_EQ(table(root).entries[1].key, "alpha");
  EXPECT_EQ(table(root).entries[2].key, "mid");
  EXPECT_EQ(table(table(root).entries[2].node).entries[0].key, "b");
}

std::string repeated(std::string_view text, int times)
{
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Toml, AKeyOfAnyDepthIsRefusedAndNotFollowed)
{
  for (const std::string& text : {"x" + repeated(".a", 300'000) + " = 1\n", "[x" + repeated(".a", 300'000) + "]\n",
                                  "y = { x" + repeated(" . 'a.b'", 300'000) + " = 1 }\n",
                                  "s = \"\"\"\n\\\"\"\" \"\"\"\nx" + repeated(".\"q\\\"\"", 300'000) + " = 1\n"})
    EXPECT_THAT(error_of(text), testing::HasSubstr("a key with more than 16 parts")) << text.substr(0, 30);
  EXPECT_THAT(error_of("a = 1\nx" + repeated(".a", 17) + " = 1\n"), StartsWith("sluice.toml:2: "));
  EXPECT_THAT(error_of(repeated("#", (16 << 20) + 1)), testing::HasSubstr("larger than 16 MiB"));
}

TEST(Toml, DotsThatPartNoKeyDoNotCount)
{
  const std::string dots = repeated("..", 20);
  EXPECT_EQ(error_of("a = \"" + dots + "\" # " + dots + "\nb = '" + dots + "'\nc = \"\"\"" + dots + "\n\\\"" + dots +
                     "\"\"\"\nd = '''" + dots + "\n'" + dots + "'''\ne = [" + repeated("1.5, ", 40) + "]\n"),
            "no error");
}

TEST(Toml, EveryEntryCarriesTheLineOfItsKey)
{
  const ConfigNode root =
    parse_toml("a = 1\n\n[run]\njobs = 2\n[[tests]]\nname = 'x'\n[[tests]]\nenv = { A = 'b' }\n", "f");
  EXPECT_EQ(table(root).entries[0].node.position, (Position{1, 1}));
  const ConfigNode& run = table(root).entries[1].node;
  EXPECT_EQ(run.position.line, 3);
  EXPECT_EQ(table(run).entries[0].node.position.line, 4);
  const auto& tests = std::get<ConfigArray>(table(root).entries[2].node.value);
  ASSERT_EQ(tests.size(), 2u);
  EXPECT_EQ(tests[1].position.line, 7);
  EXPECT_EQ(table(table(tests[1]).entries[0].node).entries[0].node.position.line, 8);
}

TEST(Toml, EveryTypeOfValueArrives)
{
  const ConfigNode root = parse_toml("a=true\nb=7\nc=1.5\nd='x'\ne=[1]\nf={}\ng=2026-01-02\n", "f");
  const auto& entries = table(root).entries;
  EXPECT_EQ(std::get<bool>(entries[0].node.value), true);
  EXPECT_EQ(std::get<std::int64_t>(entries[1].node.value), 7);
  EXPECT_EQ(std::get<double>(entries[2].node.value), 1.5);
  EXPECT_EQ(std::get<std::string>(entries[3].node.value), "x");
  EXPECT_EQ(std::get<ConfigArray>(entries[4].node.value).size(), 1u);
  EXPECT_TRUE(table(entries[5].node).entries.empty());
  EXPECT_EQ(std::get<std::string>(entries[6].node.value), "2026-01-02");
}

TEST(Toml, WhatIsNotTomlIsNamedWithLineAndColumn)
{
  EXPECT_THAT(error_of("a = 1\nb = \n"), StartsWith("sluice.toml:2:"));
  EXPECT_THAT(error_of("a = 1\na = 2\n"), StartsWith("sluice.toml:2:"));
  EXPECT_THAT(error_of("a = '\xff'\n"), StartsWith("sluice.toml:1:"));
  EXPECT_EQ(error_of("a = 1\nb = \n").find('\n'), std::string::npos);
}

TEST(Toml, HostileNestingIsAnErrorAndNotACrash)
{
  EXPECT_THAT(error_of("a = " + std::string(100'000, '[')), StartsWith("sluice.toml:1:"));
}

} // namespace
} // namespace sluice::config
