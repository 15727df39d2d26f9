#include "adapters/frameworks/catalogue_codec.h"

#include <gtest/gtest.h>

namespace sluice::frameworks {
namespace {

Listing sample()
{
  Listing listing;
  Program program;
  program.name = "parser_test";
  program.launch = {{"/b/parser_test", "--x"},
                    "/b",
                    {{EnvironmentChange::Action::set, "A", "1"}, {EnvironmentChange::Action::unset, "B", ""}}};
  program.framework = FrameworkKind::gtest;
  program.isolation = Isolation::one_case;
  program.files = {"b/parser_test"};
  program.declared_inputs = {"data/**"};
  program.closed = true;
  program.cases = 7;
  listing.catalogue.programs = {program};
  TestCase plain{{"a"}, "s", "a", "S.a", ProgramId{0}, {}, {}, 0, {}, {}, {}, {}};
  TestCase full{{"b"}, "s", "b", "", ProgramId{0}, {"l1", "l2"}, "t.cpp", 9, Millis(1500), {}, {}, "disabled"};
  full.needs = {2, true, {"lock"}, {"up"}, {"down"}, {"need"}, {{"a"}}, 3.5};
  full.rules = {{"p"}, {"f"}, {"s"}, -1, true, {"/r"}, ResultFormat::tap, {{"m"}, Millis{7}}};
  listing.catalogue.tests = {plain, full};
  listing.not_built = {"target"};
  return listing;
}

TEST(CatalogueCodec, RoundTrip)
{
  const Listing listing = sample();
  const auto back = decode_listing(encode_listing(listing));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->catalogue, listing.catalogue);
  EXPECT_EQ(back->not_built, listing.not_built);
}

TEST(CatalogueCodec, RefusesAnotherVersionAndAnythingLeftOver)
{
  std::string bytes = encode_listing(sample());
  EXPECT_FALSE(decode_listing(bytes + "x"));
  bytes[bytes.find(" 1\n") + 1] = '2';
  EXPECT_FALSE(decode_listing(bytes));
  EXPECT_FALSE(decode_listing(""));
}

TEST(CatalogueCodec, RefusesEveryTruncation)
{
  const std::string bytes = encode_listing(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_listing(bytes.substr(0, size))) << size;
}

// Whatever a byte is changed to, reading ends, and what is read keeps the promises that others rely on.
TEST(CatalogueCodec, SurvivesEveryChangedByte)
{
  const std::string bytes = encode_listing(sample());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(value);
      const auto listing = decode_listing(damaged);
      if (!listing) continue;
      for (const TestCase& test : listing->catalogue.tests) {
        ASSERT_LT(static_cast<std::size_t>(test.program), listing->catalogue.programs.size());
        ASSERT_FALSE(test.name.empty());
      }
      for (const Program& program : listing->catalogue.programs) ASSERT_FALSE(program.launch.arguments.empty());
    }
  }
}

TEST(CatalogueCodec, RefusesTestsOutOfOrder)
{
  Listing listing = sample();
  std::swap(listing.catalogue.tests[0], listing.catalogue.tests[1]);
  EXPECT_FALSE(decode_listing(encode_listing(listing)));
  listing.catalogue.tests[1] = listing.catalogue.tests[0];
  EXPECT_FALSE(decode_listing(encode_listing(listing)));
}

} // namespace
} // namespace sluice::frameworks
