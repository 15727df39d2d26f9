// The reader of authorship against labelled commits. The texts are other people's and are not part of the project: they
// are read from a folder beside the source tree, or from SLUICE_SHARED_DATA, and the tests are skipped without them.
#include "policy/authorship.h"
#include "policy/signatures.h"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iomanip>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace sluice::policy {
namespace {

struct Row {
  std::string id, label, category, strict, tool;
  CommitAuthorship result; // of the commit alone
  CommitAuthorship noted;  // with the note that its category describes
};

// The notes themselves are not part of the data; the categories say what they held.
std::string note_of(const std::string& category, const std::string& tool)
{
  const std::string session = "src/main.rs\n  s_0123456789abcd::t_0123456789abcd 1-4,9-10\n";
  const std::string head = R"(---
{"schema_version": "authorship/3.0.0", "base_commit_sha": "x", "prompts": {})";
  const auto sessions = [&](const std::string& name) {
    return session + head + R"(, "sessions": {"s_0123456789abcd": {"agent_id": {"tool": ")" + name + R"("}}}})";
  };
  if (category == "git-ai-note-only" || category == "git-ai-note+trailer" || category == "git-ai-note-mock")
    return sessions(tool.substr(tool.find(':') + 1));
  if (category == "git-ai-note-dangling") return session + head + "}";
  if (category == "git-ai-note-human-only")
    return "src/main.rs\n  h_0123456789abcd 5\n" + head + R"(, "humans": {"h_0123456789abcd": {"author": "A"}}})";
  return category == "git-ai-note-empty" ? head + "}" : "";
}

std::int64_t seconds_of(const std::string& iso)
{
  std::tm time{};
  std::istringstream in(iso);
  in >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&time))).time_since_epoch().count();
}

std::vector<Row> rows_of(const std::string& name)
{
  const char* folder = std::getenv("SLUICE_SHARED_DATA");
  std::ifstream file((folder ? std::string(folder) : SLUICE_SOURCE_DIR "/../shared/data") + "/" + name);
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    Commit commit;
    commit.id = json.at("id");
    commit.author = {json.at("author_name"), json.at("author_email")};
    commit.committer = {json.at("committer_name"), json.at("committer_email")};
    commit.message = json.at("message");
    // The rows have no parents; those of a platform's trial merge are the ones that its subject names.
    if (const std::string& text = commit.message;
        text.size() >= 92 && text.starts_with("Merge ") && text.substr(46, 6) == " into ")
      commit.parents = {text.substr(52, 40), text.substr(6, 40)};
    commit.author_time = seconds_of(json.value("committed", "2026-01-01T00:00:00"));
    ChangeSet change;
    change.commits = {commit};
    Row row{commit.id, json.at("label"), json.value("category", ""), json.value("fail_closed_reading", ""), "", {}, {}};
    if (json.contains("tool") && json["tool"].is_string()) row.tool = json["tool"];
    row.result = classify(change).at(0);
    Sources sources;
    if (const std::string note = note_of(row.category, row.tool); !note.empty()) sources.ai_notes[commit.id] = note;
    row.noted = classify(change, built_in_signatures(), sources).at(0);
    rows.push_back(std::move(row));
  }
  return rows;
}

bool is_ai(const CommitAuthorship& result)
{
  return result.authorship == Authorship::ai || result.authorship == Authorship::ai_assisted;
}

std::string evidence(const Row& row)
{
  return row.noted.evidence.empty() ? "no evidence" : row.noted.evidence.front().text;
}

// Marks that are neither in the commit nor in its note, or that the pseudonyms have taken out of it.
const std::set<std::string> k_without_mark{"squash-lost-signal", "branch-name-only", "greg-claude",
                                           "author-name-carries-model", "misc-qwen"};
// Free text is evidence, but weak: undeclared with that evidence is the right answer.
const std::set<std::string> k_free_text{"prose-disclosure"};
// The label speaks of the note, which resolves to nothing. Where the commit carries a plain trailer as well that
// decides: if a broken note could take a trailer away, attaching one would be the way round the gate.
bool says_so_itself(const Row& row)
{
  return row.category == "git-ai-note-dangling" && is_ai(row.result);
}
// What proves nothing must still be shown. For the others the data names no mark that the commit holds.
const std::set<std::string> k_shown{"committer-claude-author-human",
                                    "committer-agent-author-human",
                                    "git-ai-note-dangling",
                                    "git-ai-note-mock",
                                    "entire-only",
                                    "squash-review-bot-only",
                                    "copilot-vscode-email",
                                    "branch-name-only",
                                    "merge-into-agent-branch",
                                    "replit-deployment",
                                    "suggested-by",
                                    "claude-agi"};

TEST(AuthorshipCorpus, CallsNoPersonAndNoDoubtAi)
{
  const std::vector<Row> rows = rows_of("ai-commits.jsonl");
  if (rows.empty()) GTEST_SKIP() << "ai-commits.jsonl is not here (SLUICE_SHARED_DATA names its folder)";
  for (const Row& row : rows) {
    if (row.label == "ai" || says_so_itself(row)) continue;
    EXPECT_FALSE(is_ai(row.noted)) << row.label << " " << row.category << " " << row.id << ": " << evidence(row);
    EXPECT_TRUE(row.label != "unclear" || !k_shown.contains(row.category) || !row.noted.evidence.empty())
      << "silence on " << row.category << " " << row.id;
  }
}

