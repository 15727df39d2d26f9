#include "cli/records/report_files.h"

#include "cache/hashing.h"
#include "cli/records/atomic_file.h"
#include "model/config_tree.h"
#include "model/entries.h"
#include "model/error.h"
#include "ui/page_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

std::string path_of(const ReportRequest& request, const std::string& suffix)
{
  if (request.format->folder)
    return (fs::path(request.file) / (suffix + std::string(request.format->extension))).string();
  if (suffix.empty()) return request.file;
  const fs::path file(request.file);
  return (file.parent_path() / (file.stem().string() + suffix + file.extension().string())).string();
}

// What an earlier report with more files would have left: NAME-002.xml and up, or TEST-*.xml.
bool is_part(const fs::path& file, const ReportRequest& request)
{
  const std::string name = file.filename().string();
  if (request.format->folder) return name.starts_with("TEST-") && name.ends_with(request.format->extension);
  const fs::path whole(request.file);
  const std::string stem = whole.stem().string(), extension = whole.extension().string();
  if (!name.starts_with(stem + "-") || !name.ends_with(extension)) return false;
  const std::size_t digits = name.size() - stem.size() - 1 - extension.size();
  return digits >= 3 && std::all_of(name.begin() + static_cast<std::ptrdiff_t>(stem.size() + 1),
                                    name.end() - static_cast<std::ptrdiff_t>(extension.size()),
                                    [](char c) { return c >= '0' && c <= '9'; });
}

void remove_stale_parts(const ReportRequest& request, const std::vector<std::string>& written)
{
  if (request.format->family != reports::FormatFamily::junit) return;
  const fs::path folder = request.format->folder ? fs::path(request.file) : fs::path(request.file).parent_path();
  std::error_code failed, ignored;
  for (const auto& entry : entries(fs::directory_iterator(folder.empty() ? "." : folder, failed), failed)) {
    const bool ours = std::any_of(written.begin(), written.end(), [&](const std::string& path) {
      return fs::path(path).filename() == entry.path().filename();
    });
    if (!ours && is_part(entry.path(), request)) fs::remove(entry.path(), ignored);
  }
}

// No report is better than a green one that cannot be replaced.
void remove_report(const ReportRequest& request)
{
  std::error_code ignored;
  if (fs::is_regular_file(fs::symlink_status(request.file, ignored))) fs::remove(request.file, ignored);
  remove_stale_parts(request, {});
}

void require_agreement(const std::vector<AtomicFile>& files, const RunRecord& record, reports::Unselected unselected)
{
  std::vector<std::string> bytes;
  for (const AtomicFile& file : files) bytes.push_back(read_file(file.temporary(), "the report just written,"));
  const std::string disagreement =
    reports::junit_disagreement(std::vector<std::string_view>(bytes.begin(), bytes.end()), record, unselected);
  if (!disagreement.empty())
    throw Error(ErrorKind::world, fmt::format("the JUnit report does not say what the verdict says: {}", disagreement),
                "the run's events.ndjson is right; please report this");
}

} // namespace

const reports::Format& format_named(const std::string& name)
{
  if (const reports::Format* format = reports::find_format(name)) return *format;
  std::vector<std::string> names;
  for (const reports::Format& format : reports::formats()) names.emplace_back(format.name);
  const std::string meant = nearest(name, names);
  throw Error(ErrorKind::usage, fmt::format("there is no report format \"{}\"", name),
              meant.empty() ? "see: sluice help reports" : fmt::format("did you mean \"{}\"?", meant));
}

ReportRequest parse_report_request(const std::string& words)
{
  const std::size_t equals = words.find('=');
  if (equals == std::string::npos || equals + 1 == words.size())
    throw Error(ErrorKind::usage, fmt::format("--report {}: a format and a file are needed", words),
                "for example: --report ctrf=report.json");
  return {&format_named(words.substr(0, equals)), words.substr(equals + 1)};
}

std::vector<ReportRequest> requested_reports(const Options& options)
{
  std::vector<ReportRequest> requests;
  if (!options.junit.empty()) requests.push_back({&format_named("junit"), options.junit});
  for (const std::string& words : options.reports) requests.push_back(parse_report_request(words));
  for (ReportRequest& request : requests) request.file = fs::absolute(request.file).string();
  return requests;
}

std::vector<ReportRequest> reports_named_in(const std::vector<std::string>& words)
{
  std::vector<ReportRequest> requests;
  if (std::find(words.begin(), words.end(), "run") == words.end()) return requests;
  const auto value_of = [&](std::size_t at, const std::string& option) -> std::string {
    if (words[at] == option) return at + 1 < words.size() ? words[at + 1] : "";
    return words[at].starts_with(option + "=") ? words[at].substr(option.size() + 1) : "";
  };
  for (std::size_t at = 0; at < words.size(); ++at) {
    std::string report = value_of(at, "--report");
    if (std::string file = value_of(at, "--junit"); !file.empty()) report = "junit=" + file;
    const std::size_t equals = report.find('=');
    if (equals == std::string::npos || equals + 1 == report.size()) continue;
    if (const reports::Format* format = reports::find_format(report.substr(0, equals)))
      requests.push_back({format, fs::absolute(report.substr(equals + 1)).string()});
  }
  return requests;
}

std::vector<std::string> leave_red(const std::vector<ReportRequest>& requests, const reports::FormatOptions& options,
                                   const RunRecord& begun)
{
  std::vector<std::string> files;
  for (const ReportRequest& request : requests) {
    try {
      for (std::string& file : write_report(begun, request, options).files) files.push_back(std::move(file));
    } catch (const Error& error) {
      // Otherwise its place may be none that it should have.
      if (error.kind() == ErrorKind::world) remove_report(request);
      throw;
    }
  }
  return files;
}

reports::FormatOptions format_options(const Options& options)
{
  reports::FormatOptions format;
  format.page = ui::page_template();
  if (options.unselected) format.unselected = reports::Unselected::show;
  if (const char* parent = std::getenv("TRACEPARENT")) format.trace_parent = parent;
  return format;
}

WrittenReport write_report(const RunRecord& record, const ReportRequest& request, const reports::FormatOptions& options)
{
  std::vector<AtomicFile> files;
  cache::Sha256 rendered;
  for (const reports::ReportFile& part : request.format->files(record, options)) {
    AtomicFile file(path_of(request, part.suffix));
    reports::OutputStream out([&](std::string_view bytes) {
      rendered.add(bytes);
      file.write(bytes);
    });
    part.write(out);
    file.close();
    files.push_back(std::move(file));
  }
  if (request.format->family == reports::FormatFamily::junit) require_agreement(files, record, options.unselected);
  WrittenReport written;
  written.digest = to_hex(rendered.finish());
  for (AtomicFile& file : files) {
    file.commit();
    written.files.push_back(file.path());
  }
  remove_stale_parts(request, written.files);
  return written;
}

} // namespace sluice::cli
