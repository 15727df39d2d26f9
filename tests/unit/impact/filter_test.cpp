#include "impact/filter.h"

#include "model/error.h"

#include <gtest/gtest.h>

namespace sluice::impact {
namespace {

bool matches(std::string_view expression)
{
  TestCase test;
  test.id.value = "net/socket_test:Socket.Closes";
  test.suite = "Socket";
  test.file = "tests/net/socket_test.cpp";
  test.labels = {"net", "slow"};
  Program program;
  program.name = "net/socket_test";
  return parse_filter(expression)(test, program);
}

std::string error_of(std::string_view expression)
{
  try {
    parse_filter(expression);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Filter, ABareWordIsPartOfTheId)
{
  EXPECT_TRUE(matches("Socket"));
  EXPECT_FALSE(matches("Server"));
}

TEST(Filter, AWildcardCoversTheWholeId)
{
  EXPECT_TRUE(matches("net/*.Closes"));
  EXPECT_FALSE(matches("Socket.*"));
}

TEST(Filter, FieldsMatchWhole)
{
  EXPECT_TRUE(matches("label(slow)"));
  EXPECT_FALSE(matches("label(slo)"));
  EXPECT_TRUE(matches("path(tests/net/*)"));
  EXPECT_TRUE(matches("program(*socket_test)"));
  EXPECT_TRUE(matches("suite(Socket)"));
}

TEST(Filter, WordsAndSignsMeanTheSame)
{
  EXPECT_TRUE(matches("label(net) and not label(fast)"));
  EXPECT_TRUE(matches("label(net) & !label(fast)"));
  EXPECT_TRUE(matches("label(fast) or Socket"));
  EXPECT_TRUE(matches("label(fast) | Socket"));
  EXPECT_FALSE(matches("!(label(fast) | Socket)"));
}

TEST(Filter, AndBindsTighterThanOr)
{
  EXPECT_TRUE(matches("Socket or label(x) and label(y)"));
}

TEST(Filter, QuotesHoldAnything)
{
  EXPECT_TRUE(matches(R"(id("net/socket_test:Socket.Closes"))"));
  EXPECT_FALSE(matches(R"("a b")"));
}

TEST(Filter, MistakesNameTheirPlace)
{
  EXPECT_EQ(error_of("lable(x)"), "--filter: there is no field \"lable\": id, label, path, program and suite are (at "
                                  "character 7 of \"lable(x)\")");
  EXPECT_NE(error_of("(a"), "");
  EXPECT_NE(error_of("a b"), "");
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("\"a"), "");
  EXPECT_NE(error_of(std::string(5000, '(')), "");
  EXPECT_NE(error_of(std::string(5000, '!')), "");
}

// Every byte but '*' and '?' is itself, also what is more in a glob.
TEST(Wildcard, HasNoSetsAndNoEscapes)
{
  EXPECT_TRUE(wildcard_matches("test_sum[a-b]", "test_sum[a-b]"));
  EXPECT_FALSE(wildcard_matches("test_sum[a-b]", "test_suma"));
  EXPECT_TRUE(wildcard_matches("*[*", "a[b"));
  EXPECT_TRUE(wildcard_matches("[", "["));
  EXPECT_TRUE(wildcard_matches("]!^-", "]!^-"));
  EXPECT_TRUE(wildcard_matches("a\\*", "a\\b"));
  EXPECT_FALSE(wildcard_matches("a\\*", "a*"));
  EXPECT_TRUE(wildcard_matches("a\\", "a\\"));
  EXPECT_TRUE(wildcard_matches("dir/*", "dir/a/b"));
  EXPECT_FALSE(wildcard_matches("dir/", "dir/a"));
  EXPECT_TRUE(wildcard_matches("/a?c", "/a/c"));
  EXPECT_TRUE(wildcard_matches("", ""));
  EXPECT_FALSE(wildcard_matches("", "a"));
  EXPECT_FALSE(wildcard_matches("?", ""));
  EXPECT_TRUE(wildcard_matches("**", ""));
}

TEST(Wildcard, MatchesWithoutBlowingUp)
{
  EXPECT_TRUE(wildcard_matches("a*b?c", "axxbyc"));
  EXPECT_FALSE(wildcard_matches("a*b?c", "axxbc"));
  const std::string long_text(20'000, 'a');
  EXPECT_FALSE(wildcard_matches("*a*a*a*a*a*a*a*b", long_text));
}

} // namespace
} // namespace sluice::impact
