#include "cli/session.h"

#include "cli/atomic_file.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "model/error.h"
#include "reports/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
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

std::vector<std::string> junit_files(const RunLog& log, const Options& options)
{
  std::vector<std::string> files{log.path("junit.xml")};
  if (!options.junit.empty()) files.push_back(std::filesystem::absolute(options.junit).string());
  return files;
}

reports::ConsoleOptions console_for(const Project& project, const Options& options, std::vector<std::string> files)
{
  reports::ConsoleOptions console = console_options(options);
  for (std::string& file : files) {
    std::string below = std::filesystem::path(file).lexically_proximate(project.root).string();
    console.report_files.push_back(below.starts_with("..") ? std::move(file) : std::move(below));
  }
  return console;
}

} // namespace

void write_red_report(const std::string& file)
{
  write_atomically(std::filesystem::absolute(file).string(), reports::junit_not_completed({}));
}

Session::Session(const Project& project, const Options& options)
  : log_(project.state), junit_files_(junit_files(log_, options)),
    console_(console_for(project, options, junit_files_), write_out), started_(now())
{
  for (const std::string& file : junit_files_) write_atomically(file, reports::junit_not_completed(log_.id()));
}

void Session::start(const Options& options, const ChangeSet& change, int lanes)
{
  event::RunStarted started;
  started.run = log_.id();
  started.version = k_version;
  started.host = host_name();
  started.command_line = options.words;
  started.base = change.merge_base.empty() ? change.base : change.merge_base;
  started.head = change.head;
  started.tree = change.head_tree;
  started.working_tree = change.includes_working_tree;
  started.lanes = lanes;
  started.seed = options.shuffle;
  emit(std::move(started));
}

void Session::announce(const Plan& plan, const Catalogue& catalogue)
{
  for (const PlanEntry& entry : plan.entries) {
    const TestCase& test = catalogue.test(entry.test);
    emit(event::TestPlanned{test.id, test.suite, test.name, catalogue.program_of(test).name, test.file, test.line,
                            test.labels, entry.decision, entry.expected});
  }
  emit(event::PlanMade{plan.escalations, plan.dismissed, plan.blast_radius});
}

void Session::emit(EventBody body)
{
  on_event({now(), std::move(body)});
}

void Session::on_event(const RunEvent& event)
{
  log_.append(event);
  fold_.add(event);
  console_.event(event);
}

void Session::tick()
{
  console_.tick(now());
}

int Session::finish(const Verdict& verdict)
{
  emit(event::RunFinished{verdict, now() - started_});
  log_.flush();
  const std::string xml = reports::junit(record());
  const std::string disagreement = reports::junit_disagreement(xml, record());
  if (!disagreement.empty())
    throw Error(ErrorKind::world, fmt::format("the JUnit report does not say what the verdict says: {}", disagreement),
                fmt::format("the run's log {} is right; please report this", log_.path("events.ndjson")));
  for (const std::string& file : junit_files_) write_atomically(file, xml);
  return static_cast<int>(verdict.exit);
}

std::variant<runner::ProcessId, runner::StartFailure> TickingExecutor::start(const runner::Command& command)
{
  return inner_.start(command);
}

void TickingExecutor::end(runner::ProcessId process, runner::Ending how)
{
  inner_.end(process, how);
}

void TickingExecutor::wait(std::optional<runner::SteadyTime> until, std::vector<runner::ProcessEvent>& events)
{
  const std::size_t before = events.size();
  while (events.size() == before) {
    const runner::SteadyTime slice = std::chrono::steady_clock::now() + k_redraw;
    inner_.wait(until ? std::min(*until, slice) : slice, events);
    session_.tick();
    if (until && std::chrono::steady_clock::now() >= *until) return;
  }
}

} // namespace sluice::cli
