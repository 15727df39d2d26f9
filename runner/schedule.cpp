#include "runner/schedule.h"

#include <algorithm>
#include <functional>

namespace sluice::runner {

namespace {

constexpr int k_most_backfill = 32; // candidates looked at to fill lanes that a wide unit waits for
constexpr int k_startups_per_batch = 10;
constexpr Duration k_least_batch = std::chrono::milliseconds(20);

} // namespace

Schedule::Schedule(Work work, const Catalogue& catalogue, Forecast& forecast, const RunOptions& options)
  : work_(std::move(work)), catalogue_(catalogue), forecast_(forecast),
    lanes_(static_cast<std::size_t>(std::max(options.lanes, 1))), repeat_(std::max(options.repeat, 1)),
    retries_(retries_of(options)), shuffle_(options.shuffle), states_(work_.units.size()), unmet_(work_.predecessors),
    failed_(work_.nodes()), followers_(work_.nodes(), Duration{0}), ready_(work_)
{
  if (repeat_ > 1)
    for (const Unit& unit : work_.units) whole_.push_back(unit.cases);
  for (std::size_t lane = lanes_; lane-- > 0;) free_lanes_.push_back(static_cast<int>(lane));
  weigh_followers();
  // Fixtures that nobody here sets up are ready from the start.
  std::vector<Blocked> nothing;
  const std::vector<std::uint32_t> at_first = unmet_;
  for (std::size_t node = 0; node < work_.nodes(); ++node) {
    if (at_first[node] != 0) continue;
    if (work_.is_unit(static_cast<NodeIndex>(node))) enqueue(static_cast<UnitIndex>(node));
    else node_done(static_cast<NodeIndex>(node), nothing);
  }
}

// Longest chain of work behind each node, in reverse topological order. Nodes of a cycle keep 0.
void Schedule::weigh_followers()
{
  std::vector<std::uint32_t> unmet = work_.predecessors;
  std::vector<NodeIndex> order;
  for (std::size_t node = 0; node < work_.nodes(); ++node)
    if (unmet[node] == 0) order.push_back(static_cast<NodeIndex>(node));
  for (std::size_t at = 0; at < order.size(); ++at)
    for (std::uint32_t e = work_.first[order[at]]; e < work_.first[order[at] + 1]; ++e)
      if (--unmet[work_.successors[e]] == 0) order.push_back(work_.successors[e]);
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    for (std::uint32_t e = work_.first[*node]; e < work_.first[*node + 1]; ++e) {
      const NodeIndex next = work_.successors[e];
      const Duration own = work_.is_unit(next) ? forecast_.of(work_.units[next].cases.front()) : Duration{0};
      followers_[*node] = std::max(followers_[*node], followers_[next] + own);
    }
  }
}

bool Schedule::has_work(UnitIndex unit) const
{
  const State& state = states_[unit];
  return state.next < work_.units[unit].cases.size() || !state.alone.empty() || !state.isolated.empty() ||
         !state.retries.empty();
}

Rank Schedule::rank(UnitIndex unit) const
{
  const Unit& what = work_.units[unit];
  const State& state = states_[unit];
  const bool planned = state.next < what.cases.size();
  // What has had no attempt goes before isolated attempts, which only explain, and before retries.
  const TestIndex first = planned ? what.cases[state.next] : what.cases.front();
  if (shuffle_ != 0)
    return {static_cast<std::int64_t>(shuffle_key(shuffle_, catalogue_.test(first).id.value) >> 1), unit};
  // Without history a long declared limit is a hint; it only breaks ties.
  const TestCase& test = catalogue_.test(first);
  const std::int64_t hint = test.time_limit ? std::min<std::int64_t>(test.time_limit->count() / 1000, 1000) : 0;
  return {(planned ? forecast_.of(first) : Duration{0}).count() + followers_[unit].count() + hint, unit};
}

void Schedule::enqueue(UnitIndex unit)
{
  State& state = states_[unit];
  if (state.queued || !has_work(unit)) return;
  state.queued = true;
  if (work_.units[unit].alone) alone_.insert(rank(unit));
  else ready_.add(rank(unit));
}

std::optional<UnitIndex> Schedule::pick_alone()
{
  if (!flights_.empty() || alone_.empty()) return std::nullopt;
  const Rank first = *alone_.begin();
  // Others wait for it, so it goes first; else all such units run one after another when the rest is done, since each
  // time the lanes are emptied some of them idle.
  if (followers_[first.unit] == Duration{0} && !ready_.empty()) return std::nullopt;
  alone_.erase(alone_.begin());
  return first.unit;
}

