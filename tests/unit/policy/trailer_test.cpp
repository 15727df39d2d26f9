// One line taken apart. What is a trailer here is read as one by authorship and by the question who may approve.
#include "policy/trailer.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string_view> k_keys{"generated-by", "written-by", "agent"};

// "key|name|address" of each.
std::vector<std::string> read(std::string_view line, std::string_view next = {})
{
  std::vector<std::string> result;
  for (const Trailer& trailer : parse_trailers(line, next, k_keys))
    result.push_back(trailer.key + "|" + trailer.name + "|" + trailer.address);
  return result;
}

TEST(Trailer, IsAKeyAValueAndWhoItIs)
{
  const std::vector<Trailer> all = parse_trailers("Co-authored-by: Ada L. <Ada@X.org>", "", k_keys);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].key, "co-authored-by");
  EXPECT_EQ(all[0].value, "Ada L. <Ada@X.org>");
  EXPECT_EQ(all[0].name, "Ada L.");
  EXPECT_EQ(all[0].address, "ada@x.org");
}

TEST(Trailer, KeysAreOneHoweverTheyAreWritten)
{
  for (const char* key : {"CO-AUTHORED-BY", "Co authored by", "co_authored_by", "Co--Authored  By",
                          "**Co-authored-by**", "`Co-authored-by`", "Co-authored-by\t", "  * Co-authored-by",
                          "> 1. Co-authored-by", "<!-- <p>Co-authored-by", "-Co-authored-by-"})
    EXPECT_THAT(read(std::string(key) + ": Ada <ada@x.org>"), ElementsAre("co-authored-by|Ada|ada@x.org")) << key;
}

TEST(Trailer, AKeyHasLettersAndAnEnd)
{
  for (const char* line : {"", ":", ": x", "12: x", "no colon here", " - : x", "*: x"})
    EXPECT_THAT(read(line), IsEmpty()) << line;
  EXPECT_THAT(read(std::string(40, 'k') + ": x"), ElementsAre(std::string(40, 'k') + "|x|"));
  EXPECT_THAT(read(std::string(41, 'k') + ": x"), IsEmpty());
}

TEST(Trailer, AnAddressNeedsNoBrackets)
{
  for (const char* value : {"Ada <ada@x.org>", "Ada<ADA@x.org>", "Ada ada@x.org", "\"Ada\" <ada@x.org>",
                            "Ada (ada@x.org)", "**Ada** <ada@x.org>", "'Ada <ada@x.org>'", "Ada <ada@x.org"})
    EXPECT_THAT(read("Agent: " + std::string(value)), Contains(::testing::EndsWith("|ada@x.org"))) << value;
  EXPECT_THAT(read("Agent: ada@x.org"), ElementsAre("agent||ada@x.org"));
  EXPECT_THAT(read("Agent: Ada <remark>"), ElementsAre("agent|Ada|")); // a remark has no '@'
  EXPECT_THAT(read("Agent: Ada"), ElementsAre("agent|Ada|"));
  EXPECT_THAT(read("Agent:"), ElementsAre("agent||"));
}

// git takes the last address only: the people before it are none the less.
TEST(Trailer, EachPersonOfALineIsOne)
{
  EXPECT_THAT(read("Agent: Ada <ada@x.org>, Bob <bob@x.org> & Eve <eve@x.org>"),
              ElementsAre("agent|Ada|ada@x.org", "agent|Bob|bob@x.org",
                          "agent|Ada <ada@x.org>, Bob <bob@x.org> & Eve|eve@x.org"));
  EXPECT_THAT(read("Agent: ada@x.org;bob@x.org"), Contains("agent||ada@x.org"));
}

TEST(Trailer, MayGoOnInTheNextLine)
{
  EXPECT_THAT(read("Agent: Ada", "  <ada@x.org>"), ElementsAre("agent|Ada|", "agent|Ada|ada@x.org"));
  EXPECT_THAT(read("Agent:", "\tada@x.org"), ElementsAre("agent||", "agent||ada@x.org"));
  EXPECT_THAT(read("Agent: Ada", "<ada@x.org>"), ElementsAre("agent|Ada|"));        // not indented
  EXPECT_THAT(read("Agent: Ada", "  Key: <ada@x.org>"), ElementsAre("agent|Ada|")); // a trailer of its own
  EXPECT_THAT(read("Agent: Ada", "   "), ElementsAre("agent|Ada|"));
  EXPECT_THAT(read("Agent: Ada <ada@x.org>", "  <bob@x.org>"),
              ElementsAre("agent|Ada|ada@x.org")); // it has its address
}

TEST(Trailer, StandsAtTheEndOfASentence)
{
  EXPECT_THAT(read("fix it, Assisted-by: claude-code, Tests-generated-by: cursor"),
              ::testing::IsSupersetOf({"assisted-by|claude-code|", "tests-generated-by|cursor|"}));
  EXPECT_THAT(read("fix it (agent: x)"), Contains("agent|x|"));
  EXPECT_THAT(read("fix it; agent: x"), Contains("agent|x|"));
}

// Without a colon only a key that is known, ends in "-by" and stands as a whole.
TEST(Trailer, AKnownKeyNeedsNoColon)
{
  EXPECT_THAT(read("Generated-by claude"), ElementsAre("generated-by|claude|"));
  EXPECT_THAT(read("fix it, written-by ada@x.org"), ElementsAre("written-by||ada@x.org"));
  for (const char* line :
       {"Reviewed-by claude", "Generated-byte claude", "agent smith", "Generated-by", "is generated-by x"})
    EXPECT_THAT(read(line), IsEmpty()) << line;
}

// Hours of our time are not to be had by a line of brackets; the last segments count, where a disclosure stands.
TEST(Trailer, ALineOfBracketsHasAnEnd)
{
  const std::string brackets(200'000, '(');
  EXPECT_THAT(read(brackets + ", agent: x"), Contains("agent|x|"));
  EXPECT_LE(parse_trailers(std::string(20'000, ';') + "a: b", "", k_keys).size(), 2'000u);
  EXPECT_THAT(read("agent: x, " + std::string(2'000, ',')), ::testing::Not(IsEmpty()));
}

TEST(Bare, BeginsWithTheFirstLetter)
{
  EXPECT_EQ(bare("  1. > * Text 1 "), "Text 1");
  EXPECT_EQ(bare("\xF0\x9F\xA4\x96 Generated"), "Generated");
  EXPECT_EQ(bare("1234 -- "), "");
  EXPECT_EQ(bare(""), "");
}

} // namespace
} // namespace sluice::policy
