#include "cache/questions.h"

#include "cache/outcome_codes.h"
#include "cache/proof_inputs.h"
#include "cache/run_results.h"
#include "cache/sqlite.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace sluice::cache {

namespace {

std::size_t count_of(const Statement& row, int column)
{
  return static_cast<std::size_t>(std::max<std::int64_t>(row.integer(column), 0));
}

RunCause cause_of(std::string_view word)
{
  for (int value = 0; value <= static_cast<int>(RunCause::requested); ++value)
    if (to_string(static_cast<RunCause>(value)) == word) return static_cast<RunCause>(value);
  return RunCause::incomplete;
}

// Codes that are not red; any other number is.
constexpr const char* k_statistics = R"sql(
SELECT t.name, s.runs, s.red, s.retried, s.total, s.longest
FROM (SELECT o.test AS test, count(*) AS runs, sum(o.outcome NOT IN (0, 4)) AS red, sum(o.attempts > 1) AS retried,
             sum(o.duration) AS total, max(o.duration) AS longest
      FROM (SELECT id FROM runs ORDER BY id DESC LIMIT ?1) r CROSS JOIN outcomes o ON o.run = r.id
      GROUP BY o.test) s
JOIN tests t ON t.id = s.test ORDER BY t.name)sql";

constexpr const char* k_same_inputs = R"sql(
SELECT t.name, count(*) FROM evidence p
JOIN evidence f ON f.test = p.test AND f.verdict = 0 AND f.identity = p.identity
JOIN tests t ON t.id = p.test
WHERE p.verdict = 1 GROUP BY p.test)sql";

// From what is red, which is little, to the passes on the same tree.
constexpr const char* k_same_tree = R"sql(
SELECT t.name, count(*) FROM (
  SELECT DISTINCT o.test AS test, r.tree AS tree FROM outcomes o
  CROSS JOIN runs r ON r.id = o.run WHERE o.outcome NOT IN (0, 4) AND r.tree <> '') red
JOIN tests t ON t.id = red.test
WHERE EXISTS (SELECT 1 FROM runs same CROSS JOIN outcomes p ON p.run = same.id AND p.test = red.test
              WHERE same.tree = red.tree AND p.outcome = 0)
GROUP BY red.test)sql";

// Numbers of docs/formats/store.md: a failure to which 16 was added. The first condition is the index's.
constexpr const char* k_on_retry = R"sql(
SELECT t.name, count(*) FROM outcomes o JOIN tests t ON t.id = o.test
WHERE o.outcome NOT IN (0, 4) AND o.outcome BETWEEN 17 AND 31 GROUP BY o.test)sql";

constexpr const char* k_on_retry_of_one = R"sql(
SELECT count(*) FROM outcomes o WHERE o.test = (SELECT id FROM tests WHERE name = ?1)
AND o.outcome NOT IN (0, 4) AND o.outcome BETWEEN 17 AND 31)sql";

constexpr const char* k_same_inputs_of_one = R"sql(
SELECT count(*) FROM evidence p JOIN evidence f ON f.test = p.test AND f.verdict = 0 AND f.identity = p.identity
WHERE p.verdict = 1 AND p.test = (SELECT id FROM tests WHERE name = ?1))sql";

constexpr const char* k_same_tree_of_one = R"sql(
SELECT count(*) FROM (
  SELECT r.tree FROM runs r CROSS JOIN outcomes o ON o.run = r.id AND o.test = (SELECT id FROM tests WHERE name = ?1)
  WHERE r.tree <> '' GROUP BY r.tree HAVING sum(o.outcome = 0) > 0 AND sum(o.outcome NOT IN (0, 4)) > 0))sql";

} // namespace

