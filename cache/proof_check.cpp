#include "cache/proof_check.h"

#include "cache/outcome_codes.h"
#include "cache/present_inputs.h"
#include "cache/row_ranges.h"
#include "cache/run_names.h"
#include "cache/sqlite.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace sluice::cache {

namespace {

struct StoredResult {
  Digest identity;
  Digest definition;
  SetKey body = 0;
  std::int64_t run = 0;
  std::int64_t at = 0;
  std::int64_t duration = 0;
  bool own_definition = false;
  bool red = false;
};

// One test that the store knows, with what is known of it.
struct TestState {
  std::int64_t key = 0;
  std::size_t position = 0; // in the caller's tests
  Outcome last = Outcome::not_run;
  std::int64_t last_run = 0;
  Digest definition;     // as it is now; of use only to results that have their own
  std::size_t first = 0; // of its results: passes, newest first, then red records
  std::size_t passes = 0;
  std::size_t reds = 0;

  // Newest moment and newest run of a red record that is present; 0 if there is none.
  std::int64_t red_at = 0;
  std::int64_t red_run = 0;
  bool outweighed = false; // a present proof was
  bool decided = false;
};

bool stands_before(const StoredResult& left, const StoredResult& right)
{
  if (left.red != right.red) return right.red;
  return left.at != right.at ? left.at > right.at : left.run > right.run;
}

class Check {
public:
  Check(sqlite3* database, std::span<const TestCase> tests, const CurrentDigest& current)
    : database_(database), tests_(tests), current_(current), inputs_(database, current), runs_(database),
      states_(tests.size())
  {
  }

  std::vector<ProofState> run()
  {
    read_tests();
    read_results();
    weigh_red();
    for (std::size_t age = 0; try_proofs(age); ++age) {
    }
    for (const TestState& test : known_)
      if (!test.decided) states_[test.position] = explain(test);
    for (const auto& [twin, original] : twins_) states_[twin] = states_[original];
    return std::move(states_);
  }

private:
  void read_tests();
  void read_results();
  void weigh_red();
  bool try_proofs(std::size_t age);
  std::span<const StoredResult> passes(const TestState& test) const
  {
    return {results_.data() + test.first, test.passes};
  }
  std::span<const StoredResult> reds(const TestState& test) const
  {
    return {results_.data() + test.first + test.passes, test.reds};
  }
  static bool same_definition(const TestState& test, const StoredResult& result)
  {
    return !result.own_definition || test.definition == result.definition;
  }
  const StoredResult& nearest_proof(const TestState& test);
  ProofState explain(const TestState& test);
  Proof proof(const StoredResult& result);

