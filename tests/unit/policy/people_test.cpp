// Who is one person and who had a hand in a change: each test asks how somebody could approve what is their own.
#include "policy/people.h"

#include "tests/unit/policy/commit_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using tests::ACommit;

ChangeSet of(const std::vector<ACommit>& commits)
{
  ChangeSet change;
  for (const ACommit& commit : commits) change.commits.push_back(commit.commit());
  return change;
}

TEST(Mailbox, IsOneForAllSpellingsThatReachIt)
{
  for (const char* spelling : {"ada@x.org", "Ada@X.ORG", " ada@x.org\t", "ada+review@x.org", "\"ada\"@x.org",
                               "ada@x.org.", "ada@x.org..", "\"Ada\"+a+b@X.org."})
    EXPECT_EQ(mailbox(spelling), "ada@x.org") << spelling;
  EXPECT_EQ(mailbox("\"a@b\"@x.org"), "a@b@x.org"); // the last '@' separates
}

// At GitHub the number stands before the '+', elsewhere what is no part of the address stands behind it.
TEST(Mailbox, OfANumberedLoginIsTheLogin)
{
  EXPECT_EQ(mailbox("123+ada@users.noreply.github.com"), "ada@users.noreply.github.com");
  EXPECT_EQ(mailbox("456+Ada@users.noreply.GitHub.com."), "ada@users.noreply.github.com");
  EXPECT_EQ(mailbox("ada@users.noreply.github.com"), "ada@users.noreply.github.com");
  EXPECT_EQ(mailbox("123+ada@users.noreply.github.com.evil.org"), "123@users.noreply.github.com.evil.org");
}

TEST(Mailbox, OfWhatIsNoAddressIsTheTextItself)
{
  EXPECT_EQ(mailbox("Ada"), "ada");
  EXPECT_EQ(mailbox("ada+x"), "ada+x");
  EXPECT_EQ(mailbox(""), "");
  EXPECT_EQ(mailbox("@"), "@");
}

TEST(AuthorsOf, AreAuthorsCommittersAndWhomTrailersName)
{
  EXPECT_THAT(authors_of({}), IsEmpty());
  EXPECT_THAT(authors_of(of({ACommit().by("Ada", "Ada+work@x.org").committed_by("Ci", "ci@x.org"),
                             ACommit().by("Bob", "bob@x.org").ending("Co-authored-by: Eve <EVE@x.org>")})),
              UnorderedElementsAre("ada@x.org", "ci@x.org", "bob@x.org", "eve@x.org"));
}

// A trailer is found wherever it stands and however it is written; two people in one line are two.
TEST(AuthorsOf, HidingATrailerHidesNobody)
{
  for (const char* line :
       {"co-authored-by: eve@x.org", "> - **Co-Authored-By**: Eve <eve@x.org>",
        "C\u043e-auth\u043ered-by: Eve <eve@x.org>", "Co\u2010authored\u200b-by\uff1a Eve <eve@x.org>",
        "well done, co-authored-by: Eve <eve@x.org>", "Co-authored-by: Eve\n <eve+mob@x.org>",
        "Assisted-by: Eve <eve@x.org>", "Co-authored-by: Mob <mob@x.org>, Eve <eve@x.org>"})
    EXPECT_TRUE(authors_of(of({ACommit().ending(line)})).contains("eve@x.org")) << line;
}

// Who passed a change on has looked at it: that is what an approval is.
TEST(AuthorsOf, AreNotThoseWhoSignedOffOrReviewed)
{
  for (const char* line : {"Signed-off-by: Eve <eve@x.org>", "Reviewed-by: Eve <eve@x.org>", "Cc: Eve <eve@x.org>",
                           "eve@x.org found this"})
    EXPECT_FALSE(authors_of(of({ACommit().ending(line)})).contains("eve@x.org")) << line;
}

TEST(NamesOfPerson, FollowKeysAndNamesToTheirEnd)
{
  // k1 - ada - k2 - ada.work - k3 - lovelace, listed backwards: one pass from the front would stop after a step.
  const std::vector<KeyHolder> holders{{{"lovelace@y.org", "Ada.Work+x@x.org"}, "k3"},
                                       {{"ada.work@x.org", "ada@x.org"}, "k2"},
                                       {{"ada@x.org"}, "k1"},
                                       {{"bob@x.org"}, "k4"}};
  const auto all = ElementsAre("Ada.Work+x@x.org", "ada.work@x.org", "ada@x.org", "lovelace@y.org");
  EXPECT_THAT(names_of_person(holders, "k1", {}), all);
  EXPECT_THAT(names_of_person(holders, "unlisted", {"ada@x.org"}), all);
  EXPECT_THAT(names_of_person(holders, "k4", {}), ElementsAre("bob@x.org"));
  EXPECT_THAT(names_of_person(holders, "unlisted", {"eve@x.org"}), ElementsAre("eve@x.org"));
  EXPECT_THAT(names_of_person({}, "k", {"b", "a", "b"}), ElementsAre("a", "b"));
}

TEST(IsOneOf, TakesPatternsOfTheSignersFile)
{
  EXPECT_TRUE(is_one_of({"Ada+x@x.org"}, {"ada@x.org"}));
  EXPECT_TRUE(is_one_of({"bob@x.org", "*@y.org"}, {"ada@y.org"}));
  EXPECT_TRUE(is_one_of({"ad?@x.org"}, {"ada@x.org"}));
  EXPECT_FALSE(is_one_of({"*@x.org"}, {"ada@y.org"}));
  EXPECT_FALSE(is_one_of({"ada@x.org"}, {"*@x.org"})); // only the names may be patterns
  EXPECT_FALSE(is_one_of({}, {"ada@x.org"}));
  EXPECT_FALSE(is_one_of({"ada@x.org"}, {}));
}

TEST(IsSamePerson, DoesNotDependOnTheOrder)
{
  for (const auto& [one, other, same] :
       std::vector<std::tuple<std::vector<std::string>, std::vector<std::string>, bool>>{
         {{"ada@x.org"}, {"bob@x.org", "ADA@x.org"}, true},
         {{"*@x.org"}, {"ada@x.org"}, true},
         {{"*@x.org"}, {"*@x.org"}, true},
         {{"ada@x.org"}, {"bob@x.org"}, false},
         {{"*@x.org"}, {"ada@y.org"}, false},
         {{}, {"ada@x.org"}, false}}) {
    EXPECT_EQ(is_same_person({one, "k1"}, {other, "k2"}), same);
    EXPECT_EQ(is_same_person({other, "k2"}, {one, "k1"}), same);
  }
}

TEST(IsSamePerson, HasTheSameKey)
{
  EXPECT_TRUE(is_same_person({{"ada@x.org"}, "k"}, {{"ops@y.org"}, "k"}));
  EXPECT_FALSE(is_same_person({{"ada@x.org"}, ""}, {{"ops@y.org"}, ""})) << "no key is known of either";
}

TEST(CountPeople, IsByKeysAndNames)
{
  const std::vector<KeyHolder> holders{
    {{"ada@x.org", "ada@home.org"}, "k1"}, {{"ada@x.org"}, "k2"}, {{"bob@x.org"}, "k3"}};
  EXPECT_EQ(count_people({}, holders), 0u);
  EXPECT_EQ(count_people({"ada@x.org", "ada@home.org", "ADA@x.org"}, holders), 1u);
  EXPECT_EQ(count_people({"ada@home.org", "bob@x.org", "cem@x.org"}, holders), 3u);
}

} // namespace
} // namespace sluice::policy
