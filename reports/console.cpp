#include "reports/console.h"

#include "reports/attempt_words.h"
#include "reports/change_words.h"
#include "reports/console_text.h"
#include "reports/phrases.h"
#include "reports/plan_words.h"
#include "reports/progress.h"
#include "reports/workflow_commands.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

namespace sluice::reports {

namespace {

// The eye sees no more, and a terminal should not cost more than the tests.
constexpr std::chrono::milliseconds k_redraw_interval{100};
constexpr std::size_t k_failures_with_output = 50; // those after it are told in one line each
constexpr std::string_view k_erase_line = "\r\x1b[K";

// A test is named when it has run for so long and for three times as long as usual; then each time that this doubles.
constexpr std::chrono::seconds k_long{10};
constexpr std::chrono::seconds k_long_interval{1};

} // namespace

struct Console::Impl {
  ConsoleOptions options;
  Sink sink;
  Progress progress;
  bool drawn = false; // the status line stands on the terminal
  bool plan_announced = false;
  std::size_t failures_shown = 0;
  Timestamp last_drawn;
  Timestamp last_looked_for_long;
  std::unordered_map<std::string, std::chrono::microseconds>
    named_at; // tests that run for long: when to name them next

  bool quiet() const { return options.style == ConsoleStyle::quiet; }

  // Whole lines, above the status line.
  void print(const std::string& lines)
  {
    if (lines.empty()) return;
    std::string text = drawn ? std::string(k_erase_line) : std::string();
    text += options.defuse_commands ? defuse_workflow_commands(lines) : lines;
    sink(text);
    drawn = false;
    last_drawn = {};
  }

  void draw(Timestamp now)
  {
    if (options.style != ConsoleStyle::live) return;
    if (drawn && now - last_drawn < k_redraw_interval && now >= last_drawn) return;
    sink(std::string(k_erase_line) + status_line(progress, now, options));
    drawn = true;
    last_drawn = now;
  }

  void name_long_running(Timestamp now)
  {
    if (quiet() || now - last_looked_for_long < k_long_interval) return;
    last_looked_for_long = now;
    for (const RunningTest& running : progress.running(now)) {
      if (running.elapsed < k_long) return; // longest first
      const auto usual = running.test->planned.expected.value_or(std::chrono::microseconds(0));
      auto& next =
        named_at.try_emplace(running.test->planned.test.value, std::max<std::chrono::microseconds>(k_long, 3 * usual))
          .first->second;
      if (running.elapsed < next) continue;
      while (next <= running.elapsed) next *= 2;
      print(fmt::format("{}  {} has run for {}{}\n", painted("slow", Paint::careful, options),
                        shown(running.test->planned.test.value), human_duration(running.elapsed),
                        usual.count() > 0 ? fmt::format(", usually {}", human_duration(usual)) : std::string()));
    }
  }

  void announce_plan()
  {
    if (plan_announced || quiet()) return;
    plan_announced = true;
    std::string text = fmt::format("plan  {} to run, {} reused, {} left out\n", counted(progress.selected(), "test"),
                                   progress.reused(), progress.left_out());
    for (const Escalation& escalation : progress.record().plan.escalations)
      text += fmt::format("{}  {}\n", painted("widened", Paint::careful, options), escalation_words(escalation));
    print(text);
  }

  void show(const event::RunStarted& body)
  {
    if (quiet() || body.run.empty()) return;
    const std::string compared = compared_words(body);
    print(fmt::format("run {}\n{}{}{}", shown(body.run), compared.empty() ? "" : "change  ", compared,
                      compared.empty() ? "" : "\n"));
  }

  void show(const event::BuildStarted& body)
  {
    if (options.style != ConsoleStyle::plain) return;
    if (body.configures) return print("configuring\n");
    print(body.targets.empty() ? "building\n" : fmt::format("building {}\n", counted(body.targets.size(), "target")));
  }

  void show(const event::BuildFinished& body)
  {
    if (!body.ok) print(build_failure_text(body, options));
    else if (!quiet()) print(fmt::format("built in {}\n", human_duration(body.duration)));
  }

  void show(const event::SecondTreeStarted& body)
  {
    if (!quiet()) print(second_tree_words(body) + "\n");
  }

