#include "cache/recorder.h"

#include "cache/input_sets.h"
#include "cache/outcome_codes.h"
#include "cache/row_ranges.h"
#include "cache/run_results.h"
#include "cache/sqlite.h"

#include <sqlite3.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace sluice::cache {

namespace {

constexpr std::int64_t k_sweep_interval = 16; // runs

// Share of the newest duration in the mean: the last five runs make five sixths of it.
constexpr std::int64_t k_newest_tenths = 3;

enum class ResultKind : int { red = 0, passed = 1 };

std::int64_t micros(Timestamp time)
{
  return time.time_since_epoch().count();
}

// What the attempts of one test say.
struct AttemptsSummary {
  Outcome outcome = Outcome::not_run;
  bool proves = false; // the first attempt passed, and so did every other
  std::int64_t at = 0; // end of the last attempt
  std::int64_t duration = 0;
};

// Attempts that were cut off say nothing themselves, but a test with one of them is not proven. A pass in a batch that
// ended too early says nothing at all: another attempt may.
AttemptsSummary summary_of(const TestRecord& test, const RunRecord& run)
{
  AttemptsSummary summary;
  bool counted = false;
  for (const Attempt& attempt : test.attempts) {
    const Outcome outcome = attempt.result.outcome;
    if (!is_red(outcome) && run.cut_off.contains(attempt.batch)) continue;
    if (!counted) summary.proves = attempt.kind == event::AttemptKind::first;
    counted = true;
    if (outcome != Outcome::passed) summary.proves = false;
    if (outcome == Outcome::not_run) continue;
    if (summary.outcome == Outcome::not_run) summary.duration = attempt.result.duration.count();
    if (!is_red(summary.outcome) || summary.outcome == Outcome::not_run) summary.outcome = outcome;
    summary.at = std::max({summary.at, micros(attempt.ended), micros(run.start_time)});
  }
  return summary;
}

struct StoredTest {
  std::int64_t key = 0;
  Outcome last = Outcome::not_run;
  std::int64_t last_run = 0;
  std::int64_t last_at = 0;
  std::int64_t expected = 0;
  std::int64_t void_before = 0;
};

struct StoredResult {
  ResultKind kind;
  Digest identity;
  std::int64_t run = 0;
  std::int64_t at = 0;
};

class Recorder {
public:
  Recorder(sqlite3* database, const RunRecord& run, const Store::InputsOf& inputs_of)
    : database_(database), run_(run), inputs_of_(inputs_of), sets_(database),
      add_test_(database, "INSERT INTO tests (name, last_outcome, last_run, last_at, expected, void_before) "
                          "VALUES (?1, 7, 0, 0, 0, 0)"),
      update_test_(database, "UPDATE tests SET last_outcome = ?2, last_run = ?3, last_at = ?4, expected = ?5, "
                             "void_before = ?6 WHERE id = ?1"),
      add_outcome_(database, "INSERT INTO outcomes (run, test, outcome, attempts, duration) "
                             "VALUES (?1, ?2, ?3, ?4, ?5)"),
      put_evidence_(database, "INSERT OR REPLACE INTO evidence "
                              "(test, verdict, identity, definition, input_set, run, at, duration) "
                              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      drop_evidence_(database, "DELETE FROM evidence WHERE test = ?1 AND verdict = ?2 AND identity = ?3")
  {
  }

  // False if the run is known already.
  bool add_run();
  void add_tests();
  std::int64_t key() const { return key_; }

private:
  void read_tests();
  void read_evidence();
  StoredTest& stored(const std::string& name);
  void add(const TestRecord& record, const AttemptsSummary& summary);
  void add_result(StoredTest& test, const TestRecord& record, const AttemptsSummary& summary);
  void put(const StoredTest& test, ResultKind kind, const StoredSet& set, const AttemptsSummary& summary);
  void forget_oldest(StoredTest& test, ResultKind kind);
  void void_proofs(StoredTest& test, std::int64_t at, std::int64_t run);
  void drop(const StoredTest& test, const StoredResult& result);

  sqlite3* database_;
  const RunRecord& run_;
  const Store::InputsOf& inputs_of_;
  InputSetWriter sets_;
  Statement add_test_, update_test_, add_outcome_, put_evidence_, drop_evidence_;
  std::int64_t key_ = 0; // of the run
  std::vector<std::pair<const TestRecord*, AttemptsSummary>> summaries_;
  std::unordered_map<std::string_view, StoredTest> tests_; // keys are the record's
  std::unordered_map<std::int64_t, std::vector<StoredResult>> evidence_;
};

bool Recorder::add_run()
{
  Statement known(database_, "SELECT 1 FROM runs WHERE name = ?1");
  if (known.bind_text(1, run_.started.run).step()) return false;
  // Runs are never deleted, so the new id is the greatest: stored results compare ids to tell what was recorded later.
  Statement add(database_, "INSERT INTO runs (name, started, base, head, tree) VALUES (?1, ?2, ?3, ?4, ?5)");
  add.bind_text(1, run_.started.run).bind(2, micros(run_.start_time));
  add.bind_text(3, run_.started.base).bind_text(4, run_.started.head);
  add.bind_text(5, run_.started.working_tree ? std::string_view{} : std::string_view{run_.started.tree});
  add.run();
  key_ = sqlite3_last_insert_rowid(database_);
  return true;
}

void Recorder::add_tests()
{
  for (const TestRecord& test : run_.tests) {
    const AttemptsSummary summary = summary_of(test, run_);
    if (summary.outcome != Outcome::not_run) summaries_.emplace_back(&test, summary);
  }
  read_tests();
  read_evidence();
  for (const auto& [record, summary] : summaries_) add(*record, summary);
}

void Recorder::read_tests()
{
  tests_.reserve(summaries_.size());
  for (const auto& [record, summary] : summaries_) tests_.emplace(record->planned.test.value, StoredTest{});
  Statement rows(database_, "SELECT id, name, last_outcome, last_run, last_at, expected, void_before FROM tests");
  while (rows.step()) {
    const auto at = tests_.find(rows.text(1));
    if (at == tests_.end()) continue;
    at->second = {rows.integer(0), outcome_of(rows.integer(2)), rows.integer(3), rows.integer(4), rows.integer(5),
                  rows.integer(6)};
  }
}

void Recorder::read_evidence()
{
  std::vector<std::int64_t> keys;
  for (const auto& [name, test] : tests_)
    if (test.key != 0) keys.push_back(test.key);
  std::sort(keys.begin(), keys.end());
  evidence_.reserve(keys.size());
  for (const std::int64_t key : keys) evidence_[key].reserve(k_kept_evidence + 1);
  Statement rows(database_, "SELECT test, verdict, identity, run, at FROM evidence WHERE test BETWEEN ?1 AND ?2");
  for_each_range(keys, [&](std::int64_t first, std::int64_t last) {
    rows.bind(1, first).bind(2, last);
    while (rows.step()) {
      const auto at = evidence_.find(rows.integer(0));
      if (at == evidence_.end()) continue;
      const ResultKind kind = rows.integer(1) == 1 ? ResultKind::passed : ResultKind::red;
      at->second.push_back(
        {kind, digest_from_bytes(rows.blob(2)).value_or(Digest{}), rows.integer(3), rows.integer(4)});
    }
    rows.reset();
  });
}

StoredTest& Recorder::stored(const std::string& name)
{
  StoredTest& test = tests_.at(name);
  if (test.key == 0) {
    add_test_.bind_text(1, name).run();
    test.key = sqlite3_last_insert_rowid(database_);
  }
  return test;
}

void Recorder::add(const TestRecord& record, const AttemptsSummary& summary)
{
  StoredTest& test = stored(record.planned.test.value);
  add_outcome_.bind(1, key_).bind(2, test.key).bind(3, code_of(summary.outcome, record.standing()));
  add_outcome_.bind(4, static_cast<std::int64_t>(record.attempts.size())).bind(5, summary.duration).run();

  for (const Attempt& attempt : record.attempts) {
    if (attempt.result.outcome != Outcome::passed) continue;
    const std::int64_t duration = std::max<std::int64_t>(1, attempt.result.duration.count());
    test.expected =
      test.expected == 0 ? duration : (duration * k_newest_tenths + test.expected * (10 - k_newest_tenths)) / 10;
  }
  // A run that was cut off may be folded after a later one.
  if (summary.at >= test.last_at) {
    test.last = summary.outcome;
    test.last_run = key_;
    test.last_at = summary.at;
  }
  add_result(test, record, summary);
  update_test_.bind(1, test.key).bind(2, code_of(test.last)).bind(3, test.last_run).bind(4, test.last_at);
  update_test_.bind(5, test.expected).bind(6, test.void_before).run();
}

void Recorder::add_result(StoredTest& test, const TestRecord& record, const AttemptsSummary& summary)
{
  const bool red = is_red(summary.outcome);
  if (!red && (!summary.proves || summary.at <= test.void_before)) return;
  const InputSet* inputs = inputs_of_(record.planned.test);
  // A set of nothing would hold for ever: it means that nothing is known.
  const bool known = inputs && !inputs->empty();
  if (red && !known) {
    // It may have failed with the very inputs of a proof.
    void_proofs(test, summary.at, key_);
    return;
  }
  if (!known) return;
  const ResultKind kind = red ? ResultKind::red : ResultKind::passed;
  put(test, kind, sets_.store(record.planned.test.value, *inputs), summary);
  forget_oldest(test, kind);
}

void Recorder::put(const StoredTest& test, ResultKind kind, const StoredSet& set, const AttemptsSummary& summary)
{
  std::vector<StoredResult>& all = evidence_[test.key];
  const auto same = std::find_if(all.begin(), all.end(), [&](const StoredResult& result) {
    return result.kind == kind && result.identity == set.identity;
  });
  StoredResult fresh{kind, set.identity, key_, summary.at};
  if (same == all.end()) {
    all.push_back(fresh);
  } else {
    // A pass that is older than the recorded one adds nothing. A red record takes the newest of both orders.
    if (kind == ResultKind::passed && same->at > fresh.at) return;
    fresh.at = std::max(fresh.at, same->at);
    *same = fresh;
  }
  put_evidence_.bind(1, test.key).bind(2, static_cast<int>(kind)).bind_blob(3, set.identity.view());
  if (set.definition) put_evidence_.bind_blob(4, set.definition->view());
  else put_evidence_.bind_null(4);
  put_evidence_.bind(5, set.body).bind(6, fresh.run).bind(7, fresh.at).bind(8, summary.duration).run();
}

// Keeps the newest records of this kind. A red record that is forgotten takes the proofs with it that it might have
// outweighed: forgetting must not turn red into green.
void Recorder::forget_oldest(StoredTest& test, ResultKind kind)
{
  std::vector<StoredResult>& all = evidence_[test.key];
  const auto count = std::count_if(all.begin(), all.end(), [&](const auto& each) { return each.kind == kind; });
  if (static_cast<std::size_t>(count) <= k_kept_evidence) return;
  const auto oldest = std::min_element(all.begin(), all.end(), [&](const auto& left, const auto& right) {
    if ((left.kind == kind) != (right.kind == kind)) return left.kind == kind;
    return left.at != right.at ? left.at < right.at : left.run < right.run;
  });
  const StoredResult gone = *oldest;
  drop(test, gone);
  all.erase(oldest);
  if (kind == ResultKind::red) void_proofs(test, gone.at, gone.run);
}

void Recorder::void_proofs(StoredTest& test, std::int64_t at, std::int64_t run)
{
  test.void_before = std::max(test.void_before, at);
  std::erase_if(evidence_[test.key], [&](const StoredResult& result) {
    const bool older = result.kind == ResultKind::passed && (result.at <= at || result.run < run);
    if (older) drop(test, result);
    return older;
  });
}

void Recorder::drop(const StoredTest& test, const StoredResult& result)
{
  drop_evidence_.bind(1, test.key).bind(2, static_cast<int>(result.kind));
  drop_evidence_.bind_blob(3, result.identity.view()).run();
}

void delete_unnamed_inputs(sqlite3* database)
{
  std::vector<bool> named;
  std::vector<InputKey> members;
  Statement sets(database, "SELECT members FROM input_sets");
  while (sets.step()) {
    if (!decode_members(sets.blob(0), members)) continue;
    if (!members.empty() && members.back() >= named.size()) named.resize(members.back() + 1u, false);
    for (const InputKey key : members) named[key] = true;
  }
  std::vector<std::int64_t> unnamed;
  Statement inputs(database, "SELECT id FROM inputs");
  while (inputs.step()) {
    const auto key = static_cast<std::size_t>(inputs.integer(0));
    if (key >= named.size() || !named[key]) unnamed.push_back(inputs.integer(0));
  }
  Statement remove(database, "DELETE FROM inputs WHERE id = ?1");
  for (const std::int64_t key : unnamed) remove.bind(1, key).run();
}

} // namespace

bool record_run(sqlite3* database, const RunRecord& run, const Store::InputsOf& inputs_of)
{
  Transaction transaction(database, Transaction::Kind::write);
  Recorder recorder(database, run, inputs_of);
  if (!recorder.add_run()) return false;
  recorder.add_tests();
  write_result(database, recorder.key(), run);
  transaction.commit();
  if (recorder.key() % k_sweep_interval == 0) sweep(database);
  return true;
}

void sweep(sqlite3* database)
{
  Transaction transaction(database, Transaction::Kind::write);
  Statement old(database, "DELETE FROM outcomes WHERE run <= (SELECT max(id) FROM runs) - ?1");
  old.bind(1, k_kept_runs).run();
  forget_old_results(database);
  Statement sets(database, "DELETE FROM input_sets WHERE id NOT IN (SELECT input_set FROM evidence)");
  sets.run();
  delete_unnamed_inputs(database);
  transaction.commit();
}

} // namespace sluice::cache
