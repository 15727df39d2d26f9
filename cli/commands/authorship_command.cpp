// sluice authorship: who wrote each commit of the change, by evidence.
#include "cli/commands/commands.h"
#include "cli/gate/authorship_sources.h"
#include "cli/gate/base_policy.h"
#include "cli/project.h"
#include "cli/terminal.h"
#include "model/error.h"
#include "reports/json_writer.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

namespace sluice::cli {

namespace {

using Commits = std::vector<policy::CommitAuthorship>;

// "BASE..HEAD" and "BASE...HEAD" both mean what the change did since it left BASE; one revision means that commit.
git::Range range_of(const Options& options)
{
  if (options.subject.empty()) return {options.base, options.head};
  if (!options.base.empty() || !options.head.empty())
    throw Error(ErrorKind::usage, "a range and --base or --head exclude each other", "sluice authorship main..HEAD");
  return git::parse_range(options.subject).value_or(git::Range{"", options.subject});
}

std::string as_text(const Commits& commits)
{
  std::string text;
  for (const policy::CommitAuthorship& commit : commits) {
    text += fmt::format("{} {}{}\n", commit.commit.substr(0, 12), to_string(commit.authorship),
                        commit.tool.empty() ? "" : fmt::format(" ({})", commit.tool));
    for (const policy::Evidence& evidence : commit.evidence)
      text += fmt::format("  {}: {}\n", to_string(evidence.grade), evidence.text);
  }
  return commits.empty() ? "no commits between base and head\n" : text;
}

std::string as_json(const Commits& commits)
{
  std::string text;
  reports::JsonWriter json(text);
  json.begin_object();
  json.begin_array("commits");
  for (const policy::CommitAuthorship& commit : commits) {
    json.begin_object();
    json.text("sha", commit.commit);
    json.text("authorship", to_string(commit.authorship));
    json.text("tool", commit.tool);
    json.begin_array("evidence");
    for (const policy::Evidence& evidence : commit.evidence) {
      json.begin_object();
      json.text("grade", to_string(evidence.grade));
      json.text("text", evidence.text);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return text + "\n";
}

// The store is asked where there is one, and not made where there is none.
std::optional<cache::Store> existing_store(const git::Repository& repository)
{
  const std::string state = repository.root() + "/.sluice";
  require_own_state(state);
  if (!std::filesystem::exists(state + "/store.db")) return std::nullopt;
  return cache::Store::open(state);
}

} // namespace

int authorship_command(const Options& options)
{
  const git::Repository repository = git::Repository::open(options.directory);
  const ChangeSet change = repository.changes(range_of(options));
  const auto store = existing_store(repository);
  const Commits commits =
    authorship_of(repository, change, policy_of_base(repository, change), options.event, store ? &*store : nullptr);
  write_answer(options, options.json ? as_json(commits) : as_text(commits));
  return 0;
}

} // namespace sluice::cli
