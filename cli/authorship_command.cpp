// sluice authorship: who wrote each commit of the change, by evidence.
#include "adapters/git/repository.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "policy/authorship.h"

#include <fmt/format.h>

namespace sluice::cli {

int authorship_command(const Options& options)
{
  const git::Repository repository = git::Repository::open(options.directory);
  const ChangeSet change = repository.changes({options.base, options.head});
  const auto commits = policy::classify(change);
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const policy::CommitAuthorship& commit = commits[i];
    write_out(fmt::format("{} {}{}\n", commit.commit.substr(0, 12), to_string(commit.authorship),
                          commit.tool.empty() ? "" : fmt::format(" ({})", commit.tool)));
    for (const std::string& line : commit.evidence) write_out(fmt::format("  {}\n", line));
  }
  if (commits.empty()) write_out("no commits between base and head\n");
  return 0;
}

} // namespace sluice::cli