std::vector<PastOutcome> outcomes_of(const Store& store, std::string_view test, std::size_t most)
{
  // By run first: the key of `outcomes` begins with it, so that each run costs one look-up.
  Statement rows(store.handle(), "SELECT r.name, r.started, r.head, r.tree <> '', o.outcome, o.attempts, o.duration "
                                 "FROM runs r CROSS JOIN outcomes o ON o.run = r.id "
                                 "AND o.test = (SELECT id FROM tests WHERE name = ?1) ORDER BY r.id DESC LIMIT ?2");
  rows.bind_text(1, test).bind(2, static_cast<std::int64_t>(most));
  std::vector<PastOutcome> outcomes;
  while (rows.step()) {
    PastOutcome& past = outcomes.emplace_back();
    past.run = rows.text(0);
    past.started = rows.integer(1);
    past.head = rows.text(2);
    past.clean = rows.integer(3) != 0;
    past.outcome = outcome_of(rows.integer(4));
    past.attempts = static_cast<int>(rows.integer(5));
    past.duration = std::chrono::microseconds(rows.integer(6));
    past.standing = standing_of(rows.integer(4));
  }
  return outcomes;
}

ProofInputs inputs_of(const Store& store, std::string_view test, std::size_t most)
{
  ProofInputs found;
  Statement proof(store.handle(), "SELECT r.name, s.members FROM evidence e JOIN input_sets s ON s.id = e.input_set "
                                  "JOIN runs r ON r.id = e.run WHERE e.verdict = 1 "
                                  "AND e.test = (SELECT id FROM tests WHERE name = ?1) ORDER BY e.at DESC LIMIT 1");
  proof.bind_text(1, test);
  if (!proof.step()) return found;
  std::optional<InputSet> members = members_of(store, proof.blob(1));
  if (!members) return found;
  found.run = proof.text(0);
  found.inputs = std::move(*members);
  std::sort(found.inputs.begin(), found.inputs.end(), [](const Input& a, const Input& b) {
    return std::tuple(a.name.starts_with('/'), a.kind, a.name) < std::tuple(b.name.starts_with('/'), b.kind, b.name);
  });
  found.total = found.inputs.size();
  if (found.inputs.size() > most) found.inputs.resize(most);
  return found;
}

std::vector<TestStatistics> statistics(const Store& store, std::size_t runs)
{
  Statement rows(store.handle(), k_statistics);
  rows.bind(1, static_cast<std::int64_t>(runs));
  std::vector<TestStatistics> all;
  while (rows.step()) {
    TestStatistics& test = all.emplace_back();
    test.test = rows.text(0);
    test.runs = count_of(rows, 1);
    test.red = count_of(rows, 2);
    test.retried = count_of(rows, 3);
    test.total = std::chrono::microseconds(rows.integer(4));
    test.longest = std::chrono::microseconds(rows.integer(5));
  }
  return all;
}

std::vector<FlakyTest> flaky_tests(const Store& store)
{
  std::map<std::string, FlakyTest, std::less<>> found;
  Statement inputs(store.handle(), k_same_inputs);
  while (inputs.step()) found[std::string(inputs.text(0))].same_inputs = count_of(inputs, 1);
  Statement trees(store.handle(), k_same_tree);
  while (trees.step()) found[std::string(trees.text(0))].same_tree = count_of(trees, 1);
  Statement retries(store.handle(), k_on_retry);
  while (retries.step()) found[std::string(retries.text(0))].on_retry = count_of(retries, 1);
  std::vector<FlakyTest> flaky;
  for (auto& [name, test] : found) {
    test.test = name;
    for (const PastOutcome& past : outcomes_of(store, name, 100)) {
      ++test.runs;
      test.red += is_red(past.outcome);
    }
    flaky.push_back(std::move(test));
  }
  std::stable_sort(flaky.begin(), flaky.end(), [](const FlakyTest& a, const FlakyTest& b) {
    return a.same_inputs + a.same_tree + a.on_retry > b.same_inputs + b.same_tree + b.on_retry;
  });
  return flaky;
}

