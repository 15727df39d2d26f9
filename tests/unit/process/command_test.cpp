// What an ordinary command gives back: codes, streams, input, environment, folder, limits.
#include "adapters/process/command.h"

#include "model/error.h"
#include "tests/support/memory_growth.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include <unistd.h>

namespace sluice::process {
namespace {

using sluice::tests::TempDir;

CommandLine shell(const std::string& script)
{
  CommandLine command;
  command.arguments = {"sh", "-c", script};
  return command;
}

TEST(Command, GivesOutputErrorsAndExitCode)
{
  const CommandResult result = run_command(shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(result.interrupted);
}

TEST(Command, SignalGives128AndItsNumber)
{
  EXPECT_EQ(run_command(shell("kill -9 $$")).exit_code, 137);
}

TEST(Command, MergesErrorsInTheOrderWritten)
{
  CommandLine command = shell("echo 1; echo 2 >&2; echo 3");
  command.merge_errors = true;
  const CommandResult result = run_command(command);
  EXPECT_EQ(result.output, "1\n2\n3\n");
  EXPECT_EQ(result.errors, "");
}

TEST(Command, ReadsMegabytesOfBothStreams)
{
  const CommandResult result =
    run_command(shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero"));
  EXPECT_EQ(result.output.size(), 6000000u);
  EXPECT_EQ(result.errors.size(), 3000000u);
}

TEST(Command, KeepsNoMoreThanIsWantedOfAGibibyte)
{
  CommandLine command = shell("printf first; head -c 1073741824 /dev/zero; printf last; printf few >&2");
  command.most_output = 4096;
  std::size_t heard = 0;
  command.on_output = [&](std::string_view piece) { heard += piece.size(); };
  const long before = tests::peak_memory_kib();
  const CommandResult result = run_command(command);
  EXPECT_LT(tests::peak_memory_kib() - before, tests::k_bounded_growth_kib);
  EXPECT_EQ(heard, (std::size_t{1} << 30) + 9);
  EXPECT_EQ(result.left_out, heard - 4096);
  EXPECT_TRUE(result.output.starts_with("first"));
  EXPECT_TRUE(result.output.ends_with("last"));
  EXPECT_THAT(result.output, ::testing::HasSubstr("[... " + std::to_string(result.left_out) + " bytes left out ...]"));
  EXPECT_EQ(result.errors, "few");
}

TEST(Command, PassesMegabytesOfInputThrough)
{
  CommandLine command;
  command.arguments = {"cat"};
  for (int i = 0; i < 500000; ++i) command.input += "line " + std::to_string(i) + "\n";
  EXPECT_EQ(run_command(command).output, command.input);
}

TEST(Command, InputIsEmptyUnlessGiven)
{
  EXPECT_EQ(run_command(shell("wc -c | tr -d ' '")).output, "0\n");
}

TEST(Command, SurvivesAProgramThatDoesNotReadItsInput)
{
  CommandLine command = shell("exec 0<&-; sleep 0.1; echo done");
  command.input.assign(4u << 20, 'x');
  const CommandResult result = run_command(command);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "done\n");
}

TEST(Command, RunsInTheFolderAndTheEnvironmentAsked)
{
  TempDir folder;
  ::setenv("SLUICE_TEST_KEPT", "kept", 1);
  ::setenv("SLUICE_TEST_CHANGED", "old", 1);
  CommandLine command = shell("pwd; echo $SLUICE_TEST_KEPT $SLUICE_TEST_CHANGED $SLUICE_TEST_NEW");
  command.working_directory = folder.path();
  command.environment = {"SLUICE_TEST_CHANGED=new", "SLUICE_TEST_NEW=a=b"};
  EXPECT_EQ(run_command(command).output, folder.path() + "\nkept new a=b\n");
}

// Of a caller who has come by a link: CMake would name everything in the folder by it.
TEST(Command, TheFolderIsCalledAsItWasAsked)
{
  const TempDir dir;
  std::filesystem::create_directory(dir.path() + "/real");
  std::filesystem::create_directory_symlink("real", dir.path() + "/link");
  ::setenv("PWD", (dir.path() + "/link").c_str(), 1);
  CommandLine command = shell("echo $PWD");
  command.working_directory = dir.path() + "/real";
  EXPECT_EQ(run_command(command).output, dir.path() + "/real\n");
}

TEST(Command, RelativeProgramIsFoundFromItsFolder)
{
  TempDir folder;
  const std::string script = folder.write("tool", "#!/bin/sh\necho here\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  CommandLine command;
  command.arguments = {"./tool"};
  command.working_directory = folder.path();
  EXPECT_EQ(run_command(command).output, "here\n");
}

TEST(Command, ListenerHearsAllOutputInPieces)
{
  std::string heard;
  CommandLine command = shell("echo a; sleep 0.05; echo b; echo not this >&2");
  command.on_output = [&](std::string_view piece) { heard += piece; };
  const CommandResult result = run_command(command);
  EXPECT_EQ(heard, "a\nb\n");
  EXPECT_EQ(result.output, heard);
}

// Processes of the group that are not zombies (an orphan stays one until the system's first process collects it).
int living_members(const std::string& group)
{
  int living = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    if (!std::getline(stat, line)) continue;
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string state, parent, its_group;
    fields >> state >> parent >> its_group;
    if (its_group == group && state != "Z" && state != "X") ++living;
  }
  return living;
}

TEST(Command, TimeLimitEndsTheWholeGroup)
{
  TempDir folder;
  CommandLine command = shell("(trap '' TERM; echo $$ >started; sleep 600) & wait");
  command.working_directory = folder.path();
  command.time_limit = std::chrono::milliseconds(300);
  const CommandResult result = run_command(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + 15);
  std::string group = folder.read("started");
  group.erase(group.find('\n'));
  for (int i = 0; i < 200 && living_members(group) > 0; ++i) ::usleep(10000); // a kill takes effect a little later
  EXPECT_EQ(living_members(group), 0);
}

TEST(Command, TimeLimitEndsAProgramThatIgnoresTerm)
{
  CommandLine command = shell("trap '' TERM; while :; do sleep 1; done");
  command.time_limit = std::chrono::milliseconds(100);
  const CommandResult result = run_command(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + 9);
}

TEST(Command, TimeLimitIsNoSuccessWhateverTheProgramSays)
{
  CommandLine command = shell("trap 'exit 0' TERM; while :; do sleep 0.1; done");
  command.time_limit = std::chrono::milliseconds(500);
  const CommandResult result = run_command(command);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + 15);
}

TEST(Command, MissingProgramFolderAndPermissionAreOneLine)
{
  TempDir folder;
  CommandLine no_folder = shell("true");
  no_folder.working_directory = folder / "absent";
  CommandLine not_executable;
  not_executable.arguments = {folder.write("plain", "text")};
  CommandLine missing;
  missing.arguments = {"sluice-no-such-program"};
  for (const CommandLine& command : {no_folder, not_executable, missing, CommandLine{}}) {
    try {
      run_command(command);
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::world);
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("cannot start"), std::string::npos) << error.what();
    }
  }
}

} // namespace
} // namespace sluice::process
