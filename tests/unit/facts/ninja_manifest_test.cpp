// The grammar's corners, with ninja itself as the judge of what a command expands to.
#include "adapters/facts/ninja_manifest.h"

#include "tests/unit/facts/facts_fixture.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::facts {
namespace {

using sluice::tests::TempDir;

NinjaManifest read(const std::map<std::string, std::string>& files)
{
  return read_ninja_manifest("build.ninja", [&](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

std::string names(const NinjaManifest& manifest, std::span<const NodeId> nodes)
{
  std::string text;
  for (const NodeId node : nodes) text += "[" + std::string(manifest.nodes[node]) + "]";
  return text;
}

std::string expanded(const NinjaManifest& manifest, std::string_view variable, std::size_t statement = 0)
{
  std::string value;
  EXPECT_TRUE(manifest.expand(manifest.statements.at(statement), variable, Quoting::shell, value));
  return value;
}

// The commands that we expand must be those that `ninja -t commands` prints.
void expect_same_commands_as_ninja(const std::map<std::string, std::string>& files, const std::string& target)
{
  TempDir folder;
  for (const auto& [name, content] : files) folder.write(name, content);
  const std::string judged = run(folder.path(), {"ninja", "-t", "commands", target});
  const NinjaManifest manifest = read(files);
  EXPECT_EQ(manifest.problems, std::vector<std::string>());
  std::string ours;
  for (std::size_t i = 0; i < manifest.statements.size(); ++i) {
    if (manifest.statements[i].rule != NinjaManifest::k_phony) ours += expanded(manifest, "command", i) + "\n";
  }
  EXPECT_EQ(ours, judged);
}

TEST(NinjaManifest, KeepsTheKindsOfPathsApart)
{
  const NinjaManifest manifest =
    read({{"build.ninja", "rule r\n  command = x\nbuild a b | c: r d e | f || g h |@ i\nbuild j: phony\n"}});
  ASSERT_EQ(manifest.statements.size(), 2u) << testing::PrintToString(manifest.problems);
  const BuildStatement& statement = manifest.statements[0];
  EXPECT_EQ(names(manifest, manifest.outputs(statement)), "[a][b][c]");
  EXPECT_EQ(names(manifest, manifest.explicit_inputs(statement)), "[d][e]");
  EXPECT_EQ(names(manifest, manifest.content_inputs(statement)), "[d][e][f]");
  EXPECT_EQ(names(manifest, manifest.all_inputs(statement)), "[d][e][f][g][h]");
  EXPECT_EQ(manifest.rule_name(statement), "r");
  EXPECT_EQ(manifest.statements[1].rule, NinjaManifest::k_phony);
}

TEST(NinjaManifest, UnderstandsEscapesAndContinuedLines)
{
  const NinjaManifest manifest = read({{"build.ninja", "x = a $$ b\n"
                                                       "rule r\n  command = $x\n"
                                                       "build o$ 1 $\n    o$:2: r ${x}/i$$ $\n  $\n     j\n"}});
  ASSERT_EQ(manifest.statements.size(), 1u) << testing::PrintToString(manifest.problems);
  EXPECT_EQ(names(manifest, manifest.outputs(manifest.statements[0])), "[o 1][o:2]");
  EXPECT_EQ(names(manifest, manifest.content_inputs(manifest.statements[0])), "[a $ b/i$][j]");
  EXPECT_EQ(expanded(manifest, "in"), "'a $ b/i$' j");
}

TEST(NinjaManifest, CommandsAreThoseOfNinja)
{
  expect_same_commands_as_ninja(
    {{"build.ninja", "flags = early\n"
                     "rule cc\n"
                     "  command = cc $flags $own -o $out $in > ${out}.log $description; $missing.\n"
                     "  description = [$flags $in_newline]\n"
                     "build out$ put | implicit: cc in'put b | c || d\n"
                     "  own = $flags-own $\n      continued\n"
                     "flags = late\n"
                     "build second: cc x\n"
                     "  flags = $flags own\n"
                     "  flags = last\n"
                     "build all: phony out$ put second\n"}},
    "all");
}

TEST(NinjaManifest, ScopesAreThoseOfNinja)
{
  expect_same_commands_as_ninja({{"build.ninja", "v = top\nrule r\n  command = $v $w $out\n"
                                                 "include common.ninja\nsubninja sub.ninja\n"
                                                 "build top: r\nbuild all: phony sub top\n"},
                                 {"common.ninja", "w = included\n"},
                                 {"sub.ninja", "v = inner\nrule r\n  command = shadow $v $w $out\nbuild sub: r\n"}},
                                "all");
}

TEST(NinjaManifest, FileVariableHidesARuleVariableWhereNinjaLetsIt)
{
  expect_same_commands_as_ninja(
    {{"build.ninja", "description = file\nrule r\n  command = $description $out\n  description = rule\n"
                     "build a: r\nbuild b: r\n  other = 1\nbuild all: phony a b\n"}},
    "all");
}

TEST(NinjaManifest, CommentsEmptyLinesWindowsEndsPoolsAndDefaults)
{
  const NinjaManifest manifest = read({{"build.ninja", "# c\r\n\r\npool p\r\n  depth = 2\r\n"
                                                       "rule r\r\n  command = x y\r\n  # inner\r\n  pool = p\r\n"
                                                       "build a: r b\r\n\r\n   \r\ndefault a\r\n"}});
  EXPECT_EQ(manifest.problems, std::vector<std::string>());
  EXPECT_EQ(expanded(manifest, "command"), "x y");
  EXPECT_EQ(expanded(manifest, "pool"), "p");
}

TEST(NinjaManifest, PathsAreCanonicalByTheirText)
{
  const std::vector<std::pair<std::string, std::string>> cases{
    {"a/./b//c", "a/b/c"}, {"a/../b", "b"},  {"../../x", "../../x"}, {"a/../../b", "../b"},
    {"/a/../../b", "/b"},  {"./a/", "a"},    {"a/..", "."},          {"/", "/"},
    {".a/..b", ".a/..b"},  {"a/.b", "a/.b"}, {"..", ".."},           {"a/b/../..", "."}};
  for (const auto& [before, after] : cases) {
    std::string path = before;
    canonicalize_ninja_path(path);
    EXPECT_EQ(path, after) << before;
  }
}

TEST(NinjaManifest, MistakesNameTheirLineAndKeepWhatStoodBefore)
{
  const std::string good = "rule r\n  command = x\nbuild a: r b\n";
  for (const std::string bad : {"build c: norule d\n", "build c r d\n", "build : r d\n", "build $x: r\n", "\tx = 1\n",
                                "rule r\n  command = y\n", "x 1\n", "build c: r $%\n", "build c: r d",
                                "include absent.ninja\n", "build c: r ${x\n"}) {
    const NinjaManifest manifest = read({{"build.ninja", good + bad}});
    ASSERT_EQ(manifest.problems.size(), 1u) << bad;
    EXPECT_EQ(manifest.problems[0].find('\n'), std::string::npos) << bad;
    EXPECT_EQ(manifest.statements.size(), 1u) << bad;
  }
  EXPECT_EQ(read({{"build.ninja", good + "x 1\n"}}).problems[0].substr(0, 14), "build.ninja:4:");
}

} // namespace
} // namespace sluice::facts
