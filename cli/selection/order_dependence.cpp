#include "cli/selection/order_dependence.h"

#include "cache/hashing.h"
#include "model/conduct.h"

#include <algorithm>
#include <unordered_map>

namespace sluice::cli {

namespace {

constexpr std::string_view k_purpose = "order-dependent-1"; // "ID\0" for each

Digest key()
{
  return cache::sha256(k_purpose);
}

bool is_order_dependent(const Conduct& conduct, const TestRecord& test)
{
  if (test.attempts.size() < 2) return false;
  const std::vector<TestFinding> found = conduct.of(test);
  return std::any_of(found.begin(), found.end(),
                     [](const TestFinding& each) { return each.finding.kind == FindingKind::order_dependent; });
}

} // namespace

OrderDependence::OrderDependence(const cache::Store& store)
{
  const std::string bytes = store.remembered(k_purpose, key()).value_or("");
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\0', at), bytes.size());
    tests_.insert(bytes.substr(at, end - at));
    at = end + 1;
  }
}

std::vector<bool> OrderDependence::of(const Catalogue& catalogue) const
{
  std::vector<bool> found;
  if (tests_.empty()) return found;
  for (const TestCase& test : catalogue.tests)
    found.push_back(holds(test.id) && catalogue.program_of(test).isolation == Isolation::batch);
  return found;
}

void OrderDependence::learn(const RunRecord& record, const Catalogue& catalogue, cache::Store& store)
{
  const Conduct conduct(record);
  std::unordered_map<std::uint32_t, std::size_t> cases;
  for (const BatchRecord& batch : record.batches) cases.emplace(batch.begun.batch, batch.begun.cases);
  const auto among_others = [&](const Attempt& attempt) { return cases[attempt.batch] > 1; };
  bool changed = false;
  for (const TestRecord& test : record.tests) {
    const std::string& id = test.planned.test.value;
    if (is_order_dependent(conduct, test)) {
      changed = tests_.insert(id).second || changed;
      continue;
    }
    if (!tests_.contains(id) || test.attempts.empty()) continue;
    const auto at = catalogue.find(id);
    const bool alone_is_all = !at || catalogue.program_of(catalogue.test(*at)).isolation != Isolation::batch;
    const bool green = std::none_of(test.attempts.begin(), test.attempts.end(),
                                    [](const Attempt& attempt) { return is_red(attempt.result.outcome); });
    if (!green || (!alone_is_all && std::none_of(test.attempts.begin(), test.attempts.end(), among_others))) continue;
    tests_.erase(id);
    changed = true;
  }
  if (!changed) return;
  std::string bytes;
  for (const std::string& id : tests_) bytes.append(id).push_back('\0');
  store.remember(k_purpose, key(), bytes);
}

} // namespace sluice::cli
