#include "tests/unit/runner/run_fixture.h"

#include <sstream>

namespace sluice::runner {

namespace {

class LineReader final : public BatchReader {
public:
  explicit LineReader(const BatchRequest& request) : cases_(request.cases)
  {
    for (std::size_t i = 0; i < cases_.size(); ++i) positions_[cases_[i]->selector] = i;
  }

  void feed(std::string_view bytes, std::vector<CaseUpdate>& updates) override
  {
    if (cases_.front()->selector.empty()) return;
    line_.append(bytes);
    for (std::size_t end; (end = line_.find('\n')) != std::string::npos; line_.erase(0, end + 1))
      take(line_.substr(0, end), updates);
  }

  void finish(const Ended& ended, std::vector<CaseUpdate>& updates) override
  {
    AttemptResult result;
    if (cases_.front()->selector.empty()) {
      if (ended.signal != 0) return;
      result.outcome = ended.exit_code == 0 ? Outcome::passed : Outcome::failed;
      updates.emplace_back(CaseFinished{0, std::move(result)});
    }
    result.outcome = Outcome::failed;
    result.message = "the result file says that it failed";
    for (const std::size_t position : liars_) updates.emplace_back(CaseFinished{position, result});
  }

private:
  void take(const std::string& line, std::vector<CaseUpdate>& updates)
  {
    std::istringstream words(line);
    std::string word, selector;
    words >> word >> selector;
    const auto position = positions_.find(selector);
    if (position == positions_.end()) return;
    if (word == "lie") liars_.push_back(position->second);
    if (word == "begin") updates.emplace_back(CaseStarted{position->second});
    static const std::map<std::string, Outcome> ends{
      {"pass", Outcome::passed}, {"fail", Outcome::failed}, {"skip", Outcome::skipped}};
    if (const auto end = ends.find(word); end != ends.end()) {
      AttemptResult result;
      result.outcome = end->second;
      updates.emplace_back(CaseFinished{position->second, std::move(result)});
    }
  }

