// What a program reports in the Test Anything Protocol (versions 12 to 14, https://testanything.org), read as it
// arrives. It knows no exit code; reported_results.h decides what the printed word is worth. Output of the program and
// of its children stands between the lines of the protocol, and standard error is in the same stream, so what is no
// line of the protocol is passed over. Whatever contradicts itself (two plans, numbers out of order, more or fewer
// results than planned, a subtest that failed below a point that did not) is kept as a problem and never forgotten.
#pragma once

#include "adapters/frameworks/reported_results.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::frameworks {

class TapOutput {
public:
  void feed(std::string_view bytes);
  // No more will come: takes a last line without its end, then compares what was found with the plan.
  void end();

  // Complete only after end(). A point that is not ok and not marked "TODO" is a failed case; one that is not ok and
  // marked "SKIP" contradicts itself and counts as failed.
  const ReportedCases& reported() const { return reported_; }

private:
  enum class Directive : unsigned char { none, skip, todo };
  struct Point {
    bool ok = false;
    std::string_view number; // digits; may be empty
    std::string_view description;
    Directive directive = Directive::none;
    std::string_view reason;
  };

  void take_line(std::string_view line);
  bool take_block(std::size_t indent, std::string_view text);
  void take_top(std::string_view text);
  void take_inner(std::size_t indent, std::string_view text);
  void take_bail_out(std::string_view text);
  void take_point(const Point& point);
  bool take_plan(std::string_view text);
  static bool read_point(std::string_view text, Point& point);
  static void read_directive(std::string_view text, Point& point);

  ReportedCases reported_;
  std::string pending_;          // the beginning of a line
  std::string inner_failure_;    // the first failed point of a subtest whose own point has not come yet
  std::size_t inner_indent_ = 0; // of that point
  std::size_t planned_ = 0;
  std::size_t block_indent_ = 0; // of the YAML block that is open
  bool has_plan_ = false;
  bool plan_at_end_ = false; // the plan came after points: none may follow it
  bool in_block_ = false;
  bool after_point_ = false; // the line before was a point: a YAML block may follow
  bool inner_failed_ = false;
};

} // namespace sluice::frameworks
