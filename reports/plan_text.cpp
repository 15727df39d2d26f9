#include "reports/plan_report.h"

#include "reports/phrases.h"
#include "reports/plan_words.h"
#include "reports/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <limits>
#include <map>

namespace sluice::reports {

namespace {

constexpr std::size_t k_paths_shown = 10;
constexpr std::size_t k_tests_shown = 3; // of each cause
constexpr std::size_t k_causes_shown = 20;

// In the order of ChangeKind.
constexpr std::array<std::string_view, 8> k_change_words{"added",   "modified", "deleted",   "renamed",
                                                         "mode of", "type of",  "submodule", "git attributes of"};

// Tests that run for the same reason, in the order of the catalogue.
struct CauseGroup {
  RunCause cause = RunCause::no_proof;
  std::string words;
  std::vector<const PlanEntry*> entries;
};

class PlanText {
public:
  PlanText(const Plan& plan, const Catalogue& catalogue, bool verbose)
    : plan_(plan), catalogue_(catalogue), most_(verbose ? std::numeric_limits<std::size_t>::max() : 0)
  {
  }

  std::string write(const ChangeSet& change)
  {
    write_change(change);
    write_reach();
    for (const Escalation& escalation : plan_.escalations) write_escalation(escalation);
    write_list(plan_.dismissed, k_paths_shown, [](const Dismissal& dismissal) {
      return fmt::format("ignored  {} ({})", shown(dismissal.path), shown(dismissal.reason));
    });
    write_runs();
    write_reuse();
    write_skips();
    return std::move(out_);
  }

private:
  template <class... Arguments> void line(fmt::format_string<Arguments...> format, Arguments&&... arguments)
  {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }

  // At most `shown` lines, or all of them in verbose mode, and a count for the rest.
  template <class T, class Words> void write_list(const std::vector<T>& values, std::size_t shown, Words words)
  {
    const std::size_t count = std::min(values.size(), std::max(shown, most_));
    for (std::size_t i = 0; i < count; ++i) line("{}", words(values[i]));
    if (count < values.size()) line("         and {} more", values.size() - count);
  }

  void write_change(const ChangeSet& change)
  {
    const auto id = [](const std::string& hex) { return hex.substr(0, 12); };
    std::string span;
    if (!change.merge_base.empty() && change.merge_base != change.head)
      span = fmt::format(", {} from {} to {}", counted(change.commits.size(), "commit"), id(change.merge_base),
                         id(change.head));
    else if (!change.head.empty()) span = fmt::format(" since {}", id(change.head));
    line("change   {}{}{}", counted(change.paths.size(), "path"), span,
         change.includes_working_tree ? ", with the working tree" : "");
    if (!change.other_merge_bases.empty()) {
      std::string others;
      for (const std::string& other : change.other_merge_bases) others += " and " + id(other);
      line("         several merge bases ({}{}): what differs from any of them has changed", id(change.merge_base),
           others);
    }
    write_list(change.paths, k_paths_shown, [](const ChangedPath& path) {
      const std::string old = path.old_path.empty() ? std::string() : " (was " + shown(path.old_path) + ")";
      return fmt::format("         {} {}{}", k_change_words[static_cast<std::size_t>(path.kind)], shown(path.path),
                         old);
    });
  }

  void write_reach()
  {
    const BlastRadius& radius = plan_.blast_radius;
    line("reach    {} of {}, {} of {}, {} of {}", radius.tests, counted(radius.all_tests, "test"), radius.programs,
         counted(radius.all_programs, "program"), radius.files, counted(radius.all_files, "file"));
  }

  void write_escalation(const Escalation& escalation)
  {
    line("widened  {}", escalation_words(escalation));
    if (!escalation.mend.empty()) line("         to narrow it: {}", one_line(escalation.mend, 500));
  }

