// What the command line says about itself in the words of this program: help pages, and what is wrong with a word that
// was given. It does not know what the options do; cli/options.cpp names them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
class Error;
class Option;
} // namespace CLI

namespace sluice::cli {

// The option takes one of these words.
void allow_words(CLI::Option& option, std::vector<std::string> words);

// The option takes a whole number from `least` to `most`.
void allow_numbers(CLI::Option& option, std::uint64_t least, std::uint64_t most);

// How help pages are laid out. Commands that are added later take it over: call it first.
void lay_out_help(CLI::App& app);

// Names what each option takes: "--base REVISION". Call it when all commands and their options are there.
void name_values(CLI::App& app);

// Throws Error{usage} with what is wrong with the words that were given, and the nearest right one. Where nothing was
// given but a command that needs more, its help is written first.
[[noreturn]] void fail_usage(const CLI::App& app, const CLI::Error& error, const std::vector<std::string>& words);

} // namespace sluice::cli
