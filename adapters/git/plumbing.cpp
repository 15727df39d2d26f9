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

} // namespace

process::CommandResult Plumbing::ask(std::vector<std::string> arguments, std::string input) const
{
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
  return process::run_command(command);
}

std::string Plumbing::output(std::vector<std::string> arguments, std::string input) const
{
  const auto is_option = [](const std::string& word) { return word.rfind("--", 0) == 0; };
  const std::string name = *std::find_if_not(arguments.begin(), arguments.end(), is_option);
  process::CommandResult result = ask(std::move(arguments), std::move(input));
  if (result.exit_code != 0)
    throw Error(ErrorKind::world, "git " + name + " failed: " + first_line(result.errors),
                "see whether the same git command works in " +
                  (location_.root.empty() ? location_.git_dir : location_.root));
  return std::move(result.output);
}

Plumbing Plumbing::without_filters(const std::vector<std::string>& names) const
{
  Plumbing other(location_);
  for (const std::string& name : names) {
    for (const char* key : {".clean=", ".smudge=", ".process=", ".required=false"})
      other.overrides_.push_back("filter." + name + key);
  }
  return other;
}

} // namespace sluice::git
