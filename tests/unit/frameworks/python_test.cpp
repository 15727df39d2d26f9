// What other test files are to a test that Python or pytest runs. Each "does not count" here is a file whose coming the
// test is not run for: a mistake is a failing change that passes.
#include "adapters/frameworks/python/collector.h"
#include "adapters/frameworks/python/listing_name.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>

namespace sluice::frameworks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string k_root = "/r";

std::vector<TestsConfig> files(std::vector<std::string> globs)
{
  TestsConfig entry;
  entry.files = std::move(globs);
  return {entry};
}

Program running(std::vector<std::string> words, std::vector<std::string> program_files = {"t/test_a.py"})
{
  Program program;
  program.launch.arguments = std::move(words);
  program.files = std::move(program_files);
  return program;
}

Observation reading(std::vector<std::string> paths)
{
  Observation seen;
  seen.read = std::move(paths);
  return seen;
}

Collector pytest(const Observation& seen = {}, const std::vector<TestsConfig>& tests = files({"t/*.py"}))
{
  return collector_of(k_root, tests, running({"pytest", "t/test_a.py"}), seen);
}

TEST(ListingName, KeepsFolderAndGlobsWhateverTheyHold)
{
  for (const std::string& folder : {std::string(), std::string("t"), std::string("a\nb\\n"), std::string("\\")})
    for (const std::vector<std::string>& globs : {std::vector<std::string>{}, std::vector<std::string>{"t/*.py"},
                                                  std::vector<std::string>{"\n", "\\", "", "a\\nb"}}) {
      const ListingName read = ListingName::parse(ListingName{folder, globs}.text());
      EXPECT_EQ(read.folder, folder);
      EXPECT_EQ(read.other_tests, globs);
    }
  EXPECT_EQ(ListingName({"t", {}}).text(), "t"); // as proofs of older versions have it
}

TEST(ListingName, LeavesOutOnlyTestFilesThatAGlobMatches)
{
  const ListingName name{"t", {"t/*"}};
  for (const char* path : {"t/test_b.py", "t/b_test.py", "t/cart_tests.py", "t/test.js"})
    EXPECT_TRUE(name.leaves_out(path)) << path;
  for (const char* path : {"t/util.py", "u/test_b.py", "t/conftest.py", "t/test_b.so", "t/test_b.pyc", "t/latest.d/x"})
    EXPECT_FALSE(name.leaves_out(path)) << path;
  EXPECT_FALSE(ListingName({"t", {}}).leaves_out("t/test_b.py"));
}

TEST(Collector, IsPythonOrPytestByTheirNames)
{
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"pytest", "t/test_a.py"}, std::vector<std::string>{"/usr/bin/py.test", "t/test_a.py"},
        std::vector<std::string>{"python3", "-m", "pytest", "t/test_a.py"}}) {
    const Collector collector = collector_of(k_root, files({"t/*.py"}), running(words), {});
    EXPECT_TRUE(collector.collects) << words[0];
    EXPECT_THAT(collector.other_tests, ElementsAre("t/*.py"));
  }
  const Collector plain = collector_of(k_root, files({"t/*.py"}), running({"python3.11", "t/test_a.py"}), {});
  EXPECT_FALSE(plain.collects); // it lists the folders of its module path, but asks nothing of the entries
  EXPECT_THAT(plain.other_tests, ElementsAre("t/*.py"));
  for (const std::vector<std::string>& words : {std::vector<std::string>{}, std::vector<std::string>{"sh", "pytest"},
                                                std::vector<std::string>{"my-pytest", "x"}}) {
    const Collector none = collector_of(k_root, files({"t/*.py"}), running(words), {});
    EXPECT_FALSE(none.collects);
    EXPECT_THAT(none.other_tests, IsEmpty());
  }
}

