// The command line as a value. Parsing is here and nowhere else.
// What a command does with its options is not known here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::cli {

enum class OutputMode { automatic, quiet, plain };
enum class MessageFormat { text, json };

struct Options {
  std::string directory = "."; // -C
  std::string base, head;      // revisions; both empty: the working tree against HEAD
  int jobs = 0;                // 0: as sluice.toml says, else one for each processor
  std::string filter;
  bool all = false; // run every test, whatever proofs say
  bool rerun_failed = false;
  bool build = true;   // --no-build turns the [build] step off
  bool sandbox = true; // --no-sandbox
  bool observe = true; // --no-observe
  int fail_fast = 0;
  int repeat = 1;
  std::optional<int> retries; // absent: as sluice.toml says
  std::uint64_t shuffle = 0;
  std::string junit;                // copy of the JUnit report; empty: only the run's own
  std::string action;               // of commands that have several: "check"
  std::string subject;              // of why and why-not
  std::string evidence, key;        // of run: where signed evidence goes, and the key
  bool note = false;                // evidence as a git note on the tree
  std::string trust, commit, notes; // of verify
  bool any_base = false;
  std::string records, target;           // of run: signed records, and the branch that is merged into
  std::string signer, reason, rule, out; // of approve and override
  std::vector<std::string> tests;        // of override
  int hours = 24;                        // for which a record holds
  std::vector<std::string> post;         // of run: forges that are told the verdict
  std::string revision;                  // as the forge knows the commit; empty: the head
  std::string audit, contains;           // the audit log, and a digest that must be in it
  std::string event;                     // the platform's event file
  std::vector<std::string> reports;      // more of them, as FORMAT=FILE
  std::string format;                    // of `report`: what goes to `output_file`; empty: the console's text
  std::string output_file;               // of `report`; empty: standard output
  bool unselected = false;               // reports show tests that were left out, too
  int runs = 30;                         // how many of the newest runs a question is about
  int keep_runs = 100;                   // of `cache gc`
  int port = 0;                          // of `ui`; 0: any that is free
  std::vector<std::string> subjects;     // of report: runs or logs
  bool json = false;
  bool verbose = false;
  OutputMode output = OutputMode::automatic;
  std::string shown_output = "failures"; // of which tests the output is shown: "failures", "all", "none"
  MessageFormat messages = MessageFormat::text;
  std::vector<std::string> words; // the command line as given
};

// A command of the program: its name, one line of help, and what it does with the options. Returns the exit code.
struct Command {
  const char* name;
  const char* help;
  int (*run)(const Options& options);
};

// Either the command to run, or the exit code where parsing has said all (help, version).
struct Invocation {
  const Command* command = nullptr;
  Options options;
  int exit_code = 0;
};

// Throws Error{usage} for anything it does not understand, with the nearest right word.
Invocation parse_command_line(int argc, char** argv);

// The one visible table of commands (cli/main.cpp).
const std::vector<Command>& commands();

} // namespace sluice::cli
