#include "reports/dashboard_json.h"

#include "reports/json_writer.h"
#include "reports/plan_words.h"
#include "reports/text.h"

namespace sluice::reports {

namespace {

constexpr std::size_t k_name_limit = 2'000;

std::string clean(std::string_view bytes)
{
  return one_line(bytes, k_name_limit);
}

void write(JsonWriter& json, const RunSummary& run, bool running)
{
  json.begin_object();
  json.text("run", clean(run.run));
  json.number("started", run.started.time_since_epoch().count());
  json.number("us", run.duration.count());
  json.text("head", clean(run.head));
  json.flag("workingTree", run.working_tree);
  json.flag("running", running);
  json.flag("finished", run.finished);
  json.text("status", run.finished ? to_string(run.status) : "");
  json.text("reason", clean(run.reason));
  json.text("authorship", run.authorship ? to_string(*run.authorship) : "");
  json.count("total", run.counts.total);
  json.count("selected", run.counts.selected);
  json.count("reused", run.counts.reused);
  json.count("leftOut", run.counts.left_out);
  json.count("red", run.counts.red);
  json.number("spentUs", run.spent.count());
  json.number("savedUs", run.saved.count());
  json.begin_array("escalations");
  for (const Escalation& escalation : run.escalations) json.element(escalation_words(escalation));
  json.end_array();
  json.end_object();
}

void write(JsonWriter& json, std::string_view key, const Fates& fates)
{
  json.begin_object(key);
  json.count("passed", fates.passed);
  json.count("failed", fates.failed);
  json.count("refused", fates.refused);
  json.count("overridden", fates.overridden);
  json.count("cutOff", fates.cut_off);
  json.end_object();
}

void write(JsonWriter& json, const Week& week)
{
  json.begin_object();
  json.number("begin", week.begin);
  json.count("runs", week.runs);
  json.count("selected", week.selected);
  json.count("reused", week.reused);
  json.number("spentUs", week.spent.count());
  json.number("savedUs", week.saved.count());
  json.begin_object("changes");
  for (std::size_t i = 0; i < week.changes.size(); ++i)
    write(json, to_string(static_cast<Authorship>(i)), week.changes[i]);
  write(json, "unasked", week.unasked);
  json.end_object();
  json.end_object();
}

void write_texts(JsonWriter& json, std::string_view key, const std::vector<std::string>& values)
{
  json.begin_array(key);
  for (const std::string& value : values) json.element(clean(value));
  json.end_array();
}

} // namespace

std::string runs_answer(const std::vector<RunSummary>& runs, const std::function<bool(const std::string&)>& running)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.begin_array("runs");
  for (const RunSummary& run : runs) write(json, run, !run.finished && running(run.run));
  json.end_array();
  json.end_object();
  return out;
}

std::string trends_answer(const std::vector<Week>& weeks, const std::vector<WideningLine>& widened)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.begin_array("weeks");
  for (const Week& week : weeks) write(json, week);
  json.end_array();
  json.begin_array("widened");
  for (const WideningLine& line : widened) {
    json.begin_object();
    json.text("words", escalation_words(line.escalation));
    json.text("mend", clean(line.escalation.mend));
    json.count("runs", line.runs);
    json.text("run", clean(line.newest_run));
    json.number("started", line.newest);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string suites_answer(const std::vector<SuiteLine>& suites, const std::string& trouble)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.text("trouble", clean(trouble));
  json.begin_array("suites");
  for (const SuiteLine& suite : suites) {
    json.begin_object();
    json.text("suite", clean(suite.suite));
    json.flag("inPolicy", suite.in_policy);
    write_texts(json, "owners", suite.owners);
    write_texts(json, "rules", suite.rules);
    json.text("run", clean(suite.run));
    json.number("started", suite.started);
    json.count("tests", suite.last.tests);
    json.count("executed", suite.last.executed);
    json.count("reused", suite.last.reused);
    json.count("red", suite.last.red);
    json.text("wholeRun", clean(suite.whole_run));
    json.number("wholeStarted", suite.whole_started);
    json.count("wholeRed", suite.whole_red);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string tests_answer(const std::vector<StatisticsLine>& tests, const std::vector<FlakyLine>& flaky)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.begin_array("tests");
  for (const StatisticsLine& test : tests) {
    json.begin_object();
    json.text("test", clean(test.test));
    json.count("runs", test.runs);
    json.count("red", test.red);
    json.count("retried", test.retried);
    json.number("totalUs", test.total.count());
    json.number("longestUs", test.longest.count());
    json.end_object();
  }
  json.end_array();
  json.begin_array("flaky");
  for (const FlakyLine& test : flaky) {
    json.begin_object();
    json.text("test", clean(test.test));
    json.count("runs", test.runs);
    json.count("red", test.red);
    json.count("sameInputs", test.same_inputs);
    json.count("sameTree", test.same_tree);
    json.count("onRetry", test.on_retry);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string test_answer(const std::vector<HistoryLine>& outcomes, const ProofLine& proof, const FlakyLine* flaky)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.begin_object("proof");
  json.text("run", clean(proof.run));
  json.count("total", proof.total);
  json.begin_array("inputs"); // kind, name, whether it was absent
  for (const Input& input : proof.inputs) {
    json.begin_array();
    json.element(to_string(input.kind));
    json.element(clean(input.name));
    json.element_number(input.digest == Digest{} ? 1 : 0);
    json.end_array();
  }
  json.end_array();
  json.end_object();
  if (flaky) {
    json.begin_object("flaky");
    json.count("sameInputs", flaky->same_inputs);
    json.count("sameTree", flaky->same_tree);
    json.count("onRetry", flaky->on_retry);
    json.end_object();
  }
  json.begin_array("outcomes");
  for (const HistoryLine& past : outcomes) {
    json.begin_object();
    json.text("run", clean(past.run));
    json.number("started", past.started);
    json.text("head", clean(past.head));
    json.flag("clean", past.clean);
    json.text("outcome", to_string(past.outcome));
    json.number("attempts", past.attempts);
    json.number("us", past.duration.count());
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

} // namespace sluice::reports