SteadyTime Schedule::time_of_lanes(std::size_t wanted) const
{
  std::vector<Flight> by_end = flights_;
  std::sort(by_end.begin(), by_end.end(),
            [](const Flight& a, const Flight& b) { return a.expected_end < b.expected_end; });
  std::size_t lanes = free_lanes_.size();
  for (const Flight& flight : by_end) {
    lanes += flight.width;
    if (lanes >= wanted) return flight.expected_end;
  }
  return SteadyTime::max();
}

// The best unit that may start. When the best of all is wider than the free lanes, these are reserved for it: a lesser
// one may use them only if it is expected to end before the others are free ("EASY" backfilling), so that wide tests
// neither starve nor idle the machine. `most` bounds the batch then.
std::optional<UnitIndex> Schedule::pick(SteadyTime now, Duration& most)
{
  if (free_lanes_.empty()) return std::nullopt;
  if (const auto unit = pick_alone()) return unit;
  const std::optional<Rank> best = ready_.best();
  if (!best) return pick_alone();
  const auto width = [this](UnitIndex unit) { return static_cast<std::size_t>(work_.units[unit].width); };
  if (width(best->unit) <= free_lanes_.size()) {
    ready_.remove(*best);
    return best->unit;
  }
  const SteadyTime until = time_of_lanes(width(best->unit));
  if (shuffle_ != 0 || until <= now) return std::nullopt;
  most = std::chrono::duration_cast<Duration>(until - now);
  // The priority is at least the length of the next case.
  const auto fits = [&](UnitIndex unit) { return width(unit) <= free_lanes_.size(); };
  const std::optional<Rank> filler = ready_.best_below(most.count(), k_most_backfill, fits);
  if (!filler) return std::nullopt;
  ready_.remove(*filler);
  return filler->unit;
}

// A share of what is left, so that lanes end together, but not so little that start-ups cost more than a tenth.
std::vector<TestIndex> Schedule::carve(UnitIndex index, Duration most)
{
  const Unit& unit = work_.units[index];
  State& state = states_[index];
  const Duration share = forecast_.left() / static_cast<std::int64_t>(2 * lanes_);
  const Duration least = std::max(k_startups_per_batch * forecast_.startup(unit.program), k_least_batch);
  const Duration target = std::min(most, std::max(share, least));
  std::vector<TestIndex> cases;
  Duration sum{0};
  while (state.next < unit.cases.size() && cases.size() < unit.most_per_batch) {
    const TestIndex test = unit.cases[state.next];
    const Duration length = forecast_.of(test);
    if (!cases.empty()) {
      // A suite is not cut for a quarter more.
      const bool same_suite = catalogue_.test(test).suite == catalogue_.test(cases.back()).suite;
      if (sum + length > (same_suite ? target + target / 4 : target)) break;
    }
    sum += length;
    cases.push_back(test);
    forecast_.taken(test);
    ++state.next;
  }
  // They run as the program declares them, whatever the order in which they were chosen.
  if (shuffle_ == 0) std::sort(cases.begin(), cases.end());
  return cases;
}

Dispatch Schedule::give_out(UnitIndex unit, Duration most, SteadyTime now)
{
  State& state = states_[unit];
  Dispatch dispatch;
  dispatch.unit = unit;
  dispatch.round = state.round;
  const auto give_one = [&](std::vector<TestIndex>& list, Purpose purpose) {
    dispatch.purpose = purpose;
    dispatch.cases.push_back(list.back());
    list.pop_back();
  };
  if (state.next < work_.units[unit].cases.size()) dispatch.cases = carve(unit, most);
  else if (!state.alone.empty()) give_one(state.alone, Purpose::alone);
  else if (!state.retries.empty()) give_one(state.retries, Purpose::retry);
  else give_one(state.isolated, Purpose::isolated);

  const std::size_t width =
    work_.units[unit].alone ? free_lanes_.size() : static_cast<std::size_t>(work_.units[unit].width);
  for (std::size_t i = 0; i < width; ++i) {
    dispatch.lanes.push_back(free_lanes_.back());
    free_lanes_.pop_back();
  }
  Duration length{0};
  for (const TestIndex test : dispatch.cases) length += forecast_.of(test);
  flights_.push_back({dispatch.lanes.front(), width, now + length});
  state.begun = true;
  state.queued = false;
  ++state.in_flight;
  ready_.acquire(unit);
  enqueue(unit);
  return dispatch;
}

std::optional<Dispatch> Schedule::next(SteadyTime now)
{
  Duration most = Duration::max();
  const std::optional<UnitIndex> unit = pick(now, most);
  if (!unit) return std::nullopt;
  return give_out(*unit, most, now);
}

// They came from before `next`, so there is room.
void Schedule::give_back(UnitIndex unit, const std::vector<TestIndex>& cases)
{
  State& state = states_[unit];
  for (auto test = cases.rbegin(); test != cases.rend(); ++test) {
    work_.units[unit].cases[--state.next] = *test;
    forecast_.returned(*test);
  }
}

