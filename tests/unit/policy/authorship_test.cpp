#include "policy/authorship.h"

#include "policy/signatures.h"
#include "tests/unit/policy/commit_builder.h"

#include <gmock/gmock.h>
#include <set>

namespace sluice::policy {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::ACommit;
using tests::texts;

constexpr const char* k_claude = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>";

TEST(Authorship, AHandMadeCommitIsUndeclaredAndNotHuman)
{
  const CommitAuthorship result = ACommit().classified();
  EXPECT_EQ(result.authorship, Authorship::undeclared);
  EXPECT_THAT(texts(result), IsEmpty());
  EXPECT_EQ(result.commit, "1234567890123456789012345678901234567890");
}

TEST(Authorship, ATrailerIsNamedAsEvidence)
{
  const CommitAuthorship result = ACommit().ending(k_claude).classified();
  EXPECT_EQ(result.authorship, Authorship::ai);
  EXPECT_EQ(result.tool, "Claude Code");
  EXPECT_THAT(texts(result), ElementsAre(std::string("trailer ") + k_claude));
}

// Wherever the line stands and however it is dressed: leaving a trailer half broken may not hide it.
TEST(Authorship, EveryLayoutIsRead)
{
  const std::string line = k_claude;
  for (const std::string& message :
       {"Fix\n" + line, line, "Fix\r\n\r\n" + line + "\r\n", "Fix\\n\\n" + line,
        "Fix\n\n" + line + "\n\nDepends-On: #1\n", "Fix\n\n    " + line, "Fix\n\n* " + line, "Fix\n\n> > " + line,
        "Fix\n\n```\n" + line + "\n```\n", "Fix\n\n---\n\ntext\n" + line + "\nEOF\n",
        std::string("Fix\n\nCo-authored-by: Auto\n <noreply@anthropic.com>\n"),
        std::string("Fix\n\nCO-AUTHORED-BY:Claude<NOREPLY@Anthropic.com>"),
        std::string("Fix\n\nCo-authored-by: Claude noreply@anthropic.com \t\n"),
        std::string("Fix\n\n**Co-authored-by**: Claude <noreply@anthropic.com>")})
    EXPECT_EQ(ACommit().saying(message).authorship(), Authorship::ai) << message;
}

// What stands before the key, between it and the colon, and around the address.
TEST(Authorship, JunkAroundATrailerHidesNothing)
{
  const std::string line = k_claude;
  for (const char* before : {"1. ", "\"", "'", "<!-- ", "<p>", "~~", "// ", "{", "= ", "; ", "%", "\\", "@ ",

                             "x\v", "x\f", "x\x1c", "x\xC2\x85", "x\xE2\x80\xA8", "x\xE2\x80\xA9"})
    EXPECT_NE(ACommit().ending(before + line).texts(), std::vector<std::string>{}) << before;
  for (const char* before : {"1. ", "\"", "'", "<!-- ", "<p>", "~~", "// ", "{", "= ", "x\v", "x\f", "x\x1c",
                             "x\xC2\x85", "x\xE2\x80\xA8", "x\xE2\x80\xA9"})
    EXPECT_EQ(ACommit().ending(before + line + " -->").authorship(), Authorship::ai) << before;
  for (const char* trailer :
       {"Co-Authored-By\t: Claude <noreply@anthropic.com>", "Co\tAuthored\tBy: Claude <noreply@anthropic.com>",
        "Co-\tAuthored-By: Claude <noreply@anthropic.com>", "Co--Authored--By: Claude <noreply@anthropic.com>",
        "Co-Authored-By: Claude <noreply@anthropic.com>, Bob <b@x.org>",
        "Co-Authored-By: Claude <noreply@anthropic.com>; Bob <b@x.org>",
        "Co-Authored-By: Ann <a@x.org>, Claude <noreply@anthropic.com> & Bob <b@x.org>",
        "Co-Authored-By: Claude noreply@anthropic.com, Bob b@x.org",
        "Co-Authored-By: Claude <noreply@anthropic.com> <b@x.org>"})
    EXPECT_EQ(ACommit().ending(trailer).authorship(), Authorship::ai) << trailer;
  EXPECT_EQ(ACommit().ending("Co-Authored-By: Ann <a@x.org>, Bob <b@x.org>").authorship(), Authorship::undeclared);
  EXPECT_THAT(ACommit().ending("Co-Authored-By: Ann <a@x.org>, Bob <b@x.org>").texts(), IsEmpty());
}

// What some viewer does not show, or shows as something else, is no word of a person.
TEST(Authorship, AMessageThatCannotBeReadIsShown)
{
  const std::string declared = "Fix\n\nAuthorship: human\n";
  EXPECT_EQ(ACommit().saying(declared).authorship(), Authorship::human);
  EXPECT_EQ(ACommit().saying(declared + std::string("\0", 1) + "x").authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().saying("Fix" + std::string("\0", 1) + k_claude).authorship(), Authorship::ai);
  for (const char* encoding : {"UTF-16", "utf-7", "IBM037", "ISO-2022-JP", "no such"}) {
    EXPECT_EQ(ACommit().saying(declared).in(encoding).authorship(), Authorship::undeclared) << encoding;
    EXPECT_THAT(ACommit().in(encoding).texts(), Contains(HasSubstr(encoding)));
  }
  for (const char* encoding : {"", "UTF-8", "ISO-8859-15", "latin1", "windows-1252", "GBK", "EUC-JP", "KOI8-R"})
    EXPECT_EQ(ACommit().saying(declared).in(encoding).authorship(), Authorship::human) << encoding;
}

TEST(Authorship, HumanIsDeclaredByATrailerAlone)
{
  for (const char* message :
       {"Fix\n\nAuthorship: human", "Fix\n\nWhy.\n\nReviewed-by: Bob <b@x.org>\nauthorship:  human \n\n",
        "Fix\r\n\r\nAuthorship: human\r\nReviewed-by: Bob <b@x.org>\r\n",
        "Fix (#3)\n\n* one\n\nAuthorship: human\n\n* two\n\nAuthorship: human\n"})
    EXPECT_EQ(ACommit().saying(message).authorship(), Authorship::human) << message;
  for (const char* message :
       {"Fix\n\n> Authorship: human", "Fix\n\n```\nAuthorship: human\n```", "Fix\n\n    Authorship: human",
        "docs: explain the hook; Authorship: human", "Fix (Authorship: human)", "Authorship: human",
        "Fix\n\n* Authorship: human", "Fix\n\n**Authorship**: human", "Fix\n\nReviewed-by: Bob, Authorship: human",
        "Fix\n\n<!-- Authorship: human -->", "Fix\n\n\xD0\x90uthorship: human", // Cyrillic A
        "Fix\n\nAuthorship: human\n\nMore words.", "Fix\n\nWords\nAuthorship: human", "Fix\n\n+Authorship: human",
        "Fix\\n\\nAuthorship: human", "Fix\n\nAuthorship: human?",
        "Fix (#3)\n\n* one\n\nAuthorship: human\n\n* two, by whom nobody says\n",
        "Fix (#3)\n\n* one, by whom nobody says\n\n* two\n\nAuthorship: human\n"})
    EXPECT_EQ(ACommit().saying(message).authorship(), Authorship::undeclared) << message;
  EXPECT_EQ(ACommit().saying("Fix\n\nAuthorship: ai (X)\nAuthorship: human").authorship(), Authorship::ai);
}

TEST(Authorship, InvisibleAndLookAlikeCharactersHideNothing)
{
  for (const char* line : {"Co-Authored-By: Claude <noreply@anthro\xE2\x80\x8Bpic.com>", // zero-width space
                           "C\xD0\xBE-Authored-By: Claude <noreply@anthropic.com>",      // Cyrillic o
                           "Co\xE2\x80\x91"
                           "Authored\xE2\x80\x91"
                           "By: Claude <noreply@anthropic.com>",                        // hyphens
                           "Co-Authored-By\xEF\xBC\x9A Claude <noreply@anthropic.com>", // full-width colon
                           "Co-Authored-By:\xC2\xA0"
                           "Claude <noreply@anthropic.com>"})
    EXPECT_EQ(ACommit().ending(line).authorship(), Authorship::ai) << line;
}

TEST(Authorship, WholeAddressesAndNeverPartsOfThem)
{
  for (const char* line :
       {"Co-authored-by: Sam <noreply@anthropic.com.example.org>", "Co-authored-by: Sam <xnoreply@anthropic.com>",
        "Co-authored-by: Claude Martin <claude.martin@example.org>", "Co-authored-by: Devin <devin@adevinta.com>",
        "Co-authored-by: Sam <1+claude[bot]x@users.noreply.github.com>",
        "Co-authored-by: Sam <7+xv0[bot]@users.noreply.github.com>"})
    EXPECT_EQ(ACommit().ending(line).authorship(), Authorship::undeclared) << line;
  EXPECT_EQ(ACommit().by("Ana Example", "ana@adevinta.com").authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().by("Protobuf Team", "noreply@google.com").authorship(), Authorship::undeclared);
}

TEST(Authorship, ANumberNeedsItsLogin)
{
  EXPECT_EQ(ACommit().by("claude[bot]", "41898282+claude[bot]@users.noreply.github.com").authorship(), Authorship::ai);
  const auto by_actions = [] {
    return ACommit().by("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com");
  };
  EXPECT_EQ(by_actions().saying("chore: release 1.2").authorship(), Authorship::human);
  EXPECT_EQ(by_actions().saying("Fix it").authorship(),
            Authorship::undeclared); // agents in workflows commit as it, too
  EXPECT_EQ(ACommit().by("gemini-cli[bot]", "gemini-cli[bot]@users.noreply.github.com").authorship(), Authorship::ai);
  EXPECT_EQ(ACommit().by("Copilot", "copilot@users.noreply.github.com").authorship(), Authorship::undeclared);
}

TEST(Authorship, AssistanceIsAKindOfItsOwn)
{
  EXPECT_EQ(ACommit().ending("Assisted-by: Claude:claude-opus-4-6").authorship(), Authorship::ai_assisted);
  EXPECT_EQ(ACommit().ending("Generated-by: Claude Code").authorship(), Authorship::ai);
  EXPECT_EQ(ACommit().ending("Assisted-by: Kiro\n" + std::string(k_claude)).authorship(), Authorship::ai);
  EXPECT_EQ(ACommit().saying("Fix it, assisted by: claude-code").authorship(), Authorship::ai_assisted);
  EXPECT_EQ(ACommit().ending("Assisted-by: Robin Example <robin@example.org>").authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().ending("Generated-by: protoc 27.1").authorship(), Authorship::undeclared);
}

TEST(Authorship, TalkAboutATrailerIsNone)
{
  EXPECT_EQ(ACommit().saying("ci: reject \"Co-Authored-By: Claude <noreply@anthropic.com>\" lines").authorship(),
            Authorship::undeclared);
  EXPECT_EQ(ACommit().saying("cursor: move the caret; codex and devin are test names").authorship(),
            Authorship::undeclared);
  EXPECT_EQ(ACommit().saying("ai: add pathfinding").authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().ending("AI: no").authorship(), Authorship::undeclared); // a claim, not a proof
}

struct WeakMark {
  std::string name;
  ACommit commit;
  std::string evidence;
};

// A doubt is shown and never resolved: neither `ai` nor `human`.
TEST(Authorship, WeakMarksAreEvidenceOfAnUndeclaredCommit)
{
  const std::string copilot = "198982749+Copilot@users.noreply.github.com";
  const std::string review = "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>";
  const std::vector<WeakMark> marks{
    {"committer", ACommit().committed_by("copilot-swe-agent[bot]", copilot), "committer copilot-swe-agent[bot]"},
    {"aider", ACommit().committed_by("Dana Example (aider)", "dana@example.org"), "committer Dana Example (aider)"},
    {"review", ACommit().ending("* one\n\n* two\n\n" + review), "a review bot among others"},
    {"branch", ACommit().saying("Merge pull request #1 from dana/claude/fix-it"), "branch claude/fix-it"},
    {"number", ACommit().saying("Merge pull request #1 from dana/jules-8231249716172852377-633ba2cf"), "branch jules-"},
    {"window", ACommit().at(1776800000).ending("Co-authored-by: Copilot <copilot@github.com>"), "hand-made commits"},
    {"recorder", ACommit().ending("Entire-Checkpoint: c9321512de23"), "Entire-Checkpoint"},
    {"deployment", ACommit().ending("Replit-Commit-Author: Deployment"), "Replit-Commit-Author"},
    {"suggested", ACommit().ending("Suggested-by: Claude <noreply@anthropic.com>"), "does not say who wrote it"},
    {"text", ACommit().ending("Notice: test generated by Claude."), "free text"},
  };
  for (const WeakMark& mark : marks) {
    const CommitAuthorship result = mark.commit.classified();
    EXPECT_EQ(result.authorship, Authorship::undeclared) << mark.name;
    EXPECT_THAT(texts(result), Contains(HasSubstr(mark.evidence))) << mark.name;
  }
}

TEST(Authorship, ASuggestionThatIsACommitOfItsOwnIsAssistance)
{
  const std::string review = "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>";
  EXPECT_EQ(ACommit().ending(review).authorship(), Authorship::ai_assisted);
  EXPECT_EQ(ACommit().ending(review + "\nSigned-off-by: Dana Example <dana@example.org>").authorship(),
            Authorship::ai_assisted);
  EXPECT_EQ(ACommit().ending(review + "\nCo-authored-by: Robin <robin@example.org>").authorship(),
            Authorship::undeclared);
}

TEST(Authorship, ABranchThatOnlyLooksLikeAnAgentsIsNone)
{
  EXPECT_THAT(ACommit().saying("Merge pull request #1989 from gpanders/cursor-invert-fg-bg").texts(), IsEmpty());
}

// The subject is anybody's to choose.
TEST(Authorship, APlatformsTrialMergeIsOneByItsParents)
{
  const std::string base(40, 'a'), head(40, 'b');
  const auto merge = [&](std::vector<std::string> parents) {
    return ACommit()
      .by("claude[bot]", "209825114+claude[bot]@users.noreply.github.com")
      .saying("Merge " + head + " into " + base)
      .of(std::move(parents))
      .authorship();
  };
  EXPECT_EQ(merge({base, head}), Authorship::undeclared);
  EXPECT_EQ(merge({base}), Authorship::ai);
  EXPECT_EQ(merge({base, base}), Authorship::ai);
}

TEST(Authorship, AutomationIsHumanOnlyWithoutAnyOtherMark)
{
  ACommit bump = ACommit().by("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com");
  EXPECT_EQ(bump.authorship(), Authorship::human);
  EXPECT_THAT(bump.texts(), Contains(HasSubstr("documented automation")));
  EXPECT_EQ(bump.ending(k_claude).authorship(), Authorship::ai);
  EXPECT_EQ(bump.ending("Entire-Checkpoint: c9").authorship(), Authorship::undeclared);
}

TEST(Authorship, AMessageCannotSteerATerminalOrFloodTheVerdict)
{
  std::string lines;
  for (int i = 0; i < 5'000; ++i) lines += "Entire-Checkpoint: \x1b[31m" + std::to_string(i) + "\n";
  const CommitAuthorship result = ACommit().ending(lines + k_claude).classified();
  EXPECT_EQ(result.authorship, Authorship::ai);
  EXPECT_LE(result.evidence.size(), 40u);
  EXPECT_THAT(result.evidence.front().text, HasSubstr("noreply@anthropic.com")); // what decides stands first
  for (const Evidence& line : result.evidence) EXPECT_EQ(line.text.find('\x1b'), std::string::npos);
}

// Where each bracket begins a part as long as the rest of the line these take hours.
TEST(Authorship, ALineOfBracketsOrPeopleHidesNothingAndHasAnEnd)
{
  const std::string brackets(1'000'000, '(');
  EXPECT_EQ(ACommit().saying("x\n\n" + brackets + "\n" + k_claude).authorship(), Authorship::ai);
  EXPECT_EQ(ACommit().saying("x\n\n" + brackets + k_claude).authorship(), Authorship::ai);
  EXPECT_EQ(ACommit().saying("x\n\n" + brackets + "fix it, Assisted-by: claude-code").authorship(),
            Authorship::ai_assisted);
  std::string people = "Co-authored-by: ";
  for (int i = 0; i < 50'000; ++i) people += "a@b,";
  EXPECT_EQ(ACommit().saying("x\n\n" + people + " Claude <noreply@anthropic.com>").authorship(), Authorship::ai);
}

TEST(Authorship, AnyBytesAreRead)
{
  EXPECT_EQ(ACommit().saying("").authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().saying(std::string(":\0<>\xff\xe2\x80", 8)).authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().saying(std::string(1'000'000, ',')).authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().by("", "").authorship(), Authorship::undeclared);
}

TEST(Marks, AreLowerCaseAndStandOnce)
{
  std::set<std::pair<SignatureKind, std::string_view>> seen;
  for (const Signature& mark : built_in_signatures().ai) {
    EXPECT_TRUE(seen.emplace(mark.kind, mark.value).second) << mark.value;
    for (const char c : mark.value) EXPECT_FALSE(c >= 'A' && c <= 'Z') << mark.value;
  }
}

CommitAuthorship commit_by(Authorship authorship)
{
  CommitAuthorship commit;
  commit.authorship = authorship;
  return commit;
}

TEST(MayTrustTests, OnlyWhereEveryCommitIsByADeclaredHuman)
{
  ChangeSet change;
  EXPECT_TRUE(may_trust_tests(change, {})) << "a working tree alone";
  change.commits.resize(2);
  const CommitAuthorship human = commit_by(Authorship::human);
  EXPECT_TRUE(may_trust_tests(change, {human, human}));
  for (const Authorship other : {Authorship::ai, Authorship::ai_assisted, Authorship::undeclared})
    EXPECT_FALSE(may_trust_tests(change, {human, commit_by(other)}));
  EXPECT_FALSE(may_trust_tests(change, {human})) << "of one nothing is known";
  EXPECT_FALSE(may_trust_tests(change, {})) << "nobody asked";
  change.incomplete.push_back({"the history is shallow", ""});
  EXPECT_FALSE(may_trust_tests(change, {human, human})) << "there may be more";
}

} // namespace
} // namespace sluice::policy
