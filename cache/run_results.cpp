#include "cache/run_results.h"

#include "cache/recorder.h"
#include "cache/sqlite.h"

#include <algorithm>
#include <array>

namespace sluice::cache {

namespace {

constexpr std::array k_verdicts{VerdictStatus::passed, VerdictStatus::failed, VerdictStatus::refused,
                                VerdictStatus::overridden};
constexpr std::array k_authorships{Authorship::ai, Authorship::ai_assisted, Authorship::human, Authorship::undeclared};
constexpr std::size_t k_most_widened = 50; // rows of one run

void bind(Statement& statement, int parameter, std::size_t count)
{
  statement.bind(parameter, static_cast<std::int64_t>(count));
}

} // namespace

int code_of(VerdictStatus status)
{
  switch (status) {
  case VerdictStatus::passed:
    return 0;
  case VerdictStatus::failed:
    return 1;
  case VerdictStatus::refused:
    return 2;
  case VerdictStatus::overridden:
    return 3;
  }
  return 255;
}

VerdictStatus verdict_of(std::int64_t code)
{
  for (const VerdictStatus status : k_verdicts)
    if (code_of(status) == code) return status;
  return VerdictStatus::failed;
}

int code_of(Authorship authorship)
{
  switch (authorship) {
  case Authorship::ai:
    return 0;
  case Authorship::ai_assisted:
    return 1;
  case Authorship::human:
    return 2;
  case Authorship::undeclared:
    return 3;
  }
  return 255;
}

Authorship authorship_of(std::int64_t code)
{
  for (const Authorship authorship : k_authorships)
    if (code_of(authorship) == code) return authorship;
  return Authorship::undeclared;
}

void write_result(sqlite3* database, std::int64_t key, const RunRecord& run)
{
  const Counts counts = run.counts();
  Statement update(database,
                   "UPDATE runs SET exit_code = ?2, status = ?3, authorship = ?4, selected = ?5, reused = ?6, "
                   "spent = ?7, saved = ?8 WHERE id = ?1");
  update.bind(1, key);
  if (run.finished) {
    update.bind(2, static_cast<int>(run.finished->verdict.exit)).bind(3, code_of(run.finished->verdict.status));
  } else {
    update.bind_null(2).bind_null(3);
  }
  const bool told = run.authorship && !run.authorship->commits.empty();
  if (told) update.bind(4, code_of(run.authorship->strongest));
  else update.bind_null(4);
  bind(update, 5, counts.selected);
  bind(update, 6, counts.reused);
  update.bind(7, run.spent().count()).bind(8, run.saved().count()).run();

  Statement widen(database, "INSERT OR REPLACE INTO widened (run, cause, subject, mend) VALUES (?1, ?2, ?3, ?4)");
  const std::size_t told_of = std::min(run.plan.escalations.size(), k_most_widened);
  for (std::size_t i = 0; i < told_of; ++i) {
    const Escalation& escalation = run.plan.escalations[i];
    widen.bind(1, key).bind_text(2, to_string(escalation.cause));
    widen.bind_text(3, escalation.subject).bind_text(4, escalation.mend).run();
  }
}

void conclude_run(sqlite3* database, const RunRecord& run, std::span<const SuiteRun> suites)
{
  Transaction transaction(database, Transaction::Kind::write);
  Statement find(database, "SELECT id FROM runs WHERE name = ?1");
  if (!find.bind_text(1, run.started.run).step()) return;
  const std::int64_t key = find.integer(0);
  find.reset();
  write_result(database, key, run);
  Statement add(database, "INSERT OR REPLACE INTO suite_runs (suite, run, tests, executed, reused, red) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  for (const SuiteRun& suite : suites) {
    add.bind_text(1, suite.suite).bind(2, key);
    bind(add, 3, suite.tests);
    bind(add, 4, suite.executed);
    bind(add, 5, suite.reused);
    bind(add, 6, suite.red);
    add.run();
  }
  transaction.commit();
}

void forget_old_results(sqlite3* database)
{
  Statement widened(database, "DELETE FROM widened WHERE run <= (SELECT max(id) FROM runs) - ?1");
  widened.bind(1, k_kept_results).run();
  Statement suites(database, "DELETE FROM suite_runs WHERE run <= (SELECT max(id) FROM runs) - ?1 AND run <> "
                             "(SELECT coalesce(max(run), 0) FROM suite_runs same "
                             "WHERE same.suite = suite_runs.suite AND same.executed > 0)");
  suites.bind(1, k_kept_results).run();
}

} // namespace sluice::cache
