// What a proof rests on, in words and as JSON.
#include "reports/proof_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Digest k_some = *digest_from_hex(std::string(64, 'a'));

InputSet observed()
{
  return {{InputKind::definition, "t:one", k_some},         {InputKind::content, "/etc/hosts", k_some},
          {InputKind::content, "data/b.txt", k_some},       {InputKind::configuration, "sluice.toml", k_some},
          {InputKind::entry, "data/local.txt", {}},         {InputKind::listing, "data\n*.tmp", k_some},
          {InputKind::content, "data/a\x1b[2J.txt", k_some}};
}

TEST(ProofText, CountsKindsAndNamesFilesOfTheRepositoryFirst)
{
  EXPECT_EQ(inputs_text(observed(), Shown::first),
            "  rests on  7 inputs, observed: 1 started as defined; 3 read; 1 configuration; 1 looked for, not there; "
            "1 listed\n"
            "    listed                data\n"
            "    read                  data/a.txt\n"
            "    read                  data/b.txt\n"
            "    looked for, not there data/local.txt\n"
            "    read                  /etc/hosts\n"
            "    configuration         sluice.toml\n"
            "    started as defined    t:one\n");
}

TEST(ProofText, ManyAreCutUnlessAllAreAskedFor)
{
  InputSet many;
  for (int i = 10; i < 40; ++i) many.push_back({InputKind::content, "f" + std::to_string(i), k_some});
  EXPECT_THAT(inputs_text(many, Shown::first), HasSubstr("f19\n    and 20 more: --verbose names all\n"));
  EXPECT_THAT(inputs_text(many, Shown::all), HasSubstr("f39\n"));
}

TEST(ProofText, WhatBuildFactsSayIsNotCalledObserved)
{
  EXPECT_THAT(inputs_text({{InputKind::whole_tree, "", k_some}}, Shown::first), HasSubstr("by build facts"));
  EXPECT_THAT(why_json("t", sluice::Run{}, InputSet{{InputKind::unknown_files, "", k_some}}),
              HasSubstr("\"observed\":false"));
}

TEST(ProofText, JsonHasEveryInputWithItsDigest)
{
  const std::string json = why_json("t:one", Reuse{}, observed());
  EXPECT_THAT(json, HasSubstr("\"test\":\"t:one\",\"decision\":\"reuse\""));
  EXPECT_THAT(json, HasSubstr("{\"kind\":\"entry\",\"name\":\"data/local.txt\"}"));
  EXPECT_THAT(json, HasSubstr("\"name\":\"data/b.txt\",\"digest\":\"aaaa"));
  EXPECT_THAT(why_json("t:one", sluice::Run{}, std::nullopt), Not(HasSubstr("inputs")));
}

TEST(ProofText, AFileIsToldWithItsTestsEachOnce)
{
  const std::vector<FileUse> uses{{"t:one", {InputKind::content, "x", k_some}},
                                  {"t:one", {InputKind::metadata, "x", k_some}},
                                  {"t:two", {InputKind::entry, "x", {}}}};
  EXPECT_EQ(file_uses_text("x", uses, Shown::first), "x was seen to be used by 2 tests\n"
                                                     "    read, looked at       t:one\n"
                                                     "    looked for, not there t:two\n");
  EXPECT_THAT(file_uses_json("x", uses), HasSubstr("{\"test\":\"t:two\",\"kind\":\"entry\",\"absent\":true}"));
  EXPECT_THAT(file_uses_text("y", {}, Shown::first), HasSubstr("by no test"));
}

} // namespace
} // namespace sluice::reports
