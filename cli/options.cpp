#include "cli/options.h"

#include "cli/command_words.h"
#include "cli/commands/commands.h"
#include "cli/empty_values.h"
#include "cli/usage_words.h"
#include "cli/version.h"
#include "reports/formats.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <iostream>

namespace sluice::cli {

namespace {

// Groups of options, so that a command states which it takes in one line each.
void add_range(CLI::App& app, Options& options)
{
  app.add_option("--base", options.base, "Compare with where the change left this revision");
  app.add_option("--head", options.head, "The change's last commit; left out: the working tree counts too");
}

void add_selection(CLI::App& app, Options& options)
{
  app.add_option("--filter", options.filter, "Only tests that match (see: sluice help filter)");
  app.add_flag("--all", options.all, "Every test, whatever proofs say");
  app.add_flag("--rerun-failed", options.rerun_failed, "Only tests whose last run failed");
}

CLI::Option* add_subject(CLI::App& app, Options& options, const char* name, const char* help, bool required)
{
  return app.add_option(name, options.subject, help)->required(required);
}

void set_output(Options& options, OutputMode mode)
{
  options.output = mode;
}

void add_action(CLI::App& app, Options& options, const std::vector<std::string>& actions)
{
  CLI::Option* action = app.add_option("ACTION", options.action, fmt::format("{}", fmt::join(actions, ", ")));
  allow_words(*action->required(), actions);
}

void add_event(CLI::App& app, Options& options)
{
  app.add_option("--event", options.event, "The platform's event file (GITHUB_EVENT_PATH): who opened the change");
}

void add_evidence(CLI::App& app, Options& options)
{
  app.add_option("--evidence", options.evidence, "Write signed evidence here (docs/manual/evidence.md)");
  app.add_flag("--note", options.note, "Keep it as a git note on the tree, in refs/notes/sluice");
  app.add_option("--key", options.key, "The key to sign with (sluice keygen); else SLUICE_SIGNING_KEY holds it");
  app.add_option("--records", options.records, "Signed approvals and overrides: a file or a folder");
  app.add_option("--target", options.target,
                 "The branch that is merged into, also in the check's name; left out: as --base names it");
  app.add_option("--audit", options.audit, "The audit log; left out: .sluice/audit.ndjson");
  allow_words(*app.add_option("--post", options.post, "Tell a forge; may be given several times"),
              {"github-check", "github-status", "gitlab-status", "gerrit-review", "harness"});
  app.add_option("--revision", options.revision, "The commit as the forge knows it; left out: the head");
}

void add_report_files(CLI::App& app, Options& options)
{
  app.add_option("--junit", options.junit, "Write the JUnit report here too");
  app.add_option("--report", options.reports, "Write a report: FORMAT=FILE; may be given several times")
    ->expected(1)
    ->take_all()
    ->type_name("FORMAT=FILE");
  app.add_flag("--unselected", options.unselected, "Reports show the tests that were left out, as skipped");
}

void add_run(CLI::App& app, Options& options)
{
  add_range(app, options);
  add_selection(app, options);
  allow_numbers(*app.add_option("-j,--jobs", options.jobs, "Tests to run at once"), 1, 4096);
  add_report_files(app, options);
  add_event(app, options);
  add_evidence(app, options);
  auto* fail_fast =
    app.add_option("--fail-fast", options.fail_fast, "Start no test after so many failures (1 if no number is given)");
  allow_numbers(*fail_fast->expected(0, 1)->default_str("1"), 1, 1'000'000);
  auto* repeat = app.add_option("--repeat", options.repeat, "Run each selected test so often");
  allow_numbers(*repeat, 1, 1'000'000);
  auto* retries =
    app.add_option("--retries", options.retries, "Try a failed test again so often; one that then passes is flaky");
  allow_numbers(*retries->excludes(repeat), 0, 10);
  allow_numbers(*app.add_option("--shuffle", options.shuffle, "Random order from this seed"), 1, UINT64_MAX);
  app.add_flag("--no-build{false}", options.build, "Leave out the [build] step; the folder must be up to date");
  app.add_flag("--no-sandbox{false}", options.sandbox, "Run tests as ordinary processes of yours");
  app.add_flag("--no-observe{false}", options.observe,
               "Do not watch what tests use: build facts alone decide what a change affects");
  app.add_flag_callback(
    "-q,--quiet", [&] { set_output(options, OutputMode::quiet); }, "Say little when all is green");
  app.add_flag_callback(
    "--plain", [&] { set_output(options, OutputMode::plain); }, "Lines only, no redrawing");
  allow_words(*app.add_option("--output", options.shown_output, "Show what tests print: of failures, all or none"),
              {"failures", "all", "none"});
  auto* messages = app.add_option_function<std::string>(
    "--message-format",
    [&](const std::string& word) { options.messages = word == "json" ? MessageFormat::json : MessageFormat::text; },
    "Write text or, as they happen, the events of the run");
  allow_words(*messages, {"text", "json"});
}

void add_record(CLI::App& app, Options& options)
{
  add_range(app, options);
  app.add_option("--target", options.target, "The branch that is merged into; left out: as --base names it");
  app.add_option("--key", options.key, "The SSH key to sign with")->required();
  app.add_option("--as", options.signer, "Your principal in the signers' file")->required();
  app.add_option("--reason", options.reason, "Why; an override needs at least ten characters");
  allow_numbers(*app.add_option("--hours", options.hours, "How long it holds"), 1, 24 * 90);
  app.add_option("--out", options.out, "Write the record here (.json)")->required();
}

void add_override(CLI::App& app, Options& options)
{
  add_record(app, options);
  app.add_option("--rule", options.rule, "The rule that is overridden")->required();
  app.add_option("--test", options.tests, "A test that is excused, by its whole id; may be given again")->required();
}

void add_hook(CLI::App& app, Options& options)
{
  add_action(app, options, {"install", "commit-msg"});
  add_subject(app, options, "FILE", "commit-msg: the file with the message", false);
}

void add_audit(CLI::App& app, Options& options)
{
  add_action(app, options, {"verify", "export"});
  app.add_option("--audit", options.audit, "The log; left out: .sluice/audit.ndjson");
  app.add_option("--contains", options.contains, "A digest that was kept elsewhere and must be in the log");
}

void add_verify(CLI::App& app, Options& options)
{
  add_subject(app, options, "EVIDENCE", "A file; left out: the note on the commit's tree", false);
  app.add_option("--trust", options.trust, "The trust file: whose keys are believed")->required();
  app.add_option("--commit", options.commit, "The commit that is to be merged or deployed")->required();
  app.add_option("--base", options.base, "The commit that it must have been tested against");
  app.add_flag("--any-base", options.any_base, "Whatever it was tested against");
  app.add_option("--notes", options.notes, "Where the notes are: a ref or a commit (refs/notes/sluice)");
}

void add_keygen(CLI::App& app, Options& options)
{
  add_subject(app, options, "NAME", "Writes NAME.key and NAME.trust.toml", true);
}

void add_plan(CLI::App& app, Options& options)
{
  add_range(app, options);
  add_selection(app, options);
  app.add_flag("--json", options.json, "As JSON (docs/formats/plan.md)");
  app.add_flag("-v,--verbose", options.verbose, "Name every test");
}

void add_affected(CLI::App& app, Options& options)
{
  add_range(app, options);
  app.add_flag("--json", options.json, "As JSON (docs/formats/plan.md)");
}

void add_inputs(CLI::App& app, Options& options)
{
  app.add_flag("--json", options.json, "As JSON (docs/formats/plan.md)");
  app.add_flag("-v,--verbose", options.verbose, "Name everything that was used, not the first few");
}

void add_why(CLI::App& app, Options& options)
{
  add_range(app, options);
  add_subject(app, options, "TEST|FILE", "A test's id, or a file", true);
  add_inputs(app, options);
}

void add_why_not(CLI::App& app, Options& options)
{
  add_range(app, options);
  add_subject(app, options, "TEST", "A test's id", true);
  add_inputs(app, options);
}

void add_report(CLI::App& app, Options& options)
{
  app.add_option("RUN", options.subjects,
                 "A run's id or the first part of it, \"latest\", or a log file; several become one report");
  app.add_option("--format", options.format, "The report to make (see: sluice help reports)");
  app.add_option("-o,--output", options.output_file, "Where it goes; left out: standard output");
  add_report_files(app, options);
}

void add_json(CLI::App& app, Options& options)
{
  app.add_flag("--json", options.json, "As JSON (docs/formats/history.md)");
}

void add_history(CLI::App& app, Options& options)
{
  add_subject(app, options, "TEST", "A test's id", true);
  allow_numbers(*app.add_option("--runs", options.runs, "At most so many runs"), 1, 10'000);
  add_json(app, options);
}

void add_stats(CLI::App& app, Options& options)
{
  allow_numbers(*app.add_option("--runs", options.runs, "Of the newest so many runs"), 1, 10'000);
  add_json(app, options);
}

void add_cache(CLI::App& app, Options& options)
{
  add_subject(app, options, "gc", "gc: remove the folders of old runs and give space back", true);
  allow_numbers(*app.add_option("--keep-runs", options.keep_runs, "Keep the newest so many runs"), 1, 1'000'000);
}

void add_doctor(CLI::App& app, Options& options)
{
  app.add_flag("--json", options.json, "As JSON, one object");
  app.add_flag("-v,--verbose", options.verbose, "The steps of a sandbox, in their order and with their reasons");
}

void add_authorship(CLI::App& app, Options& options)
{
  add_range(app, options);
  add_event(app, options);
  add_subject(app, options, "RANGE", "BASE..HEAD, or one commit", false);
  app.add_flag("--json", options.json, "As JSON (docs/formats/authorship.md)");
}

void add_policy(CLI::App& app, Options& options)
{
  add_action(app, options, {"check", "explain", "test", "init"});
  add_subject(app, options, "SUBJECT", "check, test: a file; explain: BASE..HEAD; init: start or tier-1", false);
  app.add_option("--base", options.base, "explain: compare with where the change left this revision");
  app.add_option("--head", options.head, "explain: the change's last commit; left out: the working tree counts too");
}

void add_ui(CLI::App& app, Options& options)
{
  allow_numbers(*app.add_option("--port", options.port, "Listen there; left out: any that is free"), 1, 65'535);
}

void add_help(CLI::App& app, Options& options)
{
  add_subject(app, options, "TOPIC", "A command, or a topic", false);
}

void add_completions(CLI::App& app, Options& options)
{
  add_subject(app, options, "SHELL", "bash, zsh or fish", true);
}

struct CommandOptions {
  std::string_view command;
  void (*add)(CLI::App& app, Options& options);
};

constexpr CommandOptions k_options[] = {
  {"run", add_run},
  {"plan", add_plan},
  {"affected", add_affected},
  {"why", add_why},
  {"why-not", add_why_not},
  {"report", add_report},
  {"authorship", add_authorship},
  {"policy", add_policy},
  {"verify", add_verify},
  {"approve", add_record},
  {"override", add_override},
  {"audit", add_audit},
  {"hook", add_hook},
  {"keygen", add_keygen},
  {"help", add_help},
  {"history", add_history},
  {"flaky", add_json},
  {"stats", add_stats},
  {"cache", add_cache},
  {"completions", add_completions},
  {"doctor", add_doctor},
  {"ui", add_ui},
};

// The closed sets of values, where there is one.
std::vector<std::string> choices_of(const std::string& command, const CLI::Option& option)
{
  const std::string name = option.get_name();
  std::vector<std::string> choices;
  if (name == "--output" && command == "run") choices = {"failures", "all", "none"};
  if (name == "--message-format") choices = {"text", "json"};
  if (command == "completions" && name == "SHELL") choices = {"bash", "zsh", "fish"};
  if (command == "cache" && option.get_positional()) choices = {"gc"};
  if (command == "help" && name == "TOPIC") choices = help_topics();
  if (name == "--format")
    for (const reports::Format& format : reports::formats()) choices.emplace_back(format.name);
  return choices;
}

void describe_app(CLI::App& app, Options& options, const std::function<void(const Command&)>& chosen)
{
  lay_out_help(app);
  app.set_version_flag("--version", std::string("sluice ") + k_version, "Show the version");
  app.add_option("-C", options.directory, "Work as if started in this folder");
  app.require_subcommand(1);
  app.fallthrough();
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(command.name, command.help)->group("Commands");
    sub->callback([chosen, &command] { chosen(command); });
    const auto* own = std::find_if(std::begin(k_options), std::end(k_options),
                                   [&](const CommandOptions& entry) { return entry.command == command.name; });
    if (own != std::end(k_options)) own->add(*sub, options);
  }
  name_values(app);
}

} // namespace

Invocation parse_command_line(int argc, char** argv)
{
  Invocation invocation;
  Options& options = invocation.options;
  options.words.assign(argv + 1, argv + argc);

  CLI::App app{"A merge gate and test runner: the tests that a change can break, run, judged and explained.", "sluice"};
  describe_app(app, options, [&](const Command& command) { invocation.command = &command; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) { // help and version
    invocation.command = nullptr;
    invocation.exit_code = app.exit(success);
    std::cout.flush(); // what is written next goes by no stream
  } catch (const CLI::ParseError& error) {
    fail_usage(app, error, options.words);
  }
  refuse_empty_values(app);
  return invocation;
}

std::vector<CommandWords> command_words()
{
  Options options;
  CLI::App app{"", "sluice"};
  describe_app(app, options, [](const Command&) {});
  std::vector<CommandWords> all;
  for (const CLI::App* sub : app.get_subcommands({})) {
    CommandWords& command = all.emplace_back(CommandWords{sub->get_name(), sub->get_description(), {}});
    for (const CLI::Option* option : sub->get_options()) {
      OptionWords words;
      for (const std::string& name : option->get_snames()) words.names.push_back("-" + name);
      for (const std::string& name : option->get_lnames()) words.names.push_back("--" + name);
      words.help = option->get_description();
      if (words.names.empty()) words.value = option->get_name();
      else if (option->get_items_expected_max() > 0) words.value = "VALUE";
      words.choices = choices_of(command.name, *option);
      command.options.push_back(std::move(words));
    }
  }
  return all;
}

} // namespace sluice::cli
