#include "policy/tool_names.h"

#include <gtest/gtest.h>

namespace sluice::policy {
namespace {

TEST(ToolNames, KnowsTheFormsThatProjectsAskFor)
{
  for (const char* name :
       {"Claude", "Claude Code", "Claude Opus 4.6", "Claude Opus 4.6 (1M context)", "Claude:claude-opus-4-6",
        "ClaudeCode:claude-fable-5", "Claude-3.5-Sonnet", "OpenAI GPT-5.4", "openai/gpt-5.2", "gemini-cli",
        "github-copilot", "ChatGPTv5", "Kiro", "generic LLM chatbot", "Amazon Q Developer", "Gemini, your friend"})
    EXPECT_NE(named_tool(name), "") << name;
}

TEST(ToolNames, TakesNoPersonAndNoGeneratorForATool)
{
  for (const char* name :
       {"Claude Martin", "Devin Smith", "Jules Verne", "Cody Example", "claude my eyes right out", "protoc 27.1",
        "npx sourcebook init", "Robin Example", "", "17", "adevinta", "Dana Cursorius", "no AI was used"})
    EXPECT_EQ(named_tool(name), "") << name;
}

TEST(ToolNames, AModelMakesTheNameCertain)
{
  EXPECT_TRUE(carries_model("Claude Opus 4.6"));
  EXPECT_TRUE(carries_model("GPT-5"));
  EXPECT_FALSE(carries_model("Claude"));
  EXPECT_FALSE(carries_model("Claude Martin 3"));
}

TEST(ToolNames, ASentenceIsNoName)
{
  std::string sentence = "claude";
  for (int i = 0; i < 20; ++i) sentence += " code";
  EXPECT_EQ(named_tool(sentence), "");
}

} // namespace
} // namespace sluice::policy
