// What a GoogleTest program prints, read as it arrives: which case runs, how it ended, what it printed meanwhile.
// It knows nothing of files and exit codes; gtest_batch.h decides what the printed word is worth. Tests may print
// anything, markers included, with or without a line end before gtest's own. Rules: an end marker counts only for the
// case that runs; a second case cannot begin while one runs; a printed failure is never taken back.
#pragma once

#include "model/excerpt.h"
#include "runner/framework.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::frameworks {

// Where and why an assertion failed or a test was skipped, as gtest words it.
struct Assertion {
  std::string file;
  int line = 0;
  std::string message; // one line
};

// The first "FILE:LINE: `verdict`" block of `text` ("Failure", "Skipped"); empty members when there is none.
Assertion first_assertion(std::string_view text, std::string_view verdict);

class GtestOutput {
public:
  enum class State : std::uint8_t { waiting, running, passed, failed, skipped };

  // `cases` outlives the object; their selectors are distinct.
  explicit GtestOutput(std::span<const TestCase* const> cases);

  void feed(std::string_view bytes, std::vector<runner::CaseUpdate>& updates);

  // No more will come: a last line without its end is output of the case that runs.
  void end();

  State state(std::size_t position) const { return states_[position]; }
  bool any_running() const { return current_ != k_none; }
  bool any_failed() const { return any_failed_; }
  // Something that gtest itself never prints in this order: a case that ended twice or began inside another.
  bool contradictory() const { return contradictory_; }
  // An assertion failed while no case ran.
  bool failed_outside() const { return failed_outside_; }
  // Suites whose set-up or tear-down failed, by gtest's summary.
  const std::vector<std::string>& failed_suites() const { return failed_suites_; }
  // How many cases gtest's closing line counts; negative when it did not print one.
  long counted() const { return counted_; }
  // What was printed while no case ran, without gtest's own lines.
  std::string outside_text() const { return outside_.text(); }
  // The position of a selector, or -1.
  std::ptrdiff_t position_of(std::string_view selector) const;

private:
  enum class Marker : std::uint8_t { run, ok, failed, skipped, totals };
  static constexpr std::size_t k_none = static_cast<std::size_t>(-1);

  void take_line(std::string_view line, std::vector<runner::CaseUpdate>& updates);
  bool take_marker(Marker marker, std::string_view before, std::string_view rest,
                   std::vector<runner::CaseUpdate>& updates);
  bool take_start(std::string_view before, std::string_view name, std::vector<runner::CaseUpdate>& updates);
  bool take_end(Marker marker, std::string_view before, std::string_view rest,
                std::vector<runner::CaseUpdate>& updates);
  bool take_late_end(Marker marker, std::string_view rest, std::vector<runner::CaseUpdate>& updates);
  void take_totals(std::string_view rest);
  void take_text(std::string_view text);
  void finish_current(Marker marker, std::chrono::microseconds duration, std::vector<runner::CaseUpdate>& updates);

  std::span<const TestCase* const> cases_;
  std::unordered_map<std::string_view, std::uint32_t> positions_;
  std::vector<State> states_;
  std::size_t current_ = k_none;
  std::string pending_;                          // the beginning of a line
  Excerpt output_{k_excerpt_head, k_inner_tail}; // of the current case
  Excerpt outside_{k_excerpt_head, k_inner_tail};
  std::vector<std::string> failed_suites_;
  long counted_ = -1;
  bool any_failed_ = false;
  bool contradictory_ = false;
  bool failed_outside_ = false;
};

} // namespace sluice::frameworks
