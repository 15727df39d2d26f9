#include "adapters/config/toml.h"
#include "model/config_tree.h"
#include "model/error.h"

#include <functional>
#include <gmock/gmock.h>

namespace sluice {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

struct Complaint {
  std::string what, next;
  friend bool operator==(const Complaint&, const Complaint&) = default;
};
void PrintTo(const Complaint& complaint, std::ostream* out)
{
  *out << complaint.what << " | " << complaint.next;
}

// What the reader says when `read` is done with the table [run] that begins in line 2.
Complaint complaint(const std::string& lines, const std::function<void(TableReader&)>& read)
{
  const ConfigNode root = config::parse_toml("\n[run]\n" + lines, "sluice.toml");
  TableReader table("sluice.toml", std::get<ConfigTable>(root.value).entries[0].node, "[run]");
  try {
    read(table);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    return {error.what(), error.next()};
  }
  return {};
}

template <class Value> Value value(const std::string& lines, const std::function<Value(TableReader&)>& read)
{
  const ConfigNode root = config::parse_toml("\n[run]\n" + lines, "sluice.toml");
  TableReader table("sluice.toml", std::get<ConfigTable>(root.value).entries[0].node, "[run]");
  return read(table);
}

TEST(TableReader, AMisspeltKeyIsNamedWithItsLineAndTheNearestRightOne)
{
  const auto read = [](TableReader& table) {
    (void)table.integer("jobs", 0, 8);
    (void)table.duration("timeout");
    table.finish();
  };
  EXPECT_EQ(complaint("jobs = 1\ntiemout = \"1s\"\n", read),
            (Complaint{"sluice.toml:4: unknown key \"tiemout\" in [run]", "did you mean \"timeout\"?"}));
  EXPECT_EQ(complaint("qqqqqqqqq = 1\n", read),
            (Complaint{"sluice.toml:3: unknown key \"qqqqqqqqq\" in [run]", "known keys: jobs, timeout"}));
  EXPECT_EQ(complaint("jobs = 1\n", read), Complaint{});
}

TEST(TableReader, AWrongTypeIsNamed)
{
  EXPECT_EQ(complaint("a = 'x'\n", [](TableReader& t) { (void)t.boolean("a"); }).what,
            "sluice.toml:3: \"a\" in [run] must be true or false, not a string");
  EXPECT_EQ(complaint("a = 1.5\n", [](TableReader& t) { (void)t.integer("a", 0, 9); }).what,
            "sluice.toml:3: \"a\" in [run] must be a whole number, not a decimal number");
  EXPECT_EQ(complaint("a = 1\n", [](TableReader& t) { (void)t.string("a"); }).what,
            "sluice.toml:3: \"a\" in [run] must be a string, not a whole number");
  EXPECT_EQ(complaint("a = true\n", [](TableReader& t) { (void)t.strings("a"); }).what,
            "sluice.toml:3: \"a\" in [run] must be an array of strings, not a boolean");
  EXPECT_EQ(complaint("a = []\n", [](TableReader& t) { (void)t.table("a"); }).what,
            "sluice.toml:3: \"a\" in [run] must be a table, not an array");
}

TEST(TableReader, AnElementOfTheWrongTypeIsNamedWithItsOwnLine)
{
  EXPECT_EQ(complaint("a = [\n 'x',\n 7,\n]\n", [](TableReader& t) { (void)t.strings("a"); }).what,
            "sluice.toml:5: \"a\" in [run] must be an array of strings, each element a string, not a whole number");
  EXPECT_THAT(complaint("a = { b = 1 }\n", [](TableReader& t) { (void)t.tables("a"); }).next, HasSubstr("[[a]]"));
}

TEST(TableReader, NumbersStayInTheirRange)
{
  const auto read = [](TableReader& table) { (void)table.integer("jobs", 0, 8); };
  EXPECT_EQ(complaint("jobs = 8\n", read), Complaint{});
  EXPECT_EQ(complaint("jobs = 9\n", read).what, "sluice.toml:3: \"jobs\" in [run] must be from 0 to 8, not 9");
  EXPECT_EQ(complaint("jobs = -1\n", read).what, "sluice.toml:3: \"jobs\" in [run] must be from 0 to 8, not -1");
}

TEST(TableReader, DurationsHaveAUnit)
{
  const std::function<std::optional<Millis>(TableReader&)> read = [](TableReader& t) { return t.duration("t"); };
  EXPECT_EQ(value("t = '250ms'\n", read), 250ms);
  EXPECT_EQ(value("t = '90s'\n", read), 90s);
  EXPECT_EQ(value("t = '5m'\n", read), 5min);
  EXPECT_EQ(value("t = '1h'\n", read), 1h);
  EXPECT_EQ(value("", read), std::nullopt);
  for (const char* wrong :
       {"'90'", "'s'", "''", "'1.5s'", "'-1s'", "'1 s'", "'9999999999999h'", "'99999999999h'", "90"})
    EXPECT_THAT(complaint("t = " + std::string(wrong) + "\n", [](TableReader& t) { (void)t.duration("t"); }).next,
                HasSubstr("\"90s\""))
      << wrong;
}

TEST(TableReader, AValueOutsideAChoiceNamesTheNearest)
{
  const auto read = [](TableReader& table) { (void)table.one_of("kind", {"ctest"sv, "gtest"sv, "command"sv}); };
  EXPECT_EQ(complaint("kind = 'comand'\n", read),
            (Complaint{"sluice.toml:3: \"comand\" is no value for \"kind\" in [run]", "did you mean \"command\"?"}));
  EXPECT_EQ(complaint("kind = 'xxxxxx'\n", read).next, "choose one of: ctest, gtest, command");
  EXPECT_EQ(complaint("kind = 'gtest'\n", read), Complaint{});
}

TEST(TableReader, OneStringCountsAsAListOfOne)
{
  const std::function<std::vector<std::string>(TableReader&)> read = [](TableReader& t) { return t.strings("a"); };
  EXPECT_THAT(value("a = 'x'\n", read), ElementsAre("x"));
  EXPECT_THAT(value("a = ['x', 'y']\n", read), ElementsAre("x", "y"));
  EXPECT_THAT(value("", read), ElementsAre());
}

TEST(TableReader, ARequiredStringIsMissedInTheLineOfItsTable)
{
  const auto read = [](TableReader& table) { (void)table.required_string("name"); };
  EXPECT_EQ(complaint("", read).what, "sluice.toml:2: [run] needs \"name\"");
  EXPECT_EQ(complaint("name = ''\n", read).what, "sluice.toml:3: [run] needs \"name\", which is empty");
}

TEST(TableReader, WhatIsNoTableIsRefused)
{
  ConfigNode node;
  node.position = {7, 1};
  node.value = std::string("text");
  EXPECT_THROW(TableReader("f", node, "[run]"), Error);
}

TEST(Nearest, IsAtMostAThirdOfTheWordAway)
{
  EXPECT_EQ(nearest("tiemout", {"jobs", "timeout"}), "timeout"); // a swap is one step
  EXPECT_EQ(nearest("JOBS", {"jobs"}), "jobs");                  // case costs nothing
  EXPECT_EQ(nearest("jb", {"jobs"}), "");                        // two steps, one allowed
  EXPECT_EQ(nearest("jbs", {"jobs"}), "jobs");
  EXPECT_EQ(nearest("timexxxxx", {"timeout"}), "");
  EXPECT_EQ(nearest("labels", {"label", "labels"}), "labels"); // the smaller distance wins
  EXPECT_EQ(nearest("", {"a"}), "a");
  EXPECT_EQ(nearest("x", {}), "");
}

TEST(Nearest, AHostileKeyCostsLittle)
{
  EXPECT_EQ(nearest(std::string(1'000'000, 'a'), {"timeout", "jobs"}), "");
}

} // namespace
} // namespace sluice
