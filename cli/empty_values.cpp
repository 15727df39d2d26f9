#include "cli/empty_values.h"

#include "model/error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>

namespace sluice::cli {

void refuse_empty_values(const CLI::App& app)
{
  for (const CLI::App* command : app.get_subcommands())
    for (const CLI::Option* option : command->get_options())
      for (const std::string& value : option->results())
        if (value.empty())
          throw Error(ErrorKind::usage, fmt::format("{} is empty", option->get_name()),
                      "give it a value, or leave it out: is a variable not set?");
}

} // namespace sluice::cli
