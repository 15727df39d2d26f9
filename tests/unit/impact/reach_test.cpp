#include "tests/unit/impact/small_project.h"

#include <gmock/gmock.h>

namespace sluice::impact {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Reach, FollowsTheBuildToTheTests)
{
  const SmallProject project = two_programs();
  const Reach reach = project.changed({"a.cpp"});
  EXPECT_THAT(project.reached(reach), ElementsAre("A"));
  EXPECT_EQ(project.path(reach, "A"), "a.cpp > a.o > a_test > A");
  EXPECT_THAT(reach.escalations, IsEmpty());
}

TEST(Reach, NamesTheSourceOfEachStep)
{
  const SmallProject project = two_programs();
  const auto path = project.changed({"common.h"}).paths.front();
  EXPECT_THAT(path, ElementsAre(ReasonStep{"common.h", "ninja-deps"}, ReasonStep{"a.o", "ninja"},
                                ReasonStep{"a_test", "starts"}, ReasonStep{"A", ""}));
}

TEST(Reach, ShowsTheShortestOfSeveralPaths)
{
  SmallProject project = two_programs();
  project.uses("lib.a", "common.h").uses("a_test", "lib.a");
  project.uses("a_test", "common.h");
  EXPECT_EQ(project.path(project.changed({"common.h"}), "A"), "common.h > a_test > A");
}

TEST(Reach, AnUnknownFileWidensByName)
{
  const Reach reach = two_programs().changed({"data/rates.txt"});
  ASSERT_EQ(reach.escalations.size(), 1u);
  EXPECT_EQ(reach.escalations[0].cause, RunCause::unknown_file);
  EXPECT_EQ(reach.escalations[0].subject, "data/rates.txt");
  EXPECT_EQ(reach.blast_radius.tests, 2u);
}

TEST(Reach, BothNamesOfARenamedFileCount)
{
  const SmallProject project = two_programs();
  ChangeSet change;
  change.paths.push_back({ChangeKind::renamed, "b.cpp", "a.cpp"});
  const Reach found = reach(ImpactGraph(project.facts, project.catalogue), project.catalogue, change, {});
  EXPECT_THAT(project.reached(found), ElementsAre("A", "B"));
}

TEST(Reach, AnIgnoredFileIsDismissedWithItsReason)
{
  ReachOptions options;
  options.ignore = {"docs/**"};
  const Reach reach = two_programs().changed({"docs/manual.md"}, options);
  EXPECT_THAT(reach.escalations, IsEmpty());
  ASSERT_EQ(reach.dismissed.size(), 1u);
  EXPECT_EQ(reach.dismissed[0].reason, "sluice.toml: ignore \"docs/**\"");
}

TEST(Reach, AScriptMayReadAnyChangedFile)
{
  SmallProject project = two_programs();
  project.script("S", "check.sh");
  const Reach reach = project.changed({"a.cpp"});
  EXPECT_THAT(project.reached(reach), ElementsAre("A", "S"));
  EXPECT_EQ(reach.paths[2].front().via, k_may_be_read);
  EXPECT_THAT(reach.guessed, ElementsAre(false, false, true));
  EXPECT_FALSE(reach.is_without_fact(0)); // it is a.cpp's
  EXPECT_TRUE(reach.is_without_fact(1));  // it has no path
  EXPECT_TRUE(reach.is_without_fact(2));
}

TEST(Reach, AScriptIsNotAffectedByWhatIsDismissed)
{
  SmallProject project = two_programs();
  project.script("S", "check.sh");
  ReachOptions options;
  options.ignore = {"*.md"};
  EXPECT_THAT(project.reached(project.changed({"README.md"}, options)), IsEmpty());
}

TEST(Reach, ADeclaredGlobCoversFilesThatAreNew)
{
  SmallProject project = two_programs();
  project.program_of("B").declared_inputs = {"data/**"};
  const Reach reach = project.changed({"data/new.txt"});
  EXPECT_THAT(project.reached(reach), ElementsAre("B"));
  EXPECT_THAT(reach.escalations, IsEmpty());
}

