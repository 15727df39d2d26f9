#include "cli/command_words.h"

#include "cli/version.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace sluice::cli {

namespace {

std::vector<std::string> names_of(const std::vector<CommandWords>& commands)
{
  std::vector<std::string> names;
  for (const CommandWords& command : commands) names.push_back(command.name);
  return names;
}

std::vector<std::string> option_names(const CommandWords& command)
{
  std::vector<std::string> names;
  for (const OptionWords& option : command.options) names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

// In single quotes, for all three shells.
std::string quoted(std::string_view text)
{
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out += '\'';
}

// With braces doubled for fmt.
constexpr const char* k_bash = R"sh(# bash completion for sluice: eval "$(sluice completions bash)"
_sluice() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} command='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${{COMP_WORDS[i]}} == -C ]]; then ((i++)); continue; fi
    if [[ ${{COMP_WORDS[i]}} != -* ]]; then command=${{COMP_WORDS[i]}}; break; fi
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W {} -- "$current"))
    return
  fi
  case "$command ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
  local kind=$command
  [[ $current == -* ]] || kind="$command "
  case "$kind" in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current") $([[ $current == -* ]] || compgen -f -- "$current"))
}}
complete -o filenames -F _sluice sluice
)sh";

constexpr const char* k_zsh = R"sh(#compdef sluice
# zsh completion for sluice: sluice completions zsh > a folder of $fpath, as _sluice
_sluice() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = _sluice ]; then _sluice "$@"; else compdef _sluice sluice; fi
)sh";

std::string bash_script(const std::vector<CommandWords>& commands)
{
  std::string cases, values;
  for (const CommandWords& command : commands) {
    cases += fmt::format("    {}) words={} ;;\n", command.name,
                         quoted(fmt::format("{}", fmt::join(option_names(command), " "))));
    for (const OptionWords& option : command.options)
      if (!option.choices.empty() && !option.names.empty())
        values += fmt::format("    {}) COMPREPLY=($(compgen -W {} -- \"$current\")); return ;;\n",
                              quoted(command.name + " " + option.names.back()),
                              quoted(fmt::format("{}", fmt::join(option.choices, " "))));
  }
  for (const CommandWords& command : commands)
    for (const OptionWords& option : command.options)
      if (!option.choices.empty() && option.names.empty())
        cases += fmt::format("    '{} ') words={} ;;\n", command.name,
                             quoted(fmt::format("{}", fmt::join(option.choices, " "))));
  return fmt::format(fmt::runtime(k_bash), quoted(fmt::format("{}", fmt::join(names_of(commands), " "))), values,
                     cases);
}

// A description in the form that _arguments reads: brackets and colons have a meaning there.
std::string zsh_words(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_script(const std::vector<CommandWords>& commands)
{
  std::string list, cases;
  for (const CommandWords& command : commands) {
    list += fmt::format("    {}\n", quoted(zsh_words(command.name) + ":" + command.help));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const OptionWords& option : command.options) {
      const std::string action =
        option.choices.empty() ? "_files" : fmt::format("({})", fmt::join(option.choices, " "));
      if (option.names.empty())
        cases += fmt::format(" \\\n        {}", quoted(fmt::format("*:{}:{}", zsh_words(option.value), action)));
      for (const std::string& name : option.names) {
        std::string words = fmt::format("*{}[{}]", name, zsh_words(option.help));
        if (!option.value.empty()) words += fmt::format(":{}:{}", zsh_words(option.value), action);
        cases += fmt::format(" \\\n        {}", quoted(words));
      }
    }
    cases += "\n      ;;\n";
  }
  return fmt::format(fmt::runtime(k_zsh), list, cases);
}

std::string fish_script(const std::vector<CommandWords>& commands)
{
  std::string text = "# fish completion for sluice: sluice completions fish > ~/.config/fish/completions/sluice.fish\n"
                     "complete -c sluice -f\n";
  for (const CommandWords& command : commands)
    text +=
      fmt::format("complete -c sluice -n __fish_use_subcommand -a {} -d {}\n", command.name, quoted(command.help));
  for (const CommandWords& command : commands)
    for (const OptionWords& option : command.options) {
      text += fmt::format("complete -c sluice -n '__fish_seen_subcommand_from {}'", command.name);
      for (const std::string& name : option.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.choices.empty())
        text += fmt::format("{} -a {}", option.names.empty() ? "" : " -x",
                            quoted(fmt::format("{}", fmt::join(option.choices, " "))));
      else if (!option.value.empty()) text += option.names.empty() ? " -F" : " -r -F";
      text += fmt::format(" -d {}\n", quoted(option.help));
    }
  return text;
}

// Text of a man page: '-' is a minus, a line must not begin with a dot.
std::string roff(std::string_view text)
{
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\e";
    else if (c == '-') out += "\\-";
    else out += c;
  }
  return out.starts_with('.') || out.starts_with('\'') ? "\\&" + out : out;
}

} // namespace

std::string completion_script(std::string_view shell, const std::vector<CommandWords>& commands)
{
  if (shell == "bash") return bash_script(commands);
  if (shell == "zsh") return zsh_script(commands);
  if (shell == "fish") return fish_script(commands);
  return {};
}

std::string man_page(const std::vector<CommandWords>& commands)
{
  std::string text =
    fmt::format(".TH SLUICE 1 \"\" \"sluice {}\" \"User commands\"\n"
                ".SH NAME\nsluice \\- a merge gate and test runner\n"
                ".SH SYNOPSIS\n.B sluice\n[\\fB\\-C\\fR \\fIFOLDER\\fR] \\fICOMMAND\\fR [\\fIOPTION\\fR...]\n"
                ".SH DESCRIPTION\nRuns the tests that a change can break, judges the change by them and "
                "by the policy of its base, and explains both.\n.SH COMMANDS\n",
                roff(k_version));
  for (const CommandWords& command : commands) {
    text += fmt::format(".SS sluice {}\n{}.\n", roff(command.name), roff(command.help));
    for (const OptionWords& option : command.options) {
      std::string words;
      for (const std::string& name : option.names)
        words += fmt::format("{}\\fB{}\\fR", words.empty() ? "" : ", ", roff(name));
      if (!option.value.empty()) words += fmt::format("{}\\fI{}\\fR", words.empty() ? "" : " ", roff(option.value));
      text += fmt::format(".TP\n{}\n{}\n", words, roff(option.help));
    }
  }
  return text +
         ".SH EXIT STATUS\n"
         "0 passed; 1 a test failed; 2 wrong command line or configuration; 3 refused by a rule; 4 nothing to judge; "
         "5 the world failed; 130 interrupted.\n"
         ".SH ENVIRONMENT\n\\fBNO_COLOR\\fR, \\fBTERM\\fR, \\fBCI\\fR: what is written to the terminal. "
         "\\fBTRACEPARENT\\fR: parent of the OpenTelemetry spans.\n"
         ".SH FILES\n\\fIsluice.toml\\fR, \\fIsluice.policy.toml\\fR, \\fI.sluice/\\fR\n";
}

} // namespace sluice::cli
