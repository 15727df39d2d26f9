// The command line described for others: completions of shells and the man page, from the one table of commands and
// their options. It does not know what commands do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::cli {

struct OptionWords {
  std::vector<std::string> names; // "-j", "--jobs"; none: a word without a dash
  std::string value;              // "FILE"; empty: it takes none
  std::string help;
  std::vector<std::string> choices; // the only values there are, if the set is closed
};

struct CommandWords {
  std::string name;
  std::string help;
  std::vector<OptionWords> options;
};

// Every command, in the order of the table.
std::vector<CommandWords> command_words();

// A script for "bash", "zsh" or "fish"; empty for any other shell.
std::string completion_script(std::string_view shell, const std::vector<CommandWords>& commands);

// sluice(1), for man -l.
std::string man_page(const std::vector<CommandWords>& commands);

} // namespace sluice::cli
