// sluice report [RUN]: any report of any earlier run, made again from its event log.
#include "cli/atomic_file.h"
#include "cli/commands.h"
#include "cli/project.h"
#include "cli/run_log.h"
#include "cli/terminal.h"
#include "model/error.h"
#include "reports/console.h"
#include "reports/event_log.h"
#include "reports/junit.h"

#include <fmt/format.h>

#include <string_view>

namespace sluice::cli {

namespace {

std::string state_folder(const Options& options)
{
  return git::Repository::open(options.directory).root() + "/.sluice";
}

void replay_to_console(std::string_view log, const Options& options)
{
  reports::ConsoleOptions settings = console_options(options);
  if (settings.style == reports::ConsoleStyle::live) settings.style = reports::ConsoleStyle::plain;
  reports::Console console(settings, write_out);
  while (!log.empty()) {
    const std::size_t end = std::min(log.find('\n'), log.size());
    if (const auto event = reports::decode(log.substr(0, end))) console.event(*event);
    log.remove_prefix(std::min(end + 1, log.size()));
  }
}

} // namespace

int report_command(const Options& options)
{
  const std::string path = find_log(state_folder(options), options.subject);
  const std::string log = read_file(path, "the run's log");
  std::size_t unreadable = 0;
  const RunRecord record = reports::read_log(log, &unreadable);
  if (record.started.run.empty())
    throw Error(ErrorKind::usage, fmt::format("{} is no log of a run", path), "name a run: `sluice report latest`");
  if (unreadable > 0) fmt::print(stderr, "sluice: {} lines of {} cannot be read and are left out\n", unreadable, path);
  if (options.junit.empty()) replay_to_console(log, options);
  else write_atomically(options.junit, reports::junit(record));
  return record.finished ? static_cast<int>(record.finished->verdict.exit) : static_cast<int>(ExitCode::failed);
}

} // namespace sluice::cli