  std::vector<CauseGroup> group_by_cause() const
  {
    std::map<std::pair<RunCause, std::string>, CauseGroup> groups;
    for (const PlanEntry& entry : plan_.entries) {
      const Run* run = std::get_if<Run>(&entry.decision);
      if (!run) continue;
      CauseGroup& group = groups[{run->cause, run->subject}];
      if (group.entries.empty()) group = {run->cause, cause_words(*run), {}};
      group.entries.push_back(&entry);
    }
    std::vector<CauseGroup> sorted;
    for (auto& [key, group] : groups) sorted.push_back(std::move(group));
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const CauseGroup& a, const CauseGroup& b) { return a.entries.size() > b.entries.size(); });
    return sorted;
  }

  void write_runs()
  {
    const std::vector<CauseGroup> groups = group_by_cause();
    std::size_t tests = 0;
    for (const CauseGroup& group : groups) tests += group.entries.size();
    line("run      {} of {}", tests, counted(plan_.entries.size(), "test"));
    const std::size_t count = std::min(groups.size(), std::max(k_causes_shown, most_));
    std::size_t rest = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (i < count) write_group(groups[i]);
      else rest += groups[i].entries.size();
    }
    if (rest > 0) line("  {:5}  for {}", rest, counted(groups.size() - count, "more reason"));
  }

  void write_group(const CauseGroup& group)
  {
    line("  {:5}  {}", group.entries.size(), group.words);
    const std::size_t count = std::min(group.entries.size(), std::max(k_tests_shown, most_));
    for (std::size_t i = 0; i < count; ++i) {
      const PlanEntry& entry = *group.entries[i];
      line("           {}", shown(catalogue_.test(entry.test).id.value));
      const std::string path = path_words(std::get<Run>(entry.decision).path);
      if (!path.empty()) line("             {}", path);
    }
    if (count < group.entries.size()) line("           and {} more", group.entries.size() - count);
  }

  void write_reuse()
  {
    std::size_t reused = 0;
    std::size_t cut_off = 0;
    for (const PlanEntry& entry : plan_.entries) {
      const Reuse* reuse = std::get_if<Reuse>(&entry.decision);
      if (!reuse) continue;
      ++reused;
      cut_off += reuse->cut_off;
    }
    if (reused == 0) return;
    line("reuse    {}{}", counted(reused, "test"),
         cut_off == 0 ? "" : fmt::format(", {} of them reached by the change, but built the same", cut_off));
    if (most_ == 0) return;
    for (const PlanEntry& entry : plan_.entries)
      if (const Reuse* reuse = std::get_if<Reuse>(&entry.decision))
        line("           {} (run {})", shown(catalogue_.test(entry.test).id.value), shown(reuse->proof.run));
  }

  void write_skips()
  {
    std::map<std::string, std::vector<const PlanEntry*>> groups;
    std::size_t skipped = 0;
    for (const PlanEntry& entry : plan_.entries) {
      const Skip* skip = std::get_if<Skip>(&entry.decision);
      if (!skip) continue;
      ++skipped;
      groups[skip_words(*skip)].push_back(&entry);
    }
    if (skipped == 0) return;
    line("skip     {}", counted(skipped, "test"));
    std::size_t written = 0;
    for (const auto& [words, entries] : groups) {
      if (++written > std::max(k_causes_shown, most_)) {
        line("         and for {}", counted(groups.size() - written + 1, "more reason"));
        break;
      }
      line("  {:5}  {}", entries.size(), words);
      for (std::size_t i = 0; i < std::min(entries.size(), most_); ++i)
        line("           {}", shown(catalogue_.test(entries[i]->test).id.value));
    }
  }

  const Plan& plan_;
  const Catalogue& catalogue_;
  std::size_t most_; // entries of any list in verbose mode; 0 otherwise
  std::string out_;
};

} // namespace

std::string plan_text(const Plan& plan, const Catalogue& catalogue, const ChangeSet& change, bool verbose)
{
  return PlanText(plan, catalogue, verbose).write(change);
}

} // namespace sluice::reports
