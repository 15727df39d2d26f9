// sluice completions SHELL: the command line for the completion of shells.
#include "cli/command_words.h"
#include "cli/commands/commands.h"
#include "cli/terminal.h"
#include "model/error.h"

#include <fmt/format.h>

namespace sluice::cli {

int completions_command(const Options& options)
{
  const std::string script = completion_script(options.subject, command_words());
  if (script.empty())
    throw Error(ErrorKind::usage, fmt::format("there are no completions for \"{}\"", options.subject),
                "there are some for bash, zsh and fish");
  write_bytes(script);
  return 0;
}

} // namespace sluice::cli