  std::span<const TestCase* const> cases_;
  std::map<std::string, std::size_t> positions_;
  std::string line_;
  std::vector<std::size_t> liars_;
};

} // namespace

Command LineFramework::command(const BatchRequest& request) const
{
  Command command{request.program->launch.arguments, {}, request.environment};
  for (const TestCase* test : request.cases)
    if (!test->selector.empty()) command.arguments.push_back(test->selector);
  return command;
}

std::unique_ptr<BatchReader> LineFramework::reader(const BatchRequest& request) const
{
  return std::make_unique<LineReader>(request);
}

RunFixture::RunFixture()
{
  options_.lanes = 2;
  options_.limits.time_limit = 10s;
  options_.limits.grace = 2s;
  std::filesystem::create_directories(folder_ / "logs");
  options_.logs = folder_ / "logs";
  options_.scratch = folder_.path();
}

ProgramId RunFixture::program(const std::string& name)
{
  for (std::size_t i = 0; i < catalogue_.programs.size(); ++i)
    if (catalogue_.programs[i].name == name) return static_cast<ProgramId>(i);
  Program made;
  made.name = name;
  made.launch.arguments = {name};
  catalogue_.programs.push_back(std::move(made));
  executor_.program(name, [this](const Command& command) { return play(command); });
  return static_cast<ProgramId>(catalogue_.programs.size() - 1);
}

TestCase& RunFixture::add_case(const std::string& program_name, const std::string& name, Does does,
                               std::chrono::microseconds lasts)
{
  const ProgramId id = program(program_name);
  TestCase made;
  made.id.value = program_name + "." + name;
  made.suite = program_name;
  made.name = name;
  made.selector = name;
  made.program = id;
  behaviours_[name] = {does, lasts, {}};
  // The catalogue is sorted by id.
  auto& tests = catalogue_.tests;
  const auto place = std::lower_bound(tests.begin(), tests.end(), made,
                                      [](const TestCase& a, const TestCase& b) { return a.id < b.id; });
  return *tests.insert(place, std::move(made));
}

TestCase& RunFixture::add(const std::string& name, Does does, std::chrono::microseconds lasts)
{
  TestCase& made = add_case(name, name, does, lasts);
  made.id.value = name;
  made.selector.clear();
  // The id has changed: the catalogue is to be sorted again.
  std::sort(catalogue_.tests.begin(), catalogue_.tests.end(),
            [](const TestCase& a, const TestCase& b) { return a.id < b.id; });
  return catalogue_.tests[static_cast<std::size_t>(*catalogue_.find(name))];
}

void RunFixture::know_durations()
{
  for (const TestCase& test : catalogue_.tests) expected_[test.id.value] = behaviours_[test.name].lasts;
}

FakeProcess RunFixture::play(const Command& command)
{
  FakeProcess process;
  const ProgramBehaviour& program = programs_[command.arguments.front()];
  process.observation = program.observation;
  process.left_processes = program.left_processes;
  std::chrono::microseconds time = program.startup;
  std::vector<std::string> names(command.arguments.begin() + 1, command.arguments.end());
  const bool whole = names.empty();
  if (whole) names.push_back(command.arguments.front());
  const auto say = [&](const std::string& text) { process.steps.push_back({time, text}); };
  bool failed = false;
  for (const std::string& name : names) {
    const Behaviour& behaviour = behaviours_[name];
    if (behaviour.does == Does::reports_nothing) continue;
    if (!whole) say("begin " + name + "\n");
    if (!behaviour.prints.empty()) say(behaviour.prints);
    time += behaviour.lasts;
    const bool company = names.size() > 1;
    switch (behaviour.does) {
    case Does::crashes:
      process.signal = SIGSEGV;
      process.lasts = time;
      return process;
    case Does::exits_0:
      process.lasts = time;
      return process;
    case Does::exits_3:
      process.exit_code = 3;
      process.lasts = time;
      return process;
    case Does::hangs_stubbornly:
      process.on_terminate = tests::OnTerminate::ignores;
      [[fallthrough]];
    case Does::hangs:
      process.lasts = k_for_ever;
      return process;
    case Does::lies_in_company:
      say((company ? "lie " : "pass ") + name + "\n");
      [[fallthrough]];
    case Does::passes:
      say("pass " + name + "\n");
      break;
    case Does::passes_and_leaves:
      say("pass " + name + "\n");
      process.lasts = time;
      return process;
    case Does::skips:
      say("skip " + name + "\n");
      break;
    case Does::fails_in_company:
      say((company ? "fail " : "pass ") + name + "\n");
      failed = failed || company;
      break;
    case Does::fails:
      say("fail " + name + "\n");
      failed = true;
      break;
    case Does::reports_nothing:
      break;
    }
  }
  process.lasts = time + program.shutdown;
  process.exit_code = program.exit_code >= 0 ? program.exit_code : failed;
  process.signal = program.signal;
  return process;
}

RunEnd RunFixture::run()
{
  Plan plan;
  RunRecordFold fold;
  for (std::size_t i = 0; i < catalogue_.tests.size(); ++i) {
    const std::string& id = catalogue_.tests[i].id.value;
    PlanEntry entry{static_cast<TestIndex>(i), sluice::Run{}, {}};
    if (const auto decision = decisions_.find(id); decision != decisions_.end()) entry.decision = decision->second;
    if (const auto expected = expected_.find(id); expected != expected_.end()) entry.expected = expected->second;
    if (quarantine_.contains(id)) entry.quarantine = {"2026-12-31", "it is known", "", "", false};
    fold.add({{}, event::TestPlanned{{id}, "", "", "", "", 0, {}, entry.decision, entry.expected, entry.quarantine}});
    plan.entries.push_back(std::move(entry));
  }
  const RunEnd end = runner::run(
    plan, catalogue_, options_, executor_, clock_, [this](const Program&) -> const Framework& { return framework_; },
    [&](const RunEvent& event) {
      events_.push_back(event);
      fold.add(event);
    });
  record_ = fold.take();
  return end;
}

const TestRecord& RunFixture::test(const std::string& id) const
{
  for (const TestRecord& record : record_.tests)
    if (record.planned.test.value == id) return record;
  throw std::runtime_error("no test " + id);
}

std::vector<AttemptKind> RunFixture::kinds(const std::string& id) const
{
  std::vector<AttemptKind> kinds;
  for (const Attempt& attempt : test(id).attempts) kinds.push_back(attempt.kind);
  return kinds;
}

std::vector<std::string> RunFixture::order() const
{
  std::vector<std::string> ids;
  for (const RunEvent& event : events_)
    if (const auto* started = std::get_if<event::TestStarted>(&event.body)) ids.push_back(started->test.value);
  return ids;
}

std::vector<std::size_t> RunFixture::batch_sizes() const
{
  std::vector<std::size_t> sizes;
  for (const RunEvent& event : events_)
    if (const auto* started = std::get_if<event::BatchStarted>(&event.body)) sizes.push_back(started->cases);
  return sizes;
}

} // namespace sluice::runner
