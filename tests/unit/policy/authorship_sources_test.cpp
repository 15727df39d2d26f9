// What is known besides the commit itself: notes, trace records, the platform's event, the commits behind a squash.
#include "model/error.h"
#include "policy/agent_trace.h"
#include "policy/ai_notes.h"
#include "policy/event_file.h"
#include "policy/signatures.h"
#include "tests/unit/policy/commit_builder.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::ACommit;
using tests::texts;

const std::string k_entry = "src/main.rs\n  s_0123456789abcd::t_0123456789abcd 1-4,9-10\n";
const std::string k_head = "---\n{\"schema_version\": \"authorship/3.0.0\", \"base_commit_sha\": \"0\", \"prompts\": {";
const std::string k_session = "}, \"sessions\": {\"s_0123456789abcd\": {\"agent_id\": {\"tool\": \"claude\"}}}}";

Authorship of_note(const std::string& note)
{
  return read_ai_note(note).authorship;
}

TEST(AiNotes, AnEntryThatResolvesIsEvidence)
{
  const AuthorshipClaim claim = read_ai_note(k_entry + k_head + k_session);
  EXPECT_EQ(claim.authorship, Authorship::ai);
  EXPECT_EQ(claim.tool, "Claude Code");
  ASSERT_EQ(claim.evidence.size(), 1u);
  EXPECT_EQ(claim.evidence[0].grade, EvidenceGrade::resolved_note);
  EXPECT_EQ(claim.evidence[0].text, "git-ai note src/main.rs 1-4,9-10: claude");
  EXPECT_EQ(of_note("a b.c\n  0123456789abcdef 1\n" + k_head + R"("0123456789abcdef": {"agent_id": {"tool": "x"}}}})"),
            Authorship::ai);
}

TEST(AiNotes, WhatDoesNotResolveIsShownAndDecidesNothing)
{
  const std::string human = "a\n  h_0123456789abcd 5\n";
  const std::string mock = "}, \"sessions\": {\"s_0123456789abcd\": {\"agent_id\": {\"tool\": \"mock_ai\"}}}}";
  const std::string nameless = "}, \"sessions\": {\"s_0123456789abcd\": {\"agent_id\": {}}}}";
  for (const std::string& note :
       {k_entry + k_head + "}}", human + k_head + k_session, k_entry + k_head + mock, k_entry + k_head + nameless,
        k_head + k_session, std::string("---\n"), std::string(), std::string("---"), k_entry, k_entry + "---\n[1]",
        "  s_0123456789abcd::t_0 1\n" + k_head + k_session, k_entry + k_head + "}, \"sessions\": 7}",
        std::string(5 << 20, 'a')}) {
    EXPECT_EQ(of_note(note), Authorship::undeclared) << note.substr(0, 200);
    EXPECT_FALSE(read_ai_note(note).evidence.empty()) << note.substr(0, 200);
  }
}

const std::string k_commit = "1234567890123456789012345678901234567890";

std::string trace(const std::string& type, const std::string& revision)
{
  return R"({"version":"0.1.0","id":"u","timestamp":"t","vcs":{"type":"git","revision":")" + revision +
         R"("},"files":[{"path":"a.ts","conversations":[{"contributor":{"type":")" + type +
         R"(","model_id":"anthropic/x"},"ranges":[{"start_line":1,"end_line":20}]}]}]})";
}

TEST(AgentTrace, ARecordOfThisCommitIsEvidence)
{
  const AuthorshipClaim claim = read_agent_trace(trace("ai", k_commit), k_commit, TraceOf::file);
  EXPECT_EQ(claim.authorship, Authorship::ai);
  EXPECT_EQ(claim.evidence.at(0).text, "agent trace a.ts 1-20: ai anthropic/x");
  EXPECT_EQ(read_agent_trace(trace("mixed", k_commit), k_commit, TraceOf::file).authorship, Authorship::ai_assisted);
  const std::string two = trace("human", k_commit) + "\n" + trace("ai", "1234567") + "\n";
  EXPECT_EQ(read_agent_trace(two, k_commit, TraceOf::file).authorship, Authorship::ai);
}

