// sluice report [RUN...]: any report of any earlier run, made again from its event log; of several runs, as one.
#include "cli/commands/commands.h"
#include "cli/records/atomic_file.h"
#include "cli/records/report_files.h"
#include "cli/records/run_log.h"
#include "cli/records/run_summaries.h"
#include "cli/terminal.h"
#include "model/error.h"
#include "reports/console.h"
#include "reports/event_log.h"
#include "reports/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>

namespace sluice::cli {

namespace {

// A log that is named by its path needs no repository.
bool is_path(const std::string& name)
{
  return name.find('/') != std::string::npos || name.ends_with(".ndjson");
}

std::string log_file(const Options& options, const std::string& name)
{
  return is_path(name) ? name : find_log(state_folder(options.directory), name);
}

RunRecord read_record(const std::string& path)
{
  std::size_t unreadable = 0;
  RunRecord record = reports::read_log(read_file(path, "the run's log"), &unreadable);
  if (record.started.run.empty())
    throw Error(ErrorKind::usage, fmt::format("{} is no log of a run", path), "name a run: `sluice report latest`");
  if (unreadable > 0)
    write_error(fmt::format("sluice: {} lines of {} cannot be read and are left out\n", unreadable, path));
  return record;
}

RunRecord read_records(const Options& options)
{
  std::vector<std::string> names = options.subjects;
  if (names.empty()) names.emplace_back("latest");
  std::vector<RunRecord> records;
  for (const std::string& name : names) records.push_back(read_record(log_file(options, name)));
  if (const std::string obstacle = reports::merge_obstacle(records); !obstacle.empty())
    throw Error(ErrorKind::usage, obstacle,
                "make a report of each; what is proven of one tree says nothing of another");
  return records.size() == 1 ? std::move(records.front()) : reports::merge(std::move(records));
}

// The events of a record, as if they happened now.
void replay_to_console(const RunRecord& record, const Options& options)
{
  reports::ConsoleOptions settings = console_options(options);
  if (settings.style == reports::ConsoleStyle::live) settings.style = reports::ConsoleStyle::plain;
  reports::Console console(settings, write_out);
  const std::string log = reports::render(*reports::find_format("ndjson"), record);
  std::string_view rest = log;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (const auto event = reports::decode(rest.substr(0, end))) console.event(*event);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void print_report(const RunRecord& record, const reports::Format& format, reports::FormatOptions options)
{
  if (format.folder)
    throw Error(ErrorKind::usage, fmt::format("{} is a folder of files", format.name), "name one: --output FOLDER");
  options.split = false;
  reports::OutputStream out(write_out);
  for (const reports::ReportFile& file : format.files(record, options)) file.write(out);
}

void write_and_tell(const RunRecord& record, const ReportRequest& request, const reports::FormatOptions& settings)
{
  const WrittenReport written = write_report(record, request, settings);
  for (const std::string& file : written.files) {
    const std::string here = std::filesystem::path(file).lexically_proximate(std::filesystem::current_path()).string();
    write_error(fmt::format("sluice: wrote {}\n", here.starts_with("..") ? file : here));
  }
}

} // namespace

int report_command(const Options& options)
{
  const std::vector<ReportRequest> requests = requested_reports(options);
  const reports::Format* format = options.format.empty() ? nullptr : &format_named(options.format);
  if (!format && !options.output_file.empty())
    throw Error(ErrorKind::usage, "--output needs a --format", "for example: --format junit --output junit.xml");

  const RunRecord record = read_records(options);
  const reports::FormatOptions settings = format_options(options);
  for (const ReportRequest& request : requests) write_and_tell(record, request, settings);
  if (format && options.output_file.empty()) print_report(record, *format, settings);
  else if (format) write_and_tell(record, {format, options.output_file}, settings);
  else if (requests.empty()) replay_to_console(record, options);
  return record.finished ? static_cast<int>(record.finished->verdict.exit) : static_cast<int>(ExitCode::failed);
}

} // namespace sluice::cli