std::optional<FlakyTest> flakiness_of(const Store& store, std::string_view test)
{
  FlakyTest flaky;
  flaky.test = test;
  for (const auto& [sql, times] :
       {std::pair(k_same_inputs_of_one, &flaky.same_inputs), std::pair(k_same_tree_of_one, &flaky.same_tree),
        std::pair(k_on_retry_of_one, &flaky.on_retry)}) {
    Statement count(store.handle(), sql);
    if (count.bind_text(1, test).step()) *times = count_of(count, 0);
  }
  if (flaky.same_inputs == 0 && flaky.same_tree == 0 && flaky.on_retry == 0) return std::nullopt;
  for (const PastOutcome& past : outcomes_of(store, test, 100)) {
    ++flaky.runs;
    flaky.red += is_red(past.outcome);
  }
  return flaky;
}

std::vector<RunResult> run_results(const Store& store)
{
  Statement rows(store.handle(), "SELECT name, started, base, head, tree <> '', spent, status, authorship, selected, "
                                 "reused, saved FROM runs ORDER BY id");
  std::vector<RunResult> results;
  while (rows.step()) {
    RunResult& run = results.emplace_back();
    run.run = rows.text(0);
    run.started = rows.integer(1);
    run.base = rows.text(2);
    run.head = rows.text(3);
    run.clean = rows.integer(4) != 0;
    run.counted = !rows.is_null(5);
    run.spent = std::chrono::microseconds(rows.integer(5));
    if (!rows.is_null(6)) run.verdict = verdict_of(rows.integer(6));
    if (!rows.is_null(7)) run.authorship = authorship_of(rows.integer(7));
    run.selected = count_of(rows, 8);
    run.reused = count_of(rows, 9);
    run.saved = std::chrono::microseconds(rows.integer(10));
  }
  return results;
}

std::vector<Widening> widenings(const Store& store, std::size_t most)
{
  // With one max() in a grouped query SQLite takes the other columns from the row that has it.
  Statement rows(store.handle(), "SELECT w.cause, w.subject, w.mend, count(*) AS runs, max(w.run), r.name, r.started "
                                 "FROM widened w JOIN runs r ON r.id = w.run GROUP BY w.cause, w.subject "
                                 "ORDER BY runs DESC, max(w.run) DESC LIMIT ?1");
  rows.bind(1, static_cast<std::int64_t>(most));
  std::vector<Widening> all;
  while (rows.step()) {
    Widening& widening = all.emplace_back();
    widening.escalation = {cause_of(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))};
    widening.runs = count_of(rows, 3);
    widening.newest_run = rows.text(5);
    widening.newest = rows.integer(6);
  }
  return all;
}

std::vector<SuitePast> suites_past(const Store& store)
{
  Statement rows(store.handle(), "SELECT s.suite, s.tests, s.executed, s.reused, s.red, r.name, r.started "
                                 "FROM suite_runs s JOIN runs r ON r.id = s.run ORDER BY s.suite, s.run DESC");
  std::vector<SuitePast> all;
  while (rows.step()) {
    SuiteRun run{std::string(rows.text(0)), count_of(rows, 1), count_of(rows, 2), count_of(rows, 3), count_of(rows, 4)};
    if (all.empty() || all.back().last.suite != run.suite) all.emplace_back().last.suite = run.suite;
    SuitePast& past = all.back();
    ++past.runs;
    if (run.executed == 0) continue;
    if (run.executed == run.tests && past.whole_run.empty()) {
      past.whole_run = rows.text(5);
      past.whole_started = rows.integer(6);
      past.whole_red = run.red;
    }
    if (!past.run.empty()) continue;
    past.run = rows.text(5);
    past.started = rows.integer(6);
    past.last = std::move(run);
  }
  return all;
}

std::int64_t newest_recorded(const Store& store)
{
  Statement newest(store.handle(), "SELECT max(id) FROM runs");
  return newest.step() ? newest.integer(0) : 0;
}

void compact(Store& store)
{
  Statement(store.handle(), "VACUUM").run();
  Statement(store.handle(), "PRAGMA wal_checkpoint(TRUNCATE)").run();
}

} // namespace sluice::cache
