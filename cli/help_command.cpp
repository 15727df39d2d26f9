// sluice help TOPIC: the few things that people look up while they work; the manual is docs/manual.md.
#include "cli/commands.h"
#include "cli/terminal.h"
#include "model/config_tree.h"
#include "model/error.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace sluice::cli {

namespace {

struct Topic {
  std::string_view name;
  std::string_view text;
};

constexpr std::array<Topic, 3> k_topics{{
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
  .sluice/runs/ID/     events.ndjson, junit.xml, logs of one run
)text"},
}};

} // namespace

int help_command(const Options& options)
{
  std::vector<std::string> names;
  for (const Topic& topic : k_topics) {
    if (topic.name == options.subject) {
      write_out(topic.text);
      return 0;
    }
    names.emplace_back(topic.name);
  }
  if (options.subject.empty()) {
    write_out(fmt::format("topics: {}\n", fmt::join(names, ", ")));
    return 0;
  }
  const std::string meant = nearest(options.subject, names);
  throw Error(ErrorKind::usage, fmt::format("there is no help on \"{}\"", options.subject),
              meant.empty() ? fmt::format("topics: {}", fmt::join(names, ", "))
                            : fmt::format("did you mean \"{}\"?", meant));
}

} // namespace sluice::cli