TEST(AgentTrace, OtherRecordsAreNot)
{
  for (const std::string& text : {trace("ai", "ffffffffff"), trace("human", k_commit), trace("unknown", k_commit),
                                  trace("ai", ""), std::string("{"), std::string("[]"), std::string(),
                                  trace("ai", "1234"), std::string(R"({"version":"0.1.0","files":{}})")})
    EXPECT_EQ(read_agent_trace(text, k_commit, TraceOf::file).authorship, Authorship::undeclared) << text;
  EXPECT_EQ(read_agent_trace(trace("ai", ""), k_commit, TraceOf::note).authorship, Authorship::ai);
}

// What a change of a hundred commits would otherwise pay for a hundred times, and a parser with its stack.
TEST(AgentTrace, IsReadOnceAndOnlyAsDeepAsRecordsAre)
{
  const std::string text = std::string(2 << 20, '[') + "\n" + trace("ai", k_commit) + "\n" + trace("mixed", "abcdef0") +
                           "\n" + std::string(100'000, '[') + "\n";
  const AgentTraces traces(text);
  EXPECT_EQ(traces.about(k_commit, TraceOf::file).authorship, Authorship::ai);
  EXPECT_EQ(traces.about("abcdef0123", TraceOf::file).authorship, Authorship::ai_assisted);
  EXPECT_EQ(traces.about("abcdef", TraceOf::file).authorship, Authorship::undeclared);
  EXPECT_EQ(traces.about("fff", TraceOf::note).evidence.size(), 1u) << "what cannot be read";
}

AuthorshipClaim of_event(const std::string& json, const std::vector<std::string>& labels = {})
{
  return read_event(json, built_in_signatures(), labels);
}

TEST(EventFile, WhoOpenedTheRequestDecides)
{
  const std::string copilot = R"({"login":"Copilot","id":198982749,"type":"Bot"})";
  const AuthorshipClaim opened = of_event(R"({"pull_request":{"user":)" + copilot + "}}");
  EXPECT_EQ(opened.authorship, Authorship::ai);
  EXPECT_EQ(opened.evidence.at(0).grade, EvidenceGrade::platform_identity);
  EXPECT_EQ(of_event(R"({"pusher":{"name":"x"},"sender":)" + copilot + "}").authorship, Authorship::ai);
  EXPECT_EQ(of_event(R"({"pull_request":{"labels":[{"name":"by-ai"}]}})", {"by-ai"}).authorship, Authorship::ai);
  EXPECT_EQ(of_event(R"({"pull_request":{"performed_via_github_app":{"slug":"cursor"}}})").tool, "Cursor");
}

TEST(EventFile, WhoStartedTheJobAndTheBranchDoNot)
{
  const std::string copilot = R"({"login":"Copilot","id":198982749})";
  const AuthorshipClaim weak =
    of_event(R"({"pull_request":{"user":{"login":"dana","id":7},"head":{"ref":"codex/x"}},"sender":)" + copilot + "}");
  EXPECT_EQ(weak.authorship, Authorship::undeclared);
  EXPECT_EQ(weak.evidence.size(), 2u);
  for (const char* other : {R"({"pull_request":{"user":{"login":"Copilot","id":5}}})", "{}", "",
                            R"({"pull_request":{"user":{"login":"copilot-fan","id":198982749}}})",
                            R"({"pull_request":{"labels":[{"name":"by-ai"}]}})", R"({"pull_request":7,"labels":{}})"})
    EXPECT_EQ(of_event(other).authorship, Authorship::undeclared) << other;
  EXPECT_FALSE(of_event("[").evidence.empty());
}

TEST(Authorship, ThePlatformOverrulesADeclaration)
{
  ChangeSet change;
  change.commits = {ACommit().ending("Authorship: human").commit()};
  EXPECT_EQ(classify(change).at(0).authorship, Authorship::human);
  Sources sources;
  sources.event = R"({"pull_request":{"user":{"login":"Copilot","id":198982749}}})";
  EXPECT_EQ(classify(change, built_in_signatures(), sources).at(0).authorship, Authorship::ai);
}

TEST(Authorship, ADeclarationIsBelievedWhereNothingContradictsIt)
{
  EXPECT_EQ(ACommit().ending("Authorship: human").authorship(), Authorship::human);
  EXPECT_EQ(ACommit().ending("Authorship: ai (Codex)").classified().tool, "Codex");
  EXPECT_EQ(ACommit().ending("Authorship: ai_assisted").authorship(), Authorship::ai_assisted);
  EXPECT_EQ(ACommit().ending("Authorship: nobody").authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().ending("Authorship: human\nEntire-Session: x").authorship(), Authorship::undeclared);
  EXPECT_EQ(ACommit().ending("Authorship: human\nCo-Authored-By: Claude <noreply@anthropic.com>").authorship(),
            Authorship::ai);
}

TEST(Authorship, ASquashIsJudgedFromTheCommitsBehindIt)
{
  ChangeSet change;
  change.commits = {ACommit().saying("Add it (#7)").commit()};
  Sources sources;
  sources.behind[change.commits[0].id] = {ACommit().commit(),
                                          ACommit().ending("Co-Authored-By: Claude <noreply@anthropic.com>").commit()};
  const CommitAuthorship found = classify(change, built_in_signatures(), sources).at(0);
  EXPECT_EQ(found.authorship, Authorship::ai);
  EXPECT_THAT(texts(found), Contains(HasSubstr("behind it 123456789012: trailer")));
  sources.behind[change.commits[0].id] = {ACommit().ending("Entire-Session: x").commit()};
  EXPECT_EQ(classify(change, built_in_signatures(), sources).at(0).authorship, Authorship::undeclared);
}

TEST(Authorship, AMergeIsWhatItBringsIn)
{
  const auto commit = [](const std::string& id, std::vector<std::string> parents, const std::string& line) {
    Commit result = ACommit().ending(line).commit();
    result.id = id;
    result.parents = std::move(parents);
    return result;
  };
  ChangeSet change;
  change.commits = {commit("m", {"h", "a"}, ""), commit("a", {"base"}, "Amp-Thread-ID: T-1"),
                    commit("h", {"base"}, "")};
  EXPECT_EQ(classify(change).at(0).authorship, Authorship::ai);
  EXPECT_EQ(classify(change).at(2).authorship, Authorship::undeclared);
  change.commits[0].parents = {"a", "h"}; // what is merged in is a person's; the branch it is merged into is not judged
  EXPECT_EQ(classify(change).at(0).authorship, Authorship::undeclared);
}

TEST(Signatures, ThePolicyAddsAndTakesNothingAway)
{
  Signature own;
  own.tool = "Our agent";
  own.kind = SignatureKind::address;
  own.value = "agent@corp.example";
  ChangeSet change;
  change.commits = {ACommit().by("Agent", "agent@corp.example").commit()};
  EXPECT_EQ(classify(change).at(0).authorship, Authorship::undeclared);
  const CommitAuthorship found = classify(change, with_additions(built_in_signatures(), {own}), {}).at(0);
  EXPECT_EQ(found.authorship, Authorship::ai);
  EXPECT_EQ(found.tool, "Our agent");
}

TEST(Signatures, AListThatIsNotWholeIsRefused)
{
  EXPECT_EQ(built_in_signatures().version, 1);
  EXPECT_GT(built_in_signatures().ai.size(), 100u);
  for (const Signature& signature : built_in_signatures().ai) EXPECT_FALSE(signature.source.empty()) << signature.value;
  for (const char* text : {"", "{}", "[]", R"({"format":"sluice.signatures","version":2,"revision":"x"})",
                           R"({"format":"sluice.signatures","version":1,"revision":"x","signatures":[{"tool":"t"}]})"})
    EXPECT_THROW((void)read_signatures(text), Error) << text;
}

} // namespace
} // namespace sluice::policy
