#include "model/error.h"
#include "tests/unit/frameworks/world.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using testing::ElementsAre;

TestsConfig command(std::vector<std::string> words)
{
  TestsConfig entry;
  entry.command = std::move(words);
  return entry;
}

TEST(CommandListing, OneTestForAnEntry)
{
  World world;
  world.dir.write("tools/check.sh", "#!/bin/sh\n");
  TestsConfig entry = command({"tools/check.sh", "-v"});
  entry.name = "check";
  entry.labels = {"z", "a"};
  entry.inputs = {"data/**"};
  const Listing listing = list({entry}, world.context);
  ASSERT_THAT(ids_of(listing), ElementsAre("check"));
  const Program& program = listing.catalogue.programs[0];
  EXPECT_THAT(program.launch.arguments, ElementsAre(world.dir / "tools/check.sh", "-v"));
  EXPECT_EQ(program.launch.working_directory, world.dir.path());
  EXPECT_THAT(program.files, ElementsAre("tools/check.sh"));
  EXPECT_THAT(program.declared_inputs, ElementsAre("data/**"));
  EXPECT_THAT(listing.catalogue.tests[0].labels, ElementsAre("a", "z"));
  EXPECT_FALSE(program.closed);
}

TEST(CommandListing, OneTestForAFile)
{
  World world;
  world.context.files = {"t/b.txt", "t/a.txt", "t/c.md"};
  world.dir.write("t/a.txt", "");
  TestsConfig entry = command({"sh", "-c", "check {file} {file}"});
  entry.files = {"t/*.txt", "t/a*"};
  const Listing listing = list({entry}, world.context);
  EXPECT_THAT(ids_of(listing), ElementsAre("sh:t/a.txt", "sh:t/b.txt"));
  EXPECT_EQ(listing.catalogue.program_of(listing.catalogue.tests[0]).launch.arguments[2], "check t/a.txt t/a.txt");
  EXPECT_EQ(listing.catalogue.tests[0].file, "t/a.txt");
  entry.directory = "t"; // a path that is right from there
  const Listing elsewhere = list({entry}, world.context);
  EXPECT_EQ(elsewhere.catalogue.programs[0].launch.arguments[2],
            "check " + world.dir / "t/a.txt" + " " + world.dir / "t/a.txt");
}

TEST(CommandListing, PlaceholdersNameFileFolderAndStem)
{
  World world;
  world.context.files = {"cart/cart_test.go", "cart/price_test.go", "main_test.go", "-x_test.go", "{name}_test.go"};
  TestsConfig entry = command({"go", "{file}", "{package}", "{name}"});
  entry.files = {"*_test.go"};
  const auto arguments = [&](const char* id) {
    const Listing listing = list({entry}, world.context);
    const std::vector<std::string>& all = listing.catalogue.program_of(test_named(listing, id)).launch.arguments;
    return std::vector<std::string>(all.begin() + 1, all.end());
  };
  EXPECT_THAT(arguments("go:cart/cart_test.go"), ElementsAre("cart/cart_test.go", "./cart", "cart_test"));
  EXPECT_THAT(arguments("go:main_test.go"), ElementsAre("main_test.go", ".", "main_test"));
  EXPECT_THAT(arguments("go:-x_test.go"), ElementsAre("./-x_test.go", ".", "-x_test"));
  EXPECT_THAT(arguments("go:{name}_test.go"), ElementsAre("{name}_test.go", ".", "{name}_test"));
  entry.directory = "cart";
  EXPECT_THAT(arguments("go:cart/cart_test.go"), ElementsAre(world.dir / "cart/cart_test.go", ".", "cart_test"));
  EXPECT_THAT(arguments("go:main_test.go"), ElementsAre(world.dir / "main_test.go", world.dir.path(), "main_test"));
}

// Two files of one folder would be one command twice.
TEST(CommandListing, OneTestForAFolderWhereOnlyThePackageIsNamed)
{
  World world;
  world.context.files = {"cart/b_test.go", "cart/a_test.go", "main_test.go"};
  TestsConfig entry = command({"go", "test", "{package}"});
  entry.files = {"*_test.go"};
  const Listing listing = list({entry}, world.context);
  EXPECT_THAT(ids_of(listing), ElementsAre("go:.", "go:cart"));
  const TestCase& test = test_named(listing, "go:cart");
  EXPECT_EQ(listing.catalogue.program_of(test).launch.arguments[2], "./cart");
  EXPECT_THAT(listing.catalogue.program_of(test).files, testing::IsSupersetOf({"cart/a_test.go", "cart/b_test.go"}));
}

TEST(CommandListing, MistakesAreNamed)
{
  World world;
  EXPECT_THROW(list({command({})}, world.context), Error);
  TestsConfig entry = command({"sh", "{file}"});
  entry.files = {"absent/*.txt"};
  try {
    list({entry}, world.context);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::configuration);
    EXPECT_THAT(error.what(), testing::HasSubstr("absent/*.txt"));
  }
}

TEST(CommandListing, AProgramThatIsNotThereStaysATest)
{
  World world;
  const Listing listing = list({command({"no-such-program"})}, world.context);
  EXPECT_THAT(ids_of(listing), ElementsAre("no-such-program"));
  EXPECT_EQ(listing.catalogue.programs[0].launch.arguments[0], "no-such-program");
}

// Exit code 77 means nothing to a plain command, and a crash is left to the runner.
TEST(CommandListing, ExitCodeDecides)
{
  World world;
  const Listing listing = list({command({"sh"})}, world.context);
  const TestCase* test = listing.catalogue.tests.data();
  const runner::BatchRequest request{
    listing.catalogue.programs.data(), {&test, 1}, world.dir.path(), {"GTEST_FILTER=x", "A=1"}};
  const runner::Framework& framework = framework_of(listing.catalogue.programs[0]);
  EXPECT_THAT(framework.command(request).environment, ElementsAre("A=1"));
  const auto outcome = [&](int code, int signal) {
    std::vector<runner::CaseUpdate> updates;
    const auto reader = framework.reader(request);
    reader->feed("words\n", updates);
    runner::Ended ended;
    ended.exit_code = code;
    ended.signal = signal;
    reader->finish(ended, updates);
    if (updates.size() == 1) return std::string("none");
    const AttemptResult& result = std::get<runner::CaseFinished>(updates.back()).result;
    return std::string(to_string(result.outcome)) + ":" + result.output;
  };
  EXPECT_EQ(outcome(0, 0), "passed:");
  EXPECT_EQ(outcome(77, 0), "failed:words\n");
  EXPECT_EQ(outcome(0, 9), "none");
}

} // namespace
} // namespace sluice::frameworks
