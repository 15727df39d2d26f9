#include "cache/store.h"

#include "cache/outcome_codes.h"
#include "cache/proof_check.h"
#include "cache/recorder.h"
#include "cache/run_names.h"
#include "cache/run_results.h"
#include "cache/sqlite.h"
#include "cache/store_file.h"

#include <algorithm>
#include <utility>

namespace sluice::cache {

struct Store::Impl {
  std::string directory;
  StoreFile file;

  sqlite3* handle() const
  {
    if (!file.database)
      throw Error(ErrorKind::world, "the store in " + directory + " could not be replaced",
                  "remove the folder: losing the store costs time, never safety");
    return file.database->handle();
  }

  // Does `work`; if the file turns out to be damaged, sets it aside and does it once more on an empty store.
  template <class Work> auto guarded(const Work& work)
  {
    try {
      return work(handle());
    } catch (const SqliteError& error) {
      if (error.trouble() != SqliteTrouble::damaged) throw;
    }
    const std::string before = file.notice;
    file = replace_damaged_store(directory, std::move(file), migrations());
    if (file.notice.empty()) file.notice = before;
    return work(handle());
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Store Store::open(const std::string& directory)
{
  auto impl = std::make_unique<Impl>();
  impl->directory = directory;
  impl->file = open_store_file(directory, migrations());
  return Store(std::move(impl));
}

const std::string& Store::notice() const
{
  return impl_->file.notice;
}

std::vector<ProofState> Store::check(std::span<const TestCase> tests, const CurrentDigest& current) const
{
  return impl_->guarded([&](sqlite3* database) { return check_proofs(database, tests, current); });
}

History Store::history() const
{
  return impl_->guarded([](sqlite3* database) {
    History history;
    RunNames runs(database);
    Transaction snapshot(database, Transaction::Kind::read);
    Statement count(database, "SELECT max(id) FROM tests");
    if (count.step()) history.reserve(static_cast<std::size_t>(std::max<std::int64_t>(0, count.integer(0))));
    Statement rows(database, "SELECT name, last_outcome, last_run, expected FROM tests");
    while (rows.step()) {
      TestHistory& test = history[TestId{std::string(rows.text(0))}];
      test.last = outcome_of(rows.integer(1));
      test.last_run = runs.of(rows.integer(2)).name;
      test.expected = std::chrono::microseconds(rows.integer(3));
    }
    snapshot.commit();
    return history;
  });
}

void Store::record(const RunRecord& run, const InputsOf& inputs_of)
{
  if (run.started.run.empty()) return; // cut off before it had a name: nothing was planned either
  impl_->guarded([&](sqlite3* database) { return record_run(database, run, inputs_of); });
}

void Store::conclude(const RunRecord& run, std::span<const SuiteRun> suites)
{
  if (run.started.run.empty()) return;
  impl_->guarded([&](sqlite3* database) {
    record_run(database, run, [](const TestId&) { return nullptr; });
    conclude_run(database, run, suites);
  });
}

std::optional<std::string> Store::remembered(std::string_view purpose, const Digest& key) const
{
  return impl_->guarded([&](sqlite3* database) -> std::optional<std::string> {
    Statement find(database, "SELECT value FROM remembered WHERE purpose = ?1 AND key = ?2");
    find.bind_text(1, purpose).bind_blob(2, key.view());
    if (!find.step()) return std::nullopt;
    return std::string(find.blob(0));
  });
}

namespace {

// `numbers` holds the sum, so that it need not be computed from all rows each time.
void add_remembered_bytes(sqlite3* database, std::int64_t bytes)
{
  Statement add(database, "INSERT INTO numbers (name, value) VALUES ('remembered_bytes', ?1) "
                          "ON CONFLICT (name) DO UPDATE SET value = value + excluded.value");
  add.bind(1, bytes).run();
}

std::int64_t remembered_bytes(sqlite3* database)
{
  Statement sum(database, "SELECT value FROM numbers WHERE name = 'remembered_bytes'");
  return sum.step() ? sum.integer(0) : 0;
}

// Of the values that never go, which the bound does not hold for.
std::int64_t lasting_bytes(sqlite3* database)
{
  Statement sum(database, "SELECT coalesce(sum(length(value)), 0) FROM remembered WHERE purpose = ?1");
  sum.bind_text(1, k_lasting_purpose);
  return sum.step() ? sum.integer(0) : 0;
}

void forget(sqlite3* database, std::string_view purpose, const Digest& key)
{
  Statement remove(database, "DELETE FROM remembered WHERE purpose = ?1 AND key = ?2 RETURNING length(value)");
  remove.bind_text(1, purpose).bind_blob(2, key.view());
  if (remove.step()) add_remembered_bytes(database, -remove.integer(0));
}

void forget_oldest_values(sqlite3* database, std::int64_t excess)
{
  Statement oldest(database, "SELECT id, length(value) FROM remembered WHERE purpose <> ?1 ORDER BY id");
  oldest.bind_text(1, k_lasting_purpose);
  std::int64_t newest_gone = 0;
  std::int64_t freed = 0;
  while (freed < excess && oldest.step()) {
    newest_gone = oldest.integer(0);
    freed += oldest.integer(1);
  }
  oldest.reset();
  Statement remove(database, "DELETE FROM remembered WHERE id <= ?1 AND purpose <> ?2");
  remove.bind(1, newest_gone).bind_text(2, k_lasting_purpose).run();
  add_remembered_bytes(database, -freed);
}

} // namespace

void Store::remember(std::string_view purpose, const Digest& key, std::string_view value)
{
  const auto size = static_cast<std::int64_t>(value.size());
  if (size > k_remembered_bytes) return;
  impl_->guarded([&](sqlite3* database) {
    Transaction transaction(database, Transaction::Kind::write);
    forget(database, purpose, key);
    Statement add(database, "INSERT INTO remembered (purpose, key, value) VALUES (?1, ?2, ?3)");
    add.bind_text(1, purpose).bind_blob(2, key.view()).bind_blob(3, value).run();
    add_remembered_bytes(database, size);
    std::int64_t excess = remembered_bytes(database) - k_remembered_bytes;
    if (excess > 0) excess -= lasting_bytes(database);
    if (excess > 0) forget_oldest_values(database, excess);
    transaction.commit();
  });
}

bool Store::knows_run(std::string_view run) const
{
  return impl_->guarded([&](sqlite3* database) {
    Statement known(database, "SELECT 1 FROM runs WHERE name = ?1");
    return known.bind_text(1, run).step();
  });
}

sqlite3* Store::handle() const
{
  return impl_->handle();
}

} // namespace sluice::cache
