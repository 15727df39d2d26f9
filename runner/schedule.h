// Decides what runs next on which lanes: longest first with what depends on it counted in, capped by lanes, locks and
// the order that fixtures and DEPENDS ask for. It starts nothing and knows no processes: the run asks next() until
// nothing fits, and tells finished() what came of each. docs/design/scheduling.md has the rules and their reasons.
#pragma once

#include "runner/forecast.h"
#include "runner/ready_queue.h"
#include "runner/work.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice::runner {

// Why these cases are given out.
enum class Purpose {
  planned,
  alone,    // a process for this case only, since a process with others told nothing of it
  isolated, // again, to tell "fails" from "fails only among its neighbours"
  retry,    // again, because retries are allowed; it tells that, too
};

// Cases for one process, with the lanes it occupies until finished().
struct Dispatch {
  UnitIndex unit = 0;
  Purpose purpose = Purpose::planned;
  int round = 0; // of --repeat
  std::vector<TestIndex> cases;
  std::vector<int> lanes; // the first is the one to name
};

// What a process leaves to be done.
struct Leftover {
  std::vector<TestIndex> remaining; // not begun: to be run with others
  std::vector<TestIndex> alone;     // to be tried alone
  std::vector<TestIndex> isolated;  // red among neighbours
  // Said to have passed by a process that left without a word before its last case and without a red one: to be run
  // with others once more, and alone when that happens again.
  std::vector<TestIndex> unconfirmed;
  std::vector<TestIndex> failed; // red in a way that another attempt may not be
  bool red = false;              // any other case was
  bool cut_off = false;          // the process ended, or was ended, before its cases had finished
};

// A test that will not be started, and why.
struct Blocked {
  TestIndex test{};
  std::string reason;
};

class Schedule {
public:
  // `catalogue` and `forecast` outlive it.
  Schedule(Work work, const Catalogue& catalogue, Forecast& forecast, const RunOptions& options);
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  // The next process to start, or nullopt while nothing fits.
  std::optional<Dispatch> next(SteadyTime now);

  // Appends tests whose fixture was not set up.
  void finished(Dispatch& dispatch, Leftover&& leftover, std::vector<Blocked>& blocked);

  // Tests that were never given out, when nothing runs and nothing fits: their order is a cycle.
  std::vector<Blocked> stuck() const;

private:
  struct State {
    std::size_t next = 0; // in Unit::cases
    std::vector<TestIndex> alone;
    std::vector<TestIndex> isolated;
    std::vector<TestIndex> retries;
    std::set<TestIndex> given_twice; // to be confirmed by others
    int in_flight = 0;
    int round = 0;
    bool begun = false;
    bool done = false;
    bool red = false;
    bool queued = false;
  };
  struct Flight {
    int lane = 0; // its first
    std::size_t width = 1;
    SteadyTime expected_end;
  };

  void weigh_followers();
  Rank rank(UnitIndex unit) const;
  bool has_work(UnitIndex unit) const;
  void enqueue(UnitIndex unit);
  std::optional<UnitIndex> pick(SteadyTime now, Duration& most);
  std::optional<UnitIndex> pick_alone();
  SteadyTime time_of_lanes(std::size_t wanted) const;
  Dispatch give_out(UnitIndex unit, Duration most, SteadyTime now);
  std::vector<TestIndex> carve(UnitIndex unit, Duration most);
  void try_again(State& state, Leftover& leftover);
  void give_back(UnitIndex unit, const std::vector<TestIndex>& cases);
  void node_done(NodeIndex node, std::vector<Blocked>& blocked);
  void block(UnitIndex unit, const std::string& reason, std::vector<Blocked>& blocked);

  Work work_;
  const Catalogue& catalogue_;
  Forecast& forecast_;
  std::size_t lanes_;
  int repeat_;
  int retries_;
  std::map<TestIndex, int> retried_;
  std::uint64_t shuffle_;

  std::vector<State> states_;                 // by unit
  std::vector<std::vector<TestIndex>> whole_; // by unit: all its cases, kept only for --repeat
  std::vector<std::uint32_t> unmet_;          // by node
  std::vector<std::string> failed_;           // by node: why its followers may not start; empty: they may
  std::vector<Duration> followers_;           // by node: longest chain of what waits for it
  ReadyQueue ready_;
  std::set<Rank> alone_; // ready units that want all lanes to themselves
  std::vector<int> free_lanes_;
  std::vector<Flight> flights_;
};

} // namespace sluice::runner
