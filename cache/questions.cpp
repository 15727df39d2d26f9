#include "cache/questions.h"

#include "cache/outcome_codes.h"
#include "cache/sqlite.h"

#include <algorithm>
#include <map>

namespace sluice::cache {

namespace {

std::size_t count_of(const Statement& row, int column)
{
  return static_cast<std::size_t>(std::max<std::int64_t>(row.integer(column), 0));
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
  }
  return outcomes;
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
    return a.same_inputs + a.same_tree > b.same_inputs + b.same_tree;
  });
  return flaky;
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