TEST(Collector, AnotherTestIsOneThatItsCommandDoesNotName)
{
  const Collector collector = pytest();
  EXPECT_THAT(collector.own_files, ElementsAre("t/test_a.py"));
  EXPECT_TRUE(collector.is_another_test("t/test_b.py"));
  EXPECT_FALSE(collector.is_another_test("t/test_a.py"));
  EXPECT_FALSE(collector.is_another_test("t/util.py"));
  EXPECT_FALSE(collector.is_another_test("t/conftest.py"));
}

// Given a folder it takes whatever comes to lie there.
TEST(Collector, AFolderNamesNoFile)
{
  EXPECT_THAT(collector_of(k_root, files({"t/*.py"}), running({"pytest", "t"}), {}).own_files, IsEmpty());
  EXPECT_THAT(collector_of(k_root, files({"t/*.py"}), running({"pytest", "t/"}), {}).own_files, IsEmpty());
  EXPECT_THAT(collector_of(k_root, files({"t/*.py"}), running({"python3", "-m", "t.test_a"}), {}).own_files,
              ElementsAre("t/test_a.py")); // by its module's name
}

// It has opened another test: then tests of that glob count, whoever opened it.
TEST(Collector, AGlobOfWhichItNeedsAnotherFileCounts)
{
  EXPECT_THAT(pytest(reading({"/r/t/test_a.py", "/elsewhere/t/test_b.py"})).other_tests, ElementsAre("t/*.py"));
  EXPECT_THAT(pytest(reading({"/r/t/test_a.py", "/r/t/test_b.py"})).other_tests, IsEmpty());
  EXPECT_THAT(pytest(reading({"/r/t/test_b.py"}), files({"t/test_b*", "t/test_c*"})).other_tests,
              ElementsAre("t/test_c*"));
}

// A program may ask of an entry what Python does not: its date, say.
TEST(Collector, OnlyScansWhereNothingElseRan)
{
  EXPECT_TRUE(pytest(reading({"/usr/bin/python3.11", "/usr/bin/pytest"})).only_scans("t/data.txt"));
  EXPECT_FALSE(pytest(reading({"/usr/bin/make"})).only_scans("t/data.txt"));
  EXPECT_TRUE(pytest().only_scans("setup.cfg")); // on the way from the root
  EXPECT_FALSE(pytest().only_scans("u/data.txt"));
  EXPECT_FALSE(pytest().only_scans("/etc/passwd"));
  EXPECT_FALSE(
    collector_of(k_root, files({"t/*.py"}), running({"python3", "t/test_a.py"}), {}).only_scans("t/data.txt"));
}

// "import test_helper" was found in lib/: one in a folder that Python asks first would be found instead.
TEST(Collector, NamesWhatWouldBeFoundBefore)
{
  const Collector collector = pytest(reading({"/r/t/test_a.py", "/r/lib/test_helper.py", "/r/lib/plain.py"}));
  EXPECT_THAT(collector.modules, ElementsAre("test_helper"));
  EXPECT_THAT(collector.stand_ins_in(k_root, "/r/t"), ElementsAre("t/test_helper.py"));
  EXPECT_THAT(collector.stand_ins_in(k_root, "/r/u"), IsEmpty()); // no glob of tests matches there
}

TEST(Bytecode, IsMadeFromTheSourcesThatAreThere)
{
  const tests::TempDir folder;
  folder.write("d/n.py", "");
  folder.write("d/n.cpython-311.py", "");
  const std::string root = folder.path();
  EXPECT_THAT(sources_of_bytecode(root + "/d/__pycache__/n.cpython-311.opt-1.pyc"),
              ElementsAre(root + "/d/n.py", root + "/d/n.cpython-311.py"));
  EXPECT_THAT(sources_of_bytecode(root + "/d/__pycache__/gone.cpython-311.pyc"), IsEmpty());
  EXPECT_THAT(sources_of_bytecode(root + "/d/n.py"), IsEmpty());
}

} // namespace
} // namespace sluice::frameworks
