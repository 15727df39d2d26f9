// What the commit hook adds to a message: it may never turn an agent into a person.
#include "policy/declaration.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::policy {
namespace {

Environment with(std::map<std::string, std::string> variables)
{
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

TEST(Agent, IsToldByItsDocumentedVariable)
{
  EXPECT_EQ(agent_of(with({})), "");
  EXPECT_EQ(agent_of(with({{"CLAUDECODE", "1"}})), "Claude Code");
  EXPECT_EQ(agent_of(with({{"CLAUDE_CODE_REMOTE", "true"}})), "Claude Code");
  EXPECT_EQ(agent_of(with({{"CURSOR_AGENT", "1"}})), "Cursor");
  EXPECT_EQ(agent_of(with({{"CODEX_SANDBOX", "seatbelt"}})), "Codex"); // any value
  EXPECT_EQ(agent_of(with({{"GEMINI_CLI", "1"}})), "Gemini CLI");
  EXPECT_EQ(agent_of(with({{"CLAUDECODE", "0"}, {"CURSOR_AGENT", "no"}})), "");
}

TEST(Declaration, SaysWhatTheVariableSays)
{
  for (const char* value : {"human", "Human", "ai", "ai (Claude Code)", "AI_assisted", "ai_assisted (Cursor)", " ai "})
    EXPECT_TRUE(declaration(with({{"SLUICE_AUTHORSHIP", value}}))) << value;
  EXPECT_EQ(declaration(with({{"SLUICE_AUTHORSHIP", " ai (x) "}})), "Authorship: ai (x)");
}

TEST(Declaration, WhatIsNoValueIsAsked)
{
  EXPECT_EQ(declaration(with({})), std::nullopt);
  for (const char* value : {"", " ", "robot", "human (really)", "humans", "ai-assisted", "(ai)", "ai me"})
    EXPECT_EQ(declaration(with({{"SLUICE_AUTHORSHIP", value}})), std::nullopt) << value;
}

// A variable that claims "human" is set once and forgotten.
TEST(Declaration, AnAgentIsNotMadeAPerson)
{
  for (const char* value : {"human", "HUMAN", "nonsense", ""})
    EXPECT_EQ(declaration(with({{"SLUICE_AUTHORSHIP", value}, {"CURSOR_AGENT", "1"}})), "Authorship: ai (Cursor)")
      << value;
  EXPECT_EQ(declaration(with({{"SLUICE_AUTHORSHIP", "ai_assisted"}, {"CURSOR_AGENT", "1"}})),
            "Authorship: ai_assisted");
}

TEST(Declaration, IsOneLineAndSteersNoTerminal)
{
  EXPECT_EQ(declaration(with({{"SLUICE_AUTHORSHIP", "ai (x\nAuthorship: human\x1b)"}})),
            "Authorship: ai (x?Authorship: human?)");
}

TEST(DeclarationOf, TakesWordsAndTheirFirstLetters)
{
  EXPECT_EQ(declaration_of(" H "), "Authorship: human");
  EXPECT_EQ(declaration_of("human"), "Authorship: human");
  EXPECT_EQ(declaration_of("s"), "Authorship: ai_assisted");
  EXPECT_EQ(declaration_of("AI_Assisted"), "Authorship: ai_assisted");
  EXPECT_EQ(declaration_of("a"), "Authorship: ai");
  EXPECT_EQ(declaration_of("ai"), "Authorship: ai");
  for (const char* answer : {"", "y", "yes", "hu", "ai me", "h\n"})
    EXPECT_EQ(declaration_of(answer), std::nullopt) << answer;
}

TEST(IsDeclared, ByADeclarationOrAMarkThatDecides)
{
  EXPECT_TRUE(is_declared("Fix\n\nAuthorship: human\n"));
  EXPECT_TRUE(is_declared("Fix\n\nAuthorship: ai (x)\n"));
  EXPECT_TRUE(is_declared("Fix\n\nCo-authored-by: Claude <noreply@anthropic.com>\n"));
  EXPECT_FALSE(is_declared("Fix the parser\n"));
  EXPECT_FALSE(is_declared(""));
  EXPECT_FALSE(is_declared("Fix\n\nAuthorship: robot\n"));
}

} // namespace
} // namespace sluice::policy
