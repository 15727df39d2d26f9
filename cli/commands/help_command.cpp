// sluice help COMMAND, sluice help TOPIC: the few things that people look up while they work; the manual is
// docs/manual.md.
#include "cli/command_words.h"
#include "cli/commands/commands.h"
#include "cli/terminal.h"
#include "model/config_tree.h"
#include "model/error.h"
#include "reports/formats.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace sluice::cli {

namespace {

struct Topic {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<Topic, 6> k_topics{{
  {"exit-codes", R"text(Exit codes
  0    passed: every test that had to pass has passed, every rule is satisfied
  1    a test failed, or the build did
  2    wrong command line or configuration
  3    refused: a rule of the policy is violated
  4    nothing to judge: no tests were found, or none was run or proven
  5    the world failed: git, disk, a process
  130  interrupted
)text"},
  {"filter", R"text(The filter language (--filter)
  Parser                    ids that contain "Parser"
  Parser.*                  ids that match the wildcard ('*' any run of characters, '?' one)
  label(slow)               tests with the label
  program(*_test)           tests of a program
  path(tests/net/*)         tests whose source file is known and matches
  suite(Parser)             tests of a suite
  id("A test (odd name)")   quotes for spaces and brackets
  not X, X and Y, X or Y, (X)      also ! & |
A filter narrows what you look at; a rule that requires a test it leaves out is violated.
)text"},
  {"files", R"text(Files
  sluice.toml          how the project is built and tested (docs/formats/sluice.toml.md)
  sluice.policy.toml   what a change must prove; read from the base of the change
  .sluice/             the store and the runs; may be deleted at any time
  .sluice/runs/ID/     events.ndjson, junit.xml, summary.json, logs of one run
)text"},
  {"flaky", R"text(Failures that do not turn the verdict red
  --retries N          a failed test is tried again, alone; one that then passes is flaky
  [run] retries = N    the same in sluice.toml; counts as far as the base's file has as many
  [[quarantine]]       tests that are known to fail, why, and until when (sluice.toml);
                       counts only where the base's file names the test, too
Both are named in every report, and prove nothing. A suite that the policy requires takes neither, unless its
rule has retries = true or quarantine = true. sluice flaky lists what passed and failed.
)text"},
  {"output", R"text(What is written to the terminal
  on a terminal        one status line, with what runs; failures at once, above it
  --plain, a file      lines only
  -q, CI, agents       next to nothing when green; failures in full
  --output=WHICH       what tests print: of failures (the default), all or none
  --message-format=json  the events of the run instead of text (docs/formats/events.md)
  NO_COLOR, TERM=dumb  no colours
A test that runs for more than ten seconds, and three times as long as usual, is named.
)text"},
  {"selection", R"text(Why a test runs, or does not
  sluice plan          what would happen to each test, before anything is built
  sluice why TEST      the path from a changed file to the test
  sluice why FILE      what a changed file reaches, and which tests were seen to use it
  sluice why-not TEST  the proof on which a test that does not run rests, with what it was seen to use
  --all                every test, whatever proofs say
What no fact knows widens the plan; `sluice plan` names the file and what would narrow it.
)text"},
}};

// One line for each format, from the table that makes them.
std::string reports_topic()
{
  std::string text = "Reports: sluice run --report FORMAT=FILE, or later\n"
                     "  sluice report [RUN...] --format FORMAT [--output FILE]\n"
                     "Several runs (shards, repetitions) become one report.\n";
  for (const reports::Format& format : reports::formats())
    text += fmt::format("  {:<15} {}\n", format.name, format.help);
  return text;
}

std::string text_of(std::string_view name)
{
  if (name == "reports") return reports_topic();
  if (name == "man") return man_page(command_words());
  for (const Topic& topic : k_topics)
    if (topic.name == name) return std::string(topic.text);
  return {};
}

// As `sluice WORDS... --help`.
int tell_help_of(std::vector<std::string> words)
{
  words.insert(words.begin(), "sluice");
  words.emplace_back("--help");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data()).exit_code;
}

bool is_command(const std::string& word)
{
  return std::any_of(commands().begin(), commands().end(),
                     [&](const Command& command) { return command.name == word; });
}

} // namespace

std::vector<std::string> help_topics()
{
  std::vector<std::string> names{"man", "reports"};
  for (const Topic& topic : k_topics) names.emplace_back(topic.name);
  std::sort(names.begin(), names.end());
  return names;
}

int help_command(const Options& options)
{
  const std::vector<std::string> names = help_topics();
  if (options.subject.empty()) {
    const int exit_code = tell_help_of({});
    write_out(fmt::format("\nsluice help COMMAND, or one of the topics: {}\n", fmt::join(names, ", ")));
    return exit_code;
  }
  if (is_command(options.subject)) return tell_help_of({options.subject});
  if (const std::string text = text_of(options.subject); !text.empty()) {
    write_out(text);
    return 0;
  }
  const std::string meant = nearest(options.subject, names);
  throw Error(ErrorKind::usage, fmt::format("there is no help on \"{}\"", options.subject),
              meant.empty() ? fmt::format("topics: {}", fmt::join(names, ", "))
                            : fmt::format("did you mean \"{}\"?", meant));
}

} // namespace sluice::cli