// A failure is red for its followers when no attempt is left. A retry is alone, so that it tells all that an isolated
// attempt would.
void Schedule::try_again(State& state, Leftover& leftover)
{
  if (retries_ > 0) leftover.isolated.clear();
  state.red = state.red || leftover.red;
  for (const TestIndex test : leftover.failed) {
    if (retries_ > 0 && retried_[test]++ < retries_) state.retries.push_back(test);
    else state.red = true;
  }
}

void Schedule::finished(Dispatch& dispatch, Leftover&& leftover, std::vector<Blocked>& blocked)
{
  const UnitIndex unit = dispatch.unit;
  State& state = states_[unit];
  --state.in_flight;
  const auto flight = std::find_if(flights_.begin(), flights_.end(),
                                   [&](const Flight& candidate) { return candidate.lane == dispatch.lanes.front(); });
  flights_.erase(flight);
  for (const int lane : dispatch.lanes) {
    const auto place = std::lower_bound(free_lanes_.begin(), free_lanes_.end(), lane, std::greater<>());
    free_lanes_.insert(place, lane);
  }
  ready_.release(unit);

  try_again(state, leftover);
  for (const TestIndex test : leftover.unconfirmed) {
    const bool first_time = dispatch.purpose == Purpose::planned && state.given_twice.insert(test).second;
    (first_time ? leftover.remaining : leftover.alone).push_back(test);
  }
  give_back(unit, leftover.remaining);
  state.alone.insert(state.alone.end(), leftover.alone.begin(), leftover.alone.end());
  state.isolated.insert(state.isolated.end(), leftover.isolated.begin(), leftover.isolated.end());
  if (!has_work(unit) && state.in_flight == 0 && state.round + 1 < repeat_ && !work_.units[unit].once) {
    ++state.round;
    state.next = 0;
    work_.units[unit].cases = whole_[unit];
    for (const TestIndex test : whole_[unit]) forecast_.returned(test);
  }
  if (has_work(unit)) enqueue(unit);
  else if (state.in_flight == 0) node_done(unit, blocked);
}

void Schedule::block(UnitIndex unit, const std::string& reason, std::vector<Blocked>& blocked)
{
  State& state = states_[unit];
  state.begun = true;
  state.red = true;
  for (const TestIndex test : work_.units[unit].cases) {
    forecast_.taken(test);
    blocked.push_back({test, reason});
  }
  state.next = work_.units[unit].cases.size();
}

void Schedule::node_done(NodeIndex start, std::vector<Blocked>& blocked)
{
  std::vector<NodeIndex> done{start};
  while (!done.empty()) {
    const NodeIndex node = done.back();
    done.pop_back();
    const bool is_unit = work_.is_unit(node);
    if (is_unit) states_[node].done = true;
    for (std::uint32_t e = work_.first[node]; e < work_.first[node + 1]; ++e) {
      const NodeIndex next = work_.successors[e];
      const bool next_is_unit = work_.is_unit(next);
      if (is_unit && !next_is_unit && states_[node].red && work_.barrier(next).kind == BarrierKind::ready)
        failed_[next] = "fixture '" + work_.barrier(next).fixture + "' was not set up: '" +
                        catalogue_.test(work_.units[node].cases.front()).id.value + "' did not pass";
      else if (!is_unit && next_is_unit && !failed_[node].empty()) failed_[next] = failed_[node];
      if (--unmet_[next] != 0) continue;
      if (next_is_unit && failed_[next].empty()) {
        enqueue(next);
        continue;
      }
      if (next_is_unit) block(next, failed_[next], blocked);
      done.push_back(next);
    }
  }
}

std::vector<Blocked> Schedule::stuck() const
{
  std::vector<Blocked> result;
  std::vector<bool> told(work_.units.size(), false);
  for (std::size_t node = 0; node < work_.nodes(); ++node) {
    if (work_.is_unit(static_cast<NodeIndex>(node)) ? states_[node].done : unmet_[node] == 0) continue;
    for (std::uint32_t e = work_.first[node]; e < work_.first[node + 1]; ++e) {
      const NodeIndex next = work_.successors[e];
      if (!work_.is_unit(next) || states_[next].begun || told[next]) continue;
      told[next] = true;
      const std::string before = work_.is_unit(static_cast<NodeIndex>(node))
                                   ? "test '" + catalogue_.test(work_.units[node].cases.front()).id.value + "'"
                                   : "fixture '" + work_.barrier(static_cast<NodeIndex>(node)).fixture + "'";
      for (const TestIndex test : work_.units[next].cases)
        result.push_back({test, "it waits for " + before + " in a cycle of DEPENDS and fixtures"});
    }
  }
  return result;
}

} // namespace sluice::runner
