#include "adapters/git/plumbing.h"

#include "model/error.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sluice::git {

namespace {

constexpr std::array k_settings = {
  "core.quotePath=false",
  "core.fsmonitor=false",      // a program of the repository's choice, whose word hides changes
  "core.untrackedCache=false", // the same, from the index
  "core.ignoreStat=false",
  "core.trustctime=true", // a time stamp can be set back, the time of the inode's change cannot
  "core.checkStat=default",    "core.hooksPath=/dev/null", "diff.orderFile=/dev/null",
  "submodule.recurse=false", // what is checked out there has a configuration of its own
  "diff.submodule=short",
};

std::string first_line(const std::string& text)
{
  return text.substr(0, text.find('\n'));
}

// Of the command: "status", behind options of git's own.
std::string name_of(const std::vector<std::string>& arguments)
{
  for (auto word = arguments.begin(); word != arguments.end(); ++word) {
    if (*word == "-c" && word + 1 != arguments.end()) ++word;
    else if (!word->starts_with("-")) return *word;
  }
  return {};
}

[[noreturn]] void refuse_endless(const std::string& name, std::chrono::milliseconds limit, const std::string& folder)
{
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
  throw Error(ErrorKind::world, "git " + name + " did not end within " + std::to_string(seconds) + " s",
              "see what the same command does in " + folder +
                "; patterns of a .gitignore with many \"**\" and deep folders that a build has left take git for ever: "
                "remove such folders, or write the pattern otherwise");
}

} // namespace

process::CommandResult Plumbing::ask(std::vector<std::string> arguments, std::string input) const
{
  const std::string name = name_of(arguments);
  process::CommandLine command;
  std::vector<std::string>& words = command.arguments;
  words.emplace_back("git");
  words.push_back("--git-dir=" + location_.git_dir);
  if (!location_.root.empty()) words.push_back("--work-tree=" + location_.root);
  for (const char* setting : k_settings) {
    words.emplace_back("-c");
    words.emplace_back(setting);
  }
  for (const std::string& setting : overrides_) {
    words.emplace_back("-c");
    words.push_back(setting);
  }
  std::move(arguments.begin(), arguments.end(), std::back_inserter(words));
  command.working_directory = location_.root.empty() ? location_.git_dir : location_.root;
  command.environment = location_.environment;
  command.unset = location_.unset;
  command.own = true;
  command.input = std::move(input);
  command.time_limit = time_limit_;
  process::CommandResult result = process::run_command(command);
  if (result.timed_out) refuse_endless(name, time_limit_, command.working_directory);
  return result;
}

std::string Plumbing::output(std::vector<std::string> arguments, std::string input) const
{
  const std::string name = name_of(arguments);
  process::CommandResult result = ask(std::move(arguments), std::move(input));
  if (result.exit_code != 0)
    throw Error(ErrorKind::world, "git " + name + " failed: " + first_line(result.errors),
                "see whether the same git command works in " +
                  (location_.root.empty() ? location_.git_dir : location_.root));
  return std::move(result.output);
}

Plumbing Plumbing::without_filters(const std::vector<std::string>& names) const
{
  Plumbing other(location_, time_limit_);
  for (const std::string& name : names) {
    for (const char* key : {".clean=", ".smudge=", ".process=", ".required=false"})
      other.overrides_.push_back("filter." + name + key);
  }
  return other;
}

} // namespace sluice::git
