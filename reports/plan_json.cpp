#include "reports/plan_report.h"

#include "reports/json_writer.h"
#include "reports/plan_fields.h"

#include <algorithm>
#include <array>

namespace sluice::reports {

namespace {

constexpr int k_plan_version = 1;

// In the order of ChangeKind.
constexpr std::array<std::string_view, 8> k_change_kinds{"added", "modified", "deleted",   "renamed",
                                                         "mode",  "type",     "submodule", "conversion"};

void write_change(JsonWriter& json, const ChangeSet& change)
{
  json.begin_object("change");
  json.text_if_any("base", change.base);
  json.text_if_any("head", change.head);
  json.text_if_any("merge_base", change.merge_base);
  json.texts_if_any("other_merge_bases", change.other_merge_bases);
  json.flag("working_tree", change.includes_working_tree);
  json.count("commits", change.commits.size());
  json.begin_array("paths");
  for (const ChangedPath& path : change.paths) {
    json.begin_object();
    json.text("kind", k_change_kinds[static_cast<std::size_t>(path.kind)]);
    json.text("path", path.path);
    json.text_if_any("old_path", path.old_path);
    json.end_object();
  }
  json.end_array();
  json.begin_array("incomplete");
  for (const Incompleteness& gap : change.incomplete) {
    json.begin_object();
    json.text("what", gap.what);
    json.text_if_any("mend", gap.mend);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_counts(JsonWriter& json, const Plan& plan)
{
  std::array<std::size_t, std::variant_size_v<Decision>> counts{};
  for (const PlanEntry& entry : plan.entries) ++counts[entry.decision.index()];
  json.begin_object("counts");
  json.count("tests", plan.entries.size());
  json.count("run", counts[0]);
  json.count("reuse", counts[1]);
  json.count("skip", counts[2]);
  json.end_object();
}

void write_test(JsonWriter& json, const PlanEntry& entry, const Plan& plan, const Catalogue& catalogue)
{
  const TestCase& test = catalogue.test(entry.test);
  json.line_break();
  json.begin_object();
  json.text("id", test.id.value);
  json.text("suite", test.suite);
  json.text("program", catalogue.program_of(test).name);
  json.text_if_any("file", test.file);
  json.number_if_any("line", test.line);
  write_decision(json, entry.decision);
  if (entry.expected) json.number("expected_us", entry.expected->count());
  if (entry.quarantine) write_quarantine(json, *entry.quarantine);
  json.flag_if_set("must_execute", std::binary_search(plan.must_execute.begin(), plan.must_execute.end(), entry.test));
  json.end_object();
}

} // namespace

std::string plan_json(const Plan& plan, const Catalogue& catalogue, const ChangeSet& change)
{
  static_assert(std::is_same_v<std::variant_alternative_t<0, Decision>, Run>);
  static_assert(std::is_same_v<std::variant_alternative_t<1, Decision>, Reuse>);
  std::string out;
  out.reserve(plan.entries.size() * 320 + 1024);
  {
    JsonWriter json(out);
    json.begin_object();
    json.number("v", k_plan_version);
    write_change(json, change);
    write_blast_radius(json, plan.blast_radius);
    write_escalations(json, plan.escalations);
    write_dismissals(json, plan.dismissed);
    write_counts(json, plan);
    json.begin_array("tests");
    for (const PlanEntry& entry : plan.entries) write_test(json, entry, plan, catalogue);
    json.end_array();
    json.end_object();
  }
  out += '\n';
  return out;
}

} // namespace sluice::reports
