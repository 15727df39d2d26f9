// An audit log that was edited or cut off.
#include "tests/attack/people.h"

#include <algorithm>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

class Audit : public People {
protected:
  SluiceResult audit(std::vector<std::string> more = {})
  {
    more.insert(more.begin(), {"audit", "verify"});
    return project_.sluice().command(more);
  }
  std::string log() const { return project_ / ".sluice/audit.ndjson"; }
  void edit(const std::string& sed)
  {
    ASSERT_EQ(shell("sed -i " + shell_quoted(sed) + " " + shell_quoted(log())).first, 0);
  }
  void three_runs()
  {
    for (int i = 0; i < 3; ++i) judge();
    ASSERT_EQ(audit().code, 0);
  }
};

TEST_F(Audit, HoldsEveryVerdictAndWhoWasInIt)
{
  ASSERT_EQ(sign("approve", "grace").code, 0);
  three_runs();
  EXPECT_THAT(audit().out, HasSubstr("3 entries"));
  const SluiceResult exported = project_.sluice().command({"audit", "export"});
  EXPECT_THAT(exported.out, HasSubstr("\"verdict\":\"PASSED\""));
  EXPECT_THAT(exported.out, HasSubstr("\"approvals\":[\"grace@example.org\"]"));
}

TEST_F(Audit, AnEntryThatWasChanged)
{
  three_runs();
  edit("2s/REFUSED/PASSED/");
  EXPECT_EQ(audit().code, 3);
  EXPECT_THAT(audit().out, HasSubstr("line 2 was changed"));
}

TEST_F(Audit, AnEntryThatWasTakenOut)
{
  three_runs();
  edit("2d");
  EXPECT_THAT(audit().out, HasSubstr("line 2 does not follow the line before"));
}

TEST_F(Audit, EntriesThatWereTakenOffTheEnd)
{
  three_runs();
  const std::string words = audit().out;
  const std::string last = words.substr(words.rfind(' ') + 1, 64);
  edit("$d");
  EXPECT_EQ(audit().code, 0); // the chain itself cannot show it
  EXPECT_EQ(audit({"--contains", last}).code, 3);
  EXPECT_EQ(audit({"--contains", "no-digest"}).code, 2);
}

TEST_F(Audit, AnEntryThatWasCutOff)
{
  three_runs();
  const auto size = std::filesystem::file_size(log());
  std::filesystem::resize_file(log(), size - 5);
  EXPECT_EQ(audit().code, 3);
}

// A disk that was full for a moment does not break the log for good; what was taken out around it is still seen.
TEST_F(Audit, GoesOnAfterAnEntryThatWasCutOff)
{
  three_runs();
  std::filesystem::resize_file(log(), std::filesystem::file_size(log()) - 5);
  judge();
  judge();
  const SluiceResult seen = audit();
  EXPECT_EQ(seen.code, 0) << seen.out;
  EXPECT_THAT(seen.out, HasSubstr("line 3 was cut off; the chain goes on behind it"));
  EXPECT_THAT(seen.out, HasSubstr("4 entries"));
  EXPECT_EQ(project_.sluice().command({"audit", "export"}).code, 0);
  edit("2d");
  EXPECT_EQ(audit().code, 3);
}

TEST_F(Audit, ThatIsBrokenIsToldToItsEnd)
{
  three_runs();
  edit("1s/REFUSED/PASSED/");
  judge();
  const SluiceResult seen = audit();
  EXPECT_EQ(seen.code, 3);
  EXPECT_EQ(seen.out, "BROKEN: line 1 was changed\n");
  const SluiceResult exported = project_.sluice().command({"audit", "export"});
  EXPECT_EQ(exported.code, 3);
  EXPECT_EQ(std::count(exported.out.begin(), exported.out.end(), '\n'), 3);
}

// Attack: an entry is cut off by hand, to have it taken for one that was never finished.
TEST_F(Audit, AnEntryInTheMiddleThatWasCutOffByHand)
{
  three_runs();
  edit("2s/.....$//");
  EXPECT_EQ(audit().code, 3);
  EXPECT_THAT(audit().out, HasSubstr("line 2 was cut off"));
}

} // namespace

} // namespace sluice::tests
