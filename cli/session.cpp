#include "cli/session.h"

#include "cli/gate/base_policy.h"
#include "cli/records/atomic_file.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "model/error.h"
#include "reports/event_log.h"
#include "reports/run_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <unistd.h>

namespace sluice::cli {

namespace {

constexpr std::chrono::milliseconds k_redraw{100};

Timestamp now()
{
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::string host_name()
{
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

// The run's own report first, in one file; then those that were asked for.
std::vector<ReportRequest> all_reports(const RunLog& log, const Options& options)
{
  std::vector<ReportRequest> requests = requested_reports(options);
  requests.insert(requests.begin(), {&format_named("junit"), log.path("junit.xml")});
  return requests;
}

reports::ConsoleOptions console_for(const Project& project, const Options& options,
                                    const std::vector<ReportRequest>& requests)
{
  reports::ConsoleOptions console = console_options(options);
  for (const ReportRequest& request : requests) {
    std::string below = std::filesystem::path(request.file).lexically_proximate(project.root).string();
    console.report_files.push_back(below.starts_with("..") ? request.file : std::move(below));
  }
  return console;
}

void unless_it_cannot(const std::function<void()>& step)
{
  try {
    step();
  } catch (const Error& error) {
    write_error(fmt::format("sluice: {}\n  {}\n", error.what(), error.next()));
  } catch (const std::exception& error) {
    write_error(fmt::format("sluice: {}\n", error.what()));
  }
}

} // namespace

Session::Session(Project& project, const Options& options)
  : log_(project.state), project_(project), requests_(all_reports(log_, options)),
    format_options_(format_options(options)), messages_(options.messages),
    console_(
      console_for(project, options, requests_), [this](std::string_view bytes) { shown_ += bytes; }, &fold_),
    started_(now())
{
  leave_red();
}

Session::~Session()
{
  show();
}

void Session::show()
{
  write_bytes(shown_);
  shown_.clear();
}

void Session::leave_red()
{
  RunRecord begun;
  begun.started.run = log_.id();
  begun.start_time = started_;
  cli::leave_red({requests_.front()}, format_options_, begun); // in the run's own folder, which is no part of the tree
  const std::vector<ReportRequest> others(requests_.begin() + 1, requests_.end());
  for (const std::string& file : cli::leave_red(others, format_options_, begun)) remember_report(project_, file);
}

void Session::start(const Options& options, const ChangeSet& change, int lanes)
{
  event::RunStarted started;
  started.run = log_.id();
  started.version = k_version;
  started.host = host_name();
  started.command_line = options.words;
  started.base = departure(change);
  started.head = change.head;
  started.tree = change.head_tree;
  started.working_tree = change.includes_working_tree;
  started.lanes = lanes;
  started.seed = options.shuffle;
  started.compared = {options.base, change.base, change.commits.size(), change.paths.size()};
  emit(std::move(started));
}

void Session::announce(const Plan& plan, const Catalogue& catalogue)
{
  for (const PlanEntry& entry : plan.entries) {
    const TestCase& test = catalogue.test(entry.test);
    emit(event::TestPlanned{test.id, test.suite, test.name, catalogue.program_of(test).name, test.file, test.line,
                            test.labels, entry.decision, entry.expected, entry.quarantine});
  }
  emit(event::PlanMade{plan.escalations, plan.dismissed, plan.blast_radius});
}

void Session::emit(EventBody body)
{
  on_event({now(), std::move(body)});
  settle();
}

void Session::on_event(const RunEvent& event)
{
  log_.append(event);
  fold_.add(event);
  if (messages_ == MessageFormat::text) return console_.event(event);
  reports::encode(event, shown_);
}

void Session::tick()
{
  if (messages_ == MessageFormat::text) console_.tick(now());
  show();
}

int Session::finish(const Verdict& verdict)
{
  log_.flush();
  before_verdict_ = log_.size();
  emit(event::RunFinished{verdict, now() - started_});
  log_.flush();
  for (const ReportRequest& request : requests_) {
    reports::FormatOptions settings = format_options_;
    const bool own = &request == &requests_.front();
    settings.split = !own;
    const WrittenReport written = write_report(record(), request, settings);
    if (own) report_digest_ = written.digest;
    else
      for (const std::string& file : written.files) remember_report(project_, file);
  }
  write_summary();
  return static_cast<int>(verdict.exit);
}

void Session::settle()
{
  log_.settle();
  show();
}

void Session::write_summary()
{
  write_atomically(log_.path("summary.json"), reports::encode_summary(reports::summarise(record())));
}

// The exception that led here goes on: what fails here as well is said, and the next is done all the same. Reports
// first, since they are what is believed.
void Session::revoke(const std::string& why)
{
  unless_it_cannot([&] { leave_red(); });
  try {
    Verdict verdict = record().finished ? record().finished->verdict : Verdict{};
    verdict.status = VerdictStatus::failed;
    verdict.exit = ExitCode::world;
    verdict.reasons.insert(verdict.reasons.begin(), "the verdict could not be told to everybody: " + why);
    emit(event::RunFinished{verdict, now() - started_});
    log_.flush();
    write_summary();
  } catch (const std::exception&) { // no room for another word: without its last one it is the log of a run cut off
    unless_it_cannot([&] { log_.cut_back(before_verdict_); });
    std::error_code ignored;
    std::filesystem::remove(log_.path("summary.json"), ignored);
  }
}

std::variant<runner::ProcessId, runner::StartFailure> TickingExecutor::start(const runner::Command& command)
{
  session_.settle();
  return inner_.start(command);
}

void TickingExecutor::end(runner::ProcessId process, runner::Ending how)
{
  inner_.end(process, how);
}

void TickingExecutor::wait(std::optional<runner::SteadyTime> until, std::vector<runner::ProcessEvent>& events)
{
  const std::size_t before = events.size();
  session_.settle();
  while (events.size() == before) {
    const runner::SteadyTime slice = std::chrono::steady_clock::now() + k_redraw;
    inner_.wait(until ? std::min(*until, slice) : slice, events);
    session_.tick();
    if (until && std::chrono::steady_clock::now() >= *until) return;
  }
}

} // namespace sluice::cli
