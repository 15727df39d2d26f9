// Build folders that are damaged or made to hurt: no crash, no hang, no exception, and a gap that says so.
#include "adapters/facts/makefile_rules.h"
#include "adapters/facts/ninja_deps_log.h"
#include "adapters/facts/ninja_manifest.h"
#include "tests/unit/facts/facts_fixture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include <sys/stat.h>

namespace sluice::facts {
namespace {

using sluice::tests::TempDir;

BuildFacts read_manifest(const std::string& manifest)
{
  TempDir folder;
  folder.write("b/build.ninja", manifest);
  return read_build_facts(folder.path(), folder / "b");
}

TEST(Hostile, FileThatIncludesItself)
{
  EXPECT_EQ(read_manifest("include build.ninja\n").gaps.size(), 1u);
  EXPECT_EQ(read_manifest("subninja build.ninja\n").gaps.size(), 1u);
}

TEST(Hostile, FilesThatIncludeTheNextOneTwiceAndSoOn)
{
  TempDir folder;
  folder.write("b/build.ninja", "include f0\n");
  for (int i = 0; i < 60; ++i) {
    const std::string next = "subninja f" + std::to_string(i + 1) + "\n";
    folder.write("b/f" + std::to_string(i), next + next);
  }
  folder.write("b/f60", "");
  EXPECT_FALSE(read_build_facts(folder.path(), folder / "b").gaps.empty());
}

TEST(Hostile, VariablesThatGrowWithoutEnd)
{
  std::string doubling = "v0 = xxxxxxxxxxxxxxxx\n";
  std::string late = "rule r\n  command = $w0\n";
  for (int i = 0; i < 60; ++i) {
    doubling += fmt::format("v{1} = $v{0} $v{0}\n", i, i + 1);
    late += fmt::format("  w{0} = $w{1}$w{1}\n", i, i + 1);
  }
  EXPECT_FALSE(read_manifest(doubling).gaps.empty());
  EXPECT_FALSE(read_manifest(late + "build a: r\n").gaps.empty());
  EXPECT_FALSE(read_manifest("rule r\n  command = $x\n  x = $y\n  y = $x\nbuild a: r\n").gaps.empty());
}

TEST(Hostile, CircularBuildIsReadAsItStands)
{
  const BuildFacts facts = read_manifest("build a: phony b\nbuild b: phony a\nbuild c: phony c\n");
  EXPECT_TRUE(has_edge(facts, "b/a", "b/b", FactSource::ninja_graph));
}

TEST(Hostile, PipeAndFolderInThePlaceOfFilesAreGaps)
{
  TempDir folder;
  std::filesystem::create_directories(folder / "b/.ninja_deps");
  folder.write("b/build.ninja", "include pipe\n");
  ASSERT_EQ(::mkfifo((folder / "b/pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_build_facts(folder.path(), folder / "b").gaps.size(), 2u);
}

TEST(Hostile, CodeModelOfAnyShape)
{
  TempDir folder;
  folder.write("b/CMakeCache.txt", "CMAKE_GENERATOR:INTERNAL=Unix Makefiles\nCMAKE_HOME_DIRECTORY:INTERNAL=/nowhere\n");
  const std::string index = "b/.cmake/api/v1/reply/index-1.json";
  for (const char* json :
       {"", "{", "[]", "{\"objects\": 3}", "{\"objects\": [1, {\"kind\": 2, \"version\": {\"major\": \"2\"}}]}",
        "{\"objects\": [{\"kind\": \"codemodel\", \"version\": {\"major\": 2}, \"jsonFile\": \"index-1.json\"}]}",
        "{\"objects\": [{\"kind\": \"codemodel\", \"version\": {\"major\": 99999999999}, \"jsonFile\": [] }]}"}) {
    folder.write(index, json);
    EXPECT_FALSE(read_build_facts(folder.path(), folder / "b").gaps.empty()) << json;
  }
}

// Not a substitute for the fuzz targets: a fast look at what random damage does. It expects nothing but an end without
// a crash; the sanitizers see more.
TEST(Hostile, RandomDamageCrashesNoReader)
{
  const std::string manifest =
    "x = a $\n b\nrule r\n  command = c $in ${out}\n  deps = gcc\nbuild o | p: r i $\n | j || k |@ v\n"
    "  x = $x$$\nbuild q: phony o\ndefault q\nsubninja s\n";
  std::string log = "# ninjadeps\n";
  log.append("\4\0\0\0\10\0\0\0a.o\0\377\377\377\377\20\0\0\200\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0", 36);
  const unsigned seed = 12345;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = manifest;
    std::string damaged_log = log;
    for (int change = 0; change < 3; ++change) {
      damaged[random() % damaged.size()] = " \n$:|=\t\rx{}\0@"[random() % 14];
      damaged_log[random() % damaged_log.size()] = static_cast<char>(random());
    }
    const NinjaManifest read = read_ninja_manifest("f", [&](const std::string&) { return std::optional(damaged); });
    std::string value;
    for (const BuildStatement& statement : read.statements) read.expand(statement, "command", Quoting::shell, value);
    read_make_rules(damaged);
    read_ninja_deps_log(damaged_log);
  }
}

} // namespace
} // namespace sluice::facts