TEST(AuthorshipCorpus, FindsEveryMarkThatIsInTheCommit)
{
  const std::vector<Row> rows = rows_of("ai-commits.jsonl");
  if (rows.empty()) GTEST_SKIP() << "ai-commits.jsonl is not here (SLUICE_SHARED_DATA names its folder)";
  std::size_t marked = 0, found = 0, unmarked = 0;
  for (const Row& row : rows) {
    if (row.label != "ai") continue;
    if (k_without_mark.contains(row.category)) {
      ++unmarked;
      continue;
    }
    const bool ok = is_ai(row.noted) || (k_free_text.contains(row.category) && !row.noted.evidence.empty());
    ++marked;
    found += ok;
    EXPECT_TRUE(ok) << row.category << " " << row.id << ": " << evidence(row);
  }
  std::cout << "recall " << found << "/" << marked << "; " << unmarked << " ai rows carry no mark\n";
}

// A note alone never decides more than it resolves to, and never weakens what the commit says.
TEST(AuthorshipCorpus, ANoteOnlyAddsWhatItResolvesTo)
{
  const std::vector<Row> rows = rows_of("ai-commits.jsonl");
  if (rows.empty()) GTEST_SKIP() << "ai-commits.jsonl is not here (SLUICE_SHARED_DATA names its folder)";
  std::size_t noted = 0;
  for (const Row& row : rows) {
    if (row.category.rfind("git-ai-note", 0) != 0) continue;
    ++noted;
    EXPECT_TRUE(!is_ai(row.result) || is_ai(row.noted)) << row.category << " " << row.id;
    const bool resolves = row.category == "git-ai-note-only" || row.category == "git-ai-note+trailer";
    EXPECT_EQ(is_ai(row.noted), is_ai(row.result) || resolves) << row.category << " " << row.id;
    EXPECT_FALSE(row.noted.evidence.empty()) << row.category << " " << row.id;
  }
  EXPECT_GT(noted, 20u);
}

// Tables for people: printed when SLUICE_TABLES is set.
TEST(AuthorshipCorpus, PrintsItsTables)
{
  const std::vector<Row> rows = rows_of("ai-commits.jsonl");
  if (rows.empty()) GTEST_SKIP() << "ai-commits.jsonl is not here (SLUICE_SHARED_DATA names its folder)";
  if (!std::getenv("SLUICE_TABLES")) GTEST_SKIP() << "SLUICE_TABLES is not set";
  struct Line {
    std::size_t rows = 0, ai = 0, found = 0, wrong = 0;
  };
  std::map<std::string, Line> tools, categories;
  for (const Row& row : rows) {
    for (Line* line : {&tools[row.tool.empty() ? "(none)" : row.tool], &categories[row.label + " | " + row.category]}) {
      ++line->rows;
      line->ai += row.label == "ai";
      line->found += row.label == "ai" && is_ai(row.noted);
      line->wrong += row.label != "ai" && is_ai(row.noted);
    }
  }
  const auto print = [](const char* head, const std::map<std::string, Line>& lines) {
    std::cout << head;
    for (const auto& [name, line] : lines) {
      const auto share = [](std::size_t part, std::size_t whole) {
        std::ostringstream text;
        if (whole == 0) return std::string("–");
        text << std::fixed << std::setprecision(2) << static_cast<double>(part) / static_cast<double>(whole);
        return text.str();
      };
      std::cout << "| " << name << " | " << line.rows << " | " << line.ai << " | " << line.found << " | " << line.wrong
                << " | " << share(line.found, line.found + line.wrong) << " | " << share(line.found, line.ai) << " |\n";
    }
  };
  print("\n| tool | rows | ai | found | wrong | precision | recall |\n|---|---|---|---|---|---|---|\n", tools);
  print("\n| label | category | rows | ai | found | wrong | precision | recall |\n|---|---|---|---|---|---|---|---|\n",
        categories);
}

TEST(AuthorshipCorpus, ReadsConstructedCommitsAsAStrictGateShould)
{
  const std::vector<Row> rows = rows_of("ai-commits-constructed.jsonl");
  if (rows.empty()) GTEST_SKIP() << "ai-commits-constructed.jsonl is not here (SLUICE_SHARED_DATA names its folder)";
  for (const Row& row : rows) {
    // An agent that only committed is evidence and no proof; undeclared counts as AI unless the policy says otherwise.
    if (row.id == "aider-committer") {
      EXPECT_EQ(row.result.authorship, Authorship::undeclared);
      EXPECT_FALSE(row.noted.evidence.empty());
    } else {
      EXPECT_EQ(is_ai(row.noted), row.strict == "ai") << row.id << ": " << evidence(row);
    }
  }
}

} // namespace
} // namespace sluice::policy
