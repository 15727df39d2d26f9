#include "runner/work.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace sluice::runner {

namespace {

constexpr std::int64_t k_long_share = 50; // a case longer than 1/50 of a lane's work is placed by its length

bool has_place_in_order(const Needs& needs)
{
  return !needs.after.empty() || !needs.fixtures_setup.empty() || !needs.fixtures_cleanup.empty();
}

bool is_plain(const Needs& needs)
{
  return needs.processors <= 1 && !needs.alone && needs.locks.empty() && needs.fixtures_required.empty();
}

// Cases with the same profile may share a process.
std::string profile(ProgramId program, const Needs& needs)
{
  std::string text = std::to_string(static_cast<std::uint32_t>(program)) + '\n' + std::to_string(needs.processors) +
                     (needs.alone ? "\nalone" : "\n");
  // With their lengths, since names may hold anything.
  const auto append = [&text](std::string_view kind, const std::string& name) {
    text.append(kind).append(std::to_string(name.size())).append(":").append(name);
  };
  for (const std::string& lock : needs.locks) append("\nlock ", lock);
  for (const std::string& fixture : needs.fixtures_required) append("\nfixture ", fixture);
  return text;
}

class WorkBuilder {
public:
  WorkBuilder(const Plan& plan, const Catalogue& catalogue, const RunOptions& options, const FrameworkOf& framework_of)
    : plan_(plan), catalogue_(catalogue), options_(options), framework_of_(framework_of),
      unit_of_(catalogue.tests.size()), named_(catalogue.tests.size(), false),
      most_per_batch_(catalogue.programs.size(), 0), plain_unit_(catalogue.programs.size())
  {
  }

  Work build()
  {
    find_named();
    for (const PlanEntry& entry : plan_.entries)
      if (std::holds_alternative<Run>(entry.decision)) place(entry.test);
    for (std::size_t unit = 0; unit < work_.units.size(); ++unit) connect(static_cast<NodeIndex>(unit));
    for (const auto& [name, fixture] : fixtures_) edge(fixture.ready, fixture.used);
    work_.locks = locks_.size();
    sort_edges();
    return std::move(work_);
  }

private:
  struct Fixture {
    NodeIndex ready = 0;
    NodeIndex used = 0;
  };

  // Tests that others name in DEPENDS are units of their own, so that these need not wait for a whole batch; so are
  // those in quarantine.
  void find_named()
  {
    for (const PlanEntry& entry : plan_.entries) {
      if (!std::holds_alternative<Run>(entry.decision)) continue;
      // What it does to its process is excused, so it must not speak for others.
      if (entry.quarantine && !entry.quarantine->expired) named_[static_cast<std::size_t>(entry.test)] = true;
      for (const TestId& before : catalogue_.test(entry.test).needs.after)
        if (const auto found = catalogue_.find(before.value)) named_[static_cast<std::size_t>(*found)] = true;
    }
  }

  std::size_t most_per_batch(ProgramId id)
  {
    std::size_t& most = most_per_batch_[static_cast<std::size_t>(id)];
    if (most != 0) return most;
    const Program& program = catalogue_.program(id);
    const bool one_case = options_.isolation == Isolation::one_case || program.isolation == Isolation::one_case;
    most = one_case ? 1 : std::max<std::size_t>(1, framework_of_(program).most_cases_per_batch(program));
    return most;
  }

  std::uint32_t add_unit(TestIndex index)
  {
    const TestCase& test = catalogue_.test(index);
    Unit unit;
    unit.program = test.program;
    unit.width = std::clamp(test.needs.processors, 1, std::max(options_.lanes, 1));
    unit.alone = test.needs.alone;
    unit.once = !test.needs.fixtures_setup.empty() || !test.needs.fixtures_cleanup.empty();
    for (const std::string& name : test.needs.locks)
      unit.locks.push_back(locks_.try_emplace(name, static_cast<LockId>(locks_.size())).first->second);
    std::sort(unit.locks.begin(), unit.locks.end());
    unit.locks.erase(std::unique(unit.locks.begin(), unit.locks.end()), unit.locks.end());
    work_.units.push_back(std::move(unit));
    return static_cast<std::uint32_t>(work_.units.size() - 1);
  }

  void place(TestIndex index)
  {
    const TestCase& test = catalogue_.test(index);
    const std::size_t most = most_per_batch(test.program);
    const bool single = most == 1 || has_place_in_order(test.needs) || named_[static_cast<std::size_t>(index)];
    std::optional<std::uint32_t> own;
    std::optional<std::uint32_t>& slot = single
                                           ? own
                                           : (is_plain(test.needs) ? plain_unit_[static_cast<std::size_t>(test.program)]
                                                                   : profile_unit_[profile(test.program, test.needs)]);
    if (!slot) slot = add_unit(index);
    Unit& unit = work_.units[*slot];
    unit.cases.push_back(index);
    unit.most_per_batch = single ? 1 : most;
    unit_of_[static_cast<std::size_t>(index)] = *slot;
  }

