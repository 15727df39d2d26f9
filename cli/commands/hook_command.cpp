// sluice hook install and the commit-msg hook itself: every commit says who wrote it.
#include "adapters/process/command.h"
#include "cli/commands/commands.h"
#include "cli/records/atomic_file.h"
#include "cli/terminal.h"
#include "model/error.h"
#include "policy/declaration.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* k_mark = "# Written by sluice hook install.";

std::string git(const Options& options, std::vector<std::string> arguments)
{
  process::CommandLine command;
  command.own = true;
  command.arguments = std::move(arguments);
  command.arguments.insert(command.arguments.begin(), "git");
  command.working_directory = options.directory;
  const process::CommandResult result = process::run_command(command);
  if (result.exit_code != 0)
    throw Error(ErrorKind::world,
                "git " + command.arguments[1] + " failed: " + result.errors.substr(0, result.errors.find('\n')));
  return result.output.substr(0, result.output.find_last_not_of('\n') + 1);
}

std::string variable(const char* name)
{
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string shell_quoted(std::string_view word)
{
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

int install(const Options& options)
{
  const fs::path folder = fs::path(options.directory) / git(options, {"rev-parse", "--git-path", "hooks"});
  const std::string file = (folder / "commit-msg").string();
  if (fs::exists(file) && read_file(file, "the hook").find(k_mark) == std::string::npos)
    throw Error(ErrorKind::usage, fmt::format("{} is there already", file),
                "call `sluice hook commit-msg \"$1\"` in it");
  std::error_code error, failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  write_atomically(file, fmt::format("#!/bin/sh\n{}\nprogram={}\n[ -x \"$program\" ] || program=sluice\n"
                                     "exec \"$program\" hook commit-msg \"$1\"\n",
                                     k_mark, shell_quoted(program.string())));
  fs::permissions(file,
                  fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read |
                    fs::perms::others_exec,
                  failed);
  if (failed)
    throw Error(ErrorKind::world, fmt::format("{} cannot be made executable: {}", file, failed.message()),
                "git starts no hook that is not");
  write_out(fmt::format("installed {}\n", file));
  return 0;
}

// At a terminal the author is asked; without one nobody can be.
std::string asked()
{
  std::ofstream out("/dev/tty");
  std::ifstream in("/dev/tty");
  for (int tries = 0; out && in && tries < 3; ++tries) {
    out << "Who wrote this change? [h]uman, a[s]sisted by a tool, [a]i: " << std::flush;
    std::string answer;
    if (!std::getline(in, answer)) break;
    if (const auto line = policy::declaration_of(answer)) return *line;
  }
  throw Error(ErrorKind::usage, "the message does not say who wrote the change",
              "add a line \"Authorship: human\", \"Authorship: ai_assisted (TOOL)\" or \"Authorship: ai (TOOL)\"");
}

// The first character of git's comments.
char comment_mark(const Options& options)
{
  const std::string set = git(options, {"config", "--default", "#", "core.commentChar"});
  return set.size() == 1 ? set.front() : '#'; // "auto": git chooses one that no line begins with
}

int commit_message(const Options& options)
{
  if (options.subject.empty()) throw Error(ErrorKind::usage, "the hook needs the file with the message");
  const std::string message =
    policy::without_comments(read_file(options.subject, "the message"), comment_mark(options));
  const bool by_agent = !policy::agent_of(variable).empty();
  // An agent copies the words of earlier messages: what the environment shows outweighs them.
  if (by_agent ? policy::names_a_tool(message) : policy::is_declared(message)) return 0;
  const auto known = policy::declaration(variable);
  const std::string line = known ? *known : asked();
  git(options, {"interpret-trailers", "--in-place", "--if-exists", "addIfDifferent", "--trailer", line,
                fs::absolute(options.subject).string()});
  return 0;
}

} // namespace

int hook_command(const Options& options)
{
  return options.action == "install" ? install(options) : commit_message(options);
}

} // namespace sluice::cli