  void show(const event::AuthorshipRead&) {}
  void show(const event::TestPlanned&) {}
  void show(const event::PlanMade&) {}
  void show(const event::SandboxPrepared&) {}
  void show(const event::BatchStarted&) { announce_plan(); }
  void show(const event::BatchFinished&) {}
  void show(const event::TestStarted&) { announce_plan(); }

  void show(const event::TestFinished& body)
  {
    const bool green = !is_red(body.result.outcome) && body.kind != event::AttemptKind::isolated;
    const bool names_green = options.style == ConsoleStyle::plain || options.output == ShownOutput::all;
    if (!green || names_green) tell(body);
    if (!named_at.empty()) named_at.erase(body.test.value);
  }

  void tell(const event::TestFinished& body)
  {
    const TestRecord* test = progress.find(body.test);
    if (!test || test->attempts.empty() || body.result.outcome == Outcome::not_run) return;
    const auto red_attempts = std::count_if(test->attempts.begin(), test->attempts.end(),
                                            [](const Attempt& attempt) { return is_red(attempt.result.outcome); });
    if (quiet() && test->standing() == Standing::quarantined) return;
    if (is_red(body.result.outcome)) show_red(*test, body, red_attempts == 1);
    else if (body.kind == event::AttemptKind::isolated) show_passes_alone(body);
    else if (body.kind == event::AttemptKind::retry) show_passes_again(body);
    else show_green(*test);
  }

  void show_red(const TestRecord& test, const event::TestFinished& body, bool first)
  {
    if (!first) {
      if (!quiet())
        print(fmt::format("{}  {} again, at attempt {}{}\n",
                          painted(outcome_word(body.result.outcome), Paint::bad, options), shown(body.test.value),
                          body.attempt, body.kind == event::AttemptKind::isolated ? ", alone" : ""));
      return;
    }
    const bool with_output = ++failures_shown <= k_failures_with_output && options.output != ShownOutput::none;
    const WithOutput output = with_output ? WithOutput::yes : WithOutput::no;
    print(failure_text(test, progress.record().started, output, options));
  }

  void show_passes_alone(const event::TestFinished& body)
  {
    print(fmt::format("{}  {} passes when it runs alone: it fails only among its neighbours\n",
                      painted("note", Paint::careful, options), shown(body.test.value)));
  }

  void show_passes_again(const event::TestFinished& body)
  {
    print(fmt::format("{}  {} passes at attempt {}\n", painted("FLAKY", Paint::careful, options),
                      shown(body.test.value), body.attempt));
  }

  void show_green(const TestRecord& test)
  {
    const Attempt& attempt = test.attempts.back();
    const bool with_output = options.output == ShownOutput::all && !attempt.result.output.empty();
    if (options.style != ConsoleStyle::plain && !with_output) return;
    const bool skipped = attempt.result.outcome == Outcome::skipped;
    std::string text = fmt::format(
      "[{}/{}] {}  {} ({})\n", progress.done(), progress.selected(),
      painted(outcome_word(attempt.result.outcome), skipped ? Paint::careful : Paint::good, options),
      shown(test.planned.test.value), skipped ? attempt_message(attempt) : human_duration(attempt.result.duration));
    if (with_output) text += output_text(attempt);
    print(text);
  }

  void show(const event::Interrupted&)
  {
    if (!quiet()) print("interrupted: ending what runs; interrupt again to stop at once\n");
  }

  void show(const event::RunFinished& body) { print(summary_text(progress, body, options)); }
};

Console::Console(ConsoleOptions options, Sink sink, const RunRecordFold* events)
  : impl_(new Impl{std::move(options), std::move(sink), Progress(events), {}, {}, {}, {}, {}, {}})
{
}

Console::~Console() = default;

void Console::event(const RunEvent& event)
{
  impl_->progress.add(event);
  std::visit([&](const auto& body) { impl_->show(body); }, event.body);
  if (!std::holds_alternative<event::RunFinished>(event.body)) impl_->draw(event.time);
}

void Console::tick(Timestamp now)
{
  if (impl_->progress.record().finished) return;
  impl_->name_long_running(now);
  impl_->draw(now);
}

} // namespace sluice::reports