  sqlite3* database_;
  std::span<const TestCase> tests_;
  const CurrentDigest& current_;
  PresentInputs inputs_;
  RunNames runs_;
  std::vector<ProofState> states_;
  std::vector<TestState> known_;                           // by key, ascending
  std::vector<StoredResult> results_;                      // of all, test by test
  std::vector<std::pair<std::size_t, std::size_t>> twins_; // a test that was asked for twice, and its first place
};

void Check::read_tests()
{
  std::unordered_map<std::string_view, std::size_t> positions;
  positions.reserve(tests_.size());
  for (std::size_t i = 0; i < tests_.size(); ++i) {
    const auto [at, fresh] = positions.emplace(tests_[i].id.value, i);
    if (!fresh) twins_.emplace_back(i, at->second);
  }
  known_.reserve(tests_.size());
  Statement rows(database_, "SELECT id, name, last_outcome, last_run FROM tests ORDER BY id");
  while (rows.step()) {
    const auto at = positions.find(rows.text(1));
    if (at == positions.end()) continue;
    TestState test;
    test.key = rows.integer(0);
    test.position = at->second;
    test.last = outcome_of(rows.integer(2));
    test.last_run = rows.integer(3);
    known_.push_back(std::move(test));
  }
}

void Check::read_results()
{
  std::vector<std::int64_t> keys;
  keys.reserve(known_.size());
  for (const TestState& test : known_) keys.push_back(test.key);
  Statement rows(database_, "SELECT test, verdict, identity, definition, input_set, run, at, duration "
                            "FROM evidence WHERE test BETWEEN ?1 AND ?2");
  auto test = known_.begin();
  for_each_range(keys, [&](std::int64_t first, std::int64_t last) {
    rows.bind(1, first).bind(2, last);
    while (rows.step()) {
      const std::int64_t key = rows.integer(0);
      while (test != known_.end() && test->key < key) ++test;
      if (test == known_.end() || test->key != key) continue;
      if (test->passes + test->reds == 0) test->first = results_.size();
      StoredResult& result = results_.emplace_back();
      result.identity = digest_from_bytes(rows.blob(2)).value_or(Digest{});
      result.own_definition = !rows.is_null(3);
      result.definition = digest_from_bytes(rows.blob(3)).value_or(Digest{});
      result.body = rows.integer(4);
      result.run = rows.integer(5);
      result.at = rows.integer(6);
      result.duration = rows.integer(7);
      result.red = rows.integer(1) != 1;
      ++(result.red ? test->reds : test->passes);
    }
    rows.reset();
  });
  for (TestState& known : known_) {
    const auto first = results_.begin() + static_cast<std::ptrdiff_t>(known.first);
    const auto last = first + static_cast<std::ptrdiff_t>(known.passes + known.reds);
    std::sort(first, last, stands_before);
    const auto has_own = [](const StoredResult& each) { return each.own_definition; };
    if (std::any_of(first, last, has_own))
      known.definition = current_(InputKind::definition, tests_[known.position].id.value);
  }
}

void Check::weigh_red()
{
  std::vector<SetKey> bodies;
  for (const TestState& test : known_)
    for (const StoredResult& result : reds(test))
      if (same_definition(test, result)) bodies.push_back(result.body);
  inputs_.load(std::move(bodies));
  for (TestState& test : known_) {
    for (const StoredResult& result : reds(test)) {
      // Only a difference that can be named clears the present state: a red record that cannot be read back counts.
      if (!same_definition(test, result) || inputs_.difference(result.body)) continue;
      test.red_at = std::max(test.red_at, result.at);
      test.red_run = std::max(test.red_run, result.run);
    }
  }
}

// Tries the proof of each open test that is `age` places from its newest; false when no test has such a one.
bool Check::try_proofs(std::size_t age)
{
  std::vector<SetKey> bodies;
  std::vector<TestState*> open;
  for (TestState& test : known_) {
    if (test.decided || age >= test.passes) continue;
    open.push_back(&test);
    const StoredResult& result = passes(test)[age];
    if (same_definition(test, result)) bodies.push_back(result.body);
  }
  inputs_.load(std::move(bodies));
  for (TestState* test : open) {
    const StoredResult& result = passes(*test)[age];
    if (!same_definition(*test, result) || !inputs_.holds(result.body)) continue;
    if (test->red_run > result.run || test->red_at >= result.at) {
      test->outweighed = true;
      continue;
    }
    test->decided = true;
    states_[test->position] = {ProofState::Kind::holds, proof(result), {}};
  }
  return !open.empty();
}

// The one of which the least has changed: after going back to an older tree that is not the newest, and the difference
// to it is what was changed now. The newest of those that are as near.
const StoredResult& Check::nearest_proof(const TestState& test)
{
  const StoredResult* nearest = &passes(test).front();
  std::size_t least = 0;
  for (const StoredResult& each : passes(test)) {
    const std::size_t count = same_definition(test, each) ? inputs_.differences(each.body) : 0;
    if (count == 0 || (least != 0 && count >= least)) continue;
    least = count;
    nearest = &each;
  }
  return *nearest;
}

ProofState Check::explain(const TestState& test)
{
  ProofState state;
  if (is_red(test.last) || test.outweighed) {
    state.kind = ProofState::Kind::failed;
    state.proof.run = runs_.of(is_red(test.last) ? test.last_run : test.red_run).name;
    return state;
  }
  if (test.passes == 0) return state;
  const StoredResult& nearest = nearest_proof(test);
  if (!same_definition(test, nearest)) {
    state.difference = {InputKind::definition, tests_[test.position].id.value, nearest.definition};
  } else if (const Input* difference = inputs_.difference(nearest.body)) {
    state.difference = *difference;
  } else {
    return state; // it cannot be read back, so nothing is known of it
  }
  state.kind = ProofState::Kind::broken;
  state.proof = proof(nearest);
  return state;
}

Proof Check::proof(const StoredResult& result)
{
  const RecordedRun& run = runs_.of(result.run);
  return {run.name, result.at / 1'000'000, run.tree, result.identity, std::chrono::microseconds(result.duration)};
}

} // namespace

std::vector<ProofState> check_proofs(sqlite3* database, std::span<const TestCase> tests, const CurrentDigest& current)
{
  Transaction snapshot(database, Transaction::Kind::read);
  auto states = Check(database, tests, current).run();
  snapshot.commit();
  return states;
}

} // namespace sluice::cache
