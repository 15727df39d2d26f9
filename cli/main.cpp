#include "cli/commands/commands.h"
#include "cli/options.h"
#include "cli/project.h"
#include "cli/records/report_files.h"
#include "cli/terminal.h"
#include "cli/walls/command_walls.h"
#include "model/error.h"
#include "model/exit_code.h"
#include "runner/sandbox/enclosure.h"

#include <fmt/format.h>

#include <csignal>
#include <exception>

namespace sluice::cli {

const std::vector<Command>& commands()
{
  static const std::vector<Command> table{
    {"run", "Run the affected tests and give a verdict on the change", run_command},
    {"plan", "Show what a run would do, and why; nothing is built or run", plan_command},
    {"affected", "Name the tests that a change can reach, within the time of a git diff", affected_command},
    {"why", "Why does a test run, what does a file reach, and what was seen to be used?", why_command},
    {"why-not", "Why does a test not run? Shows the proof that it rests on", why_not_command},
    {"report", "Make the reports of an earlier run again from its event log", report_command},
    {"authorship", "Who wrote the commits of the change, by evidence", authorship_command},
    {"policy", "Check, explain, test or begin the policy file", policy_command},
    {"verify", "Does a commit have evidence that may be believed? Offline", verify_command},
    {"keygen", "Make a key for evidence and the trust file for it", keygen_command},
    {"approve", "Sign an approval of the change as it stands", approve_command},
    {"override", "Sign an override of a rule for named tests", override_command},
    {"audit", "Verify or export the hash-chained log of verdicts", audit_command},
    {"hook", "Install the commit-msg hook by which commits say who wrote them", hook_command},
    {"history", "What became of a test in earlier runs", history_command},
    {"flaky", "Tests that passed and failed with the same inputs", flaky_command},
    {"stats", "Slowest and reddest tests, time saved, what widened plans", stats_command},
    {"cache", "gc: forget old runs and give space back", cache_command},
    {"ui", "Pages over all runs, in a browser on this machine", ui_command},
    {"completions", "A completion script for bash, zsh or fish", completions_command},
    {"doctor", "What sandboxes this machine can make, and why not better ones", doctor_command},
    {"help", "Explain a topic: exit-codes, files, filter, flaky, man, output, reports, selection", help_command},
  };
  return table;
}

} // namespace sluice::cli

namespace {

sluice::ExitCode exit_code_of(sluice::ErrorKind kind)
{
  switch (kind) {
  case sluice::ErrorKind::usage:
  case sluice::ErrorKind::configuration:
    return sluice::ExitCode::usage;
  case sluice::ErrorKind::world:
    return sluice::ExitCode::world;
  }
  return sluice::ExitCode::world;
}

// A run that cannot go on leaves red where its reports were asked for, those that it had written itself among them: a
// verdict that could not be told to everybody is none.
void leave_red_reports(int argc, char** argv)
{
  try {
    sluice::cli::leave_red(sluice::cli::reports_named_in({argv + 1, argv + argc}), sluice::cli::format_options({}));
  } catch (const std::exception& error) { // a folder that cannot be made, for instance
    sluice::cli::write_error(fmt::format("sluice: {}\n", error.what()));
  }
}

} // namespace

int main(int argc, char** argv)
{
  // The first word of commands that Sluice starts behind walls; nobody types it.
  if (argc > 1 && argv[1] == sluice::cli::k_enclose)
    return sluice::sandbox::enclose({argv + 2, static_cast<std::size_t>(argc - 2)});
  std::signal(SIGPIPE, SIG_IGN); // a reader that goes away (`sluice run | head`) must not end a run
  try {
    const sluice::cli::Invocation invocation = sluice::cli::parse_command_line(argc, argv);
    if (invocation.command) sluice::cli::distrust_what_builds_write(invocation.options.directory);
    return invocation.command ? invocation.command->run(invocation.options) : invocation.exit_code;
  } catch (const sluice::Error& error) {
    sluice::cli::write_error(fmt::format("sluice: {}\n", error.what()));
    if (!error.next().empty()) sluice::cli::write_error(fmt::format("  {}\n", error.next()));
    leave_red_reports(argc, argv);
    return static_cast<int>(exit_code_of(error.kind()));
  } catch (const std::exception& error) {
    sluice::cli::write_error(fmt::format("sluice: unexpected: {}\n", error.what()));
    leave_red_reports(argc, argv);
    return static_cast<int>(sluice::ExitCode::world);
  }
}