  Fixture& fixture(const std::string& name)
  {
    const auto [found, is_new] = fixtures_.try_emplace(name);
    if (is_new) {
      found->second.ready = add_barrier(BarrierKind::ready, name);
      found->second.used = add_barrier(BarrierKind::used, name);
    }
    return found->second;
  }

  NodeIndex add_barrier(BarrierKind kind, const std::string& name)
  {
    work_.barriers.push_back({kind, name});
    return static_cast<NodeIndex>(work_.units.size() + work_.barriers.size() - 1);
  }

  void edge(NodeIndex from, NodeIndex to) { edges_.emplace_back(from, to); }

  // All cases of a unit have the same needs.
  void connect(NodeIndex unit)
  {
    const Needs& needs = catalogue_.test(work_.units[unit].cases.front()).needs;
    const auto is_in = [](const std::vector<std::string>& names, const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const std::string& name : needs.fixtures_setup) edge(unit, fixture(name).ready);
    for (const std::string& name : needs.fixtures_cleanup) edge(fixture(name).used, unit);
    for (const std::string& name : needs.fixtures_required) {
      // A setup or cleanup that also requires its own fixture would wait for itself.
      if (is_in(needs.fixtures_setup, name) || is_in(needs.fixtures_cleanup, name)) continue;
      const Fixture& required = fixture(name);
      edge(required.ready, unit);
      edge(unit, required.used);
    }
    for (const TestId& before : needs.after) {
      const auto found = catalogue_.find(before.value);
      if (!found) continue;
      if (const auto& other = unit_of_[static_cast<std::size_t>(*found)]) edge(*other, unit);
    }
  }

  void sort_edges()
  {
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
    work_.first.assign(work_.nodes() + 1, 0);
    work_.predecessors.assign(work_.nodes(), 0);
    for (const auto& [from, to] : edges_) {
      ++work_.first[from + 1];
      ++work_.predecessors[to];
      work_.successors.push_back(to);
    }
    for (std::size_t node = 0; node < work_.nodes(); ++node) work_.first[node + 1] += work_.first[node];
  }

  const Plan& plan_;
  const Catalogue& catalogue_;
  const RunOptions& options_;
  const FrameworkOf& framework_of_;
  Work work_;
  std::vector<std::optional<std::uint32_t>> unit_of_;    // by test
  std::vector<bool> named_;                              // by test
  std::vector<std::size_t> most_per_batch_;              // by program; 0: not asked yet
  std::vector<std::optional<std::uint32_t>> plain_unit_; // by program
  std::unordered_map<std::string, std::optional<std::uint32_t>> profile_unit_;
  std::unordered_map<std::string, LockId> locks_;
  std::unordered_map<std::string, Fixture> fixtures_;
  std::vector<std::pair<NodeIndex, NodeIndex>> edges_;
};

// Long cases first, so that none of them is begun last; the others stay together as the program declares them, so that
// what a suite sets up once is not set up in many processes.
void order_by_length(std::vector<TestIndex>& cases, const Forecast& forecast, Duration long_from)
{
  const auto middle =
    std::stable_partition(cases.begin(), cases.end(), [&](TestIndex test) { return forecast.of(test) >= long_from; });
  std::stable_sort(cases.begin(), middle, [&](TestIndex a, TestIndex b) { return forecast.of(a) > forecast.of(b); });
}

} // namespace

std::uint64_t shuffle_key(std::uint64_t seed, std::string_view id)
{
  // FNV-1a over the id, then the finaliser of splitmix64, which spreads the seed over all bits.
  std::uint64_t hash = 0xcbf29ce484222325u ^ seed;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  hash = (hash ^ seed) + 0x9e3779b97f4a7c15u;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
  return hash ^ (hash >> 31);
}

Work make_work(const Plan& plan, const Catalogue& catalogue, const RunOptions& options, const FrameworkOf& framework_of,
               const Forecast& forecast)
{
  Work work = WorkBuilder(plan, catalogue, options, framework_of).build();
  const Duration long_from = std::max(Duration{1}, forecast.left() / (k_long_share * std::max(options.lanes, 1)));
  for (Unit& unit : work.units) {
    if (unit.cases.size() < 2) continue;
    if (options.shuffle == 0) {
      order_by_length(unit.cases, forecast, long_from);
      continue;
    }
    std::sort(unit.cases.begin(), unit.cases.end(), [&](TestIndex a, TestIndex b) {
      return shuffle_key(options.shuffle, catalogue.test(a).id.value) <
             shuffle_key(options.shuffle, catalogue.test(b).id.value);
    });
  }
  return work;
}

} // namespace sluice::runner
