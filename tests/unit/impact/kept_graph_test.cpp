#include "impact/kept_graph.h"
#include "impact/name_table.h"
#include "tests/unit/impact/small_project.h"

#include <gmock/gmock.h>

#include <cstring>

namespace sluice::impact {
namespace {

using testing::IsEmpty;

// Of everything that a graph can hold.
SmallProject rich_project()
{
  SmallProject project;
  project.uses("a.o", "a.cpp").uses("a.o", "common.h", FactSource::ninja_deps).uses("a_test", "a.o");
  project.uses("b.o", "b.cpp").uses("b.o", "common.h", FactSource::ninja_deps).uses("b_test", "b.o");
  project.uses("tool", "tool.cpp").uses("build.ninja", "CMakeLists.txt", FactSource::configure).group("all", "tool");
  project.test("A", "a_test");
  project.test("B", "b_test");
  project.script("S", "check.sh");
  project.program_of("B").declared_inputs = {"data/**"};
  return project;
}

// Bytes where decode() may use them.
class Bytes {
public:
  explicit Bytes(std::string_view text) : words_(std::make_shared<std::vector<std::uint64_t>>(text.size() / 8 + 1))
  {
    std::memcpy(words_->data(), text.data(), text.size());
    view_ = {reinterpret_cast<const char*>(words_->data()), text.size()};
  }
  std::optional<KeptGraph> decoded() const { return decode(words_, view_); }

private:
  std::shared_ptr<std::vector<std::uint64_t>> words_;
  std::string_view view_;
};

std::string encoded(const SmallProject& project)
{
  return encode(ImpactGraph(project.facts, project.catalogue), project.catalogue, {"tool"});
}

Reach reach_of(const KeptGraph& kept, const std::string& path)
{
  ChangeSet change;
  change.paths.push_back({ChangeKind::modified, path, {}});
  return reach(kept.graph, kept.catalogue, change, {});
}

TEST(KeptGraph, AnswersAsTheGraphThatWasKept)
{
  const SmallProject project = rich_project();
  const auto kept = Bytes(encoded(project)).decoded();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->on_demand, std::vector<std::string>{"tool"});
  for (const char* path : {"a.cpp", "common.h", "data/x.txt", "CMakeLists.txt", "tool.cpp", "check.sh", "nobody.txt"}) {
    const Reach before = project.changed({path}), after = reach_of(*kept, path);
    EXPECT_EQ(after.paths, before.paths) << path;
    EXPECT_EQ(after.outputs, before.outputs) << path;
    EXPECT_EQ(after.escalations, before.escalations) << path;
    EXPECT_EQ(after.blast_radius, before.blast_radius) << path;
  }
}

TEST(KeptGraph, OfNothingIsAGraph)
{
  const auto kept = Bytes(encode(ImpactGraph(), {}, {})).decoded();
  ASSERT_TRUE(kept);
  EXPECT_THAT(reach_of(*kept, "a.cpp").paths, IsEmpty());
}

TEST(KeptGraph, APartIsNoGraph)
{
  const std::string whole = encoded(rich_project());
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(Bytes(whole.substr(0, size)).decoded()) << size;
  EXPECT_FALSE(Bytes(whole + std::string(8, '\0')).decoded());
}

// What still hangs together may answer wrongly, but never reads where it should not (seen by the sanitizers).
TEST(KeptGraph, ADamagedOneIsRefusedOrHangsTogether)
{
  const std::string whole = encoded(rich_project());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (const int bits : {0x01, 0x80, 0xff}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ bits);
      const auto kept = Bytes(damaged).decoded();
      refused += !kept;
      if (kept) reach_of(*kept, "common.h");
    }
  EXPECT_GT(refused, whole.size());
}

TEST(NameTable, FindsEveryNameByItsNumberAndNoOther)
{
  NameTable table;
  const auto name = [](int i) { return "folder/" + std::to_string(i * 7919); };
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(table.add(name(i)), static_cast<std::uint32_t>(i));
  EXPECT_EQ(table.add(name(17)), 17u);
  for (int i = 0; i < 5000; ++i) {
    EXPECT_EQ(table.view().find(name(i)), static_cast<std::uint32_t>(i));
    EXPECT_EQ(table.view()[static_cast<std::uint32_t>(i)], name(i));
  }
  EXPECT_EQ(table.view().find("folder/1"), k_no_name);
  EXPECT_EQ(table.view().find(""), k_no_name);
  EXPECT_EQ(NameView{}.find("a"), k_no_name);
}

} // namespace
} // namespace sluice::impact