TEST(Reach, AProgramThatNoTestStartsWidens)
{
  SmallProject project = two_programs();
  project.uses("tool.o", "tool.cpp").uses("tool", "tool.o").group("all", "tool").group("all", "a_test");
  ReachOptions options;
  options.harmless_outputs = {"*.o"};
  const Reach reach = project.changed({"tool.cpp"}, options);
  ASSERT_EQ(reach.escalations.size(), 1u);
  EXPECT_EQ(reach.escalations[0].cause, RunCause::loose_output);
  EXPECT_EQ(reach.escalations[0].subject, "tool");
  EXPECT_THAT(loose_outputs(ImpactGraph(project.facts, project.catalogue), options), ElementsAre("tool"));
}

TEST(Reach, WhatOnlyAnotherLooseFileUsesIsLooseUnlessItIsCompiled)
{
  SmallProject project = two_programs();
  project.uses("libplugin.so", "plugin.cpp").uses("bench", "libplugin.so");
  project.uses("generated.h", "generator.py").uses("main.o", "generated.h").uses("demo", "main.o");
  ReachOptions options;
  options.harmless_outputs = {"*.o"};
  options.on_demand = {"bench"};
  const ImpactGraph graph(project.facts, project.catalogue);
  EXPECT_THAT(loose_outputs(graph, options), ElementsAre("demo", "libplugin.so"));
  EXPECT_THAT(untied_outputs(graph, options), ElementsAre("demo", "generated.h", "libplugin.so", "main.o"));
}

TEST(Reach, ADismissedProgramDoesNotWiden)
{
  SmallProject project = two_programs();
  project.uses("examples/demo", "demo.cpp");
  ReachOptions options;
  options.ignore = {"examples/**"};
  EXPECT_THAT(project.changed({"demo.cpp"}, options).escalations, IsEmpty());
}

TEST(Reach, ConfigureInputsWidenUntilTheFolderIsConfiguredAgain)
{
  SmallProject project = two_programs();
  project.uses("build.ninja", "CMakeLists.txt", FactSource::configure);
  EXPECT_EQ(project.changed({"CMakeLists.txt"}).escalations.size(), 1u);
  ReachOptions configured;
  configured.configured = true;
  EXPECT_THAT(project.changed({"CMakeLists.txt"}, configured).escalations, IsEmpty());
}

TEST(Reach, AnIncompleteChangeSetWidens)
{
  const SmallProject project = two_programs();
  ChangeSet change;
  change.incomplete.push_back({"no merge base is here", "git fetch --unshallow"});
  const Reach found = reach(ImpactGraph(project.facts, project.catalogue), project.catalogue, change, {});
  EXPECT_TRUE(found.incomplete());
  EXPECT_EQ(found.escalations[0].mend, "git fetch --unshallow");
}

TEST(Reach, ATestIsAffectedWithTheFixtureItStandsOn)
{
  SmallProject project = two_programs();
  project.test("Setup", "setup_tool").needs.fixtures_setup = {"db"};
  project.uses("setup_tool", "setup.cpp");
  project.catalogue.tests[0].needs.fixtures_required = {"db"};
  EXPECT_THAT(project.reached(project.changed({"setup.cpp"})), ElementsAre("A", "Setup"));
}

TEST(Reach, ACycleInTheFactsEnds)
{
  SmallProject project = two_programs();
  project.uses("a.cpp", "a_test");
  EXPECT_THAT(project.reached(project.changed({"a.cpp"})), ElementsAre("A"));
}

TEST(Reach, BlastRadiusCountsShares)
{
  const BlastRadius radius = two_programs().changed({"a.cpp"}).blast_radius;
  EXPECT_EQ(radius.tests, 1u);
  EXPECT_EQ(radius.all_tests, 2u);
  EXPECT_EQ(radius.programs, 1u);
  EXPECT_EQ(radius.files, 3u); // a.cpp, a.o, a_test
}

} // namespace
} // namespace sluice::impact
