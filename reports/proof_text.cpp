#include "reports/proof_text.h"

#include "reports/json_writer.h"
#include "reports/phrases.h"
#include "reports/plan_fields.h"
#include "reports/plan_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <tuple>

namespace sluice::reports {

namespace {

constexpr std::size_t k_shown = 10;
constexpr int k_why_version = 1;

std::string_view first_line(std::string_view name)
{
  return name.substr(0, name.find('\n'));
}

// What people look for first: files of the repository, then files of the machine, then what has no name.
int rank(const Input& input)
{
  if (input.name.empty() || input.kind == InputKind::definition || input.kind == InputKind::configuration) return 2;
  return input.name.front() == '/' ? 1 : 0;
}

void write_inputs(JsonWriter& json, const InputSet& inputs)
{
  json.begin_array("inputs");
  for (const Input& input : inputs) {
    json.begin_object();
    json.text("kind", to_string(input.kind));
    json.text_if_any("name", input.name);
    if (!input.digest.absent()) json.text("digest", to_hex(input.digest));
    json.end_object();
  }
  json.end_array();
}

} // namespace

bool is_observed(const InputSet& inputs)
{
  return std::none_of(inputs.begin(), inputs.end(), [](const Input& input) {
    return input.kind == InputKind::unknown_files || input.kind == InputKind::whole_tree;
  });
}

std::string_view use_words(const Input& input)
{
  switch (input.kind) {
  case InputKind::definition:
    return "started as defined";
  case InputKind::loaded:
    return "run or mapped";
  case InputKind::content:
    return input.digest.absent() ? "looked for, not there" : "read";
  case InputKind::unknown_files:
    return "every file that no fact knows";
  case InputKind::whole_tree:
    return "every file of the tree";
  case InputKind::matched_files:
    return "declared";
  case InputKind::configuration:
    return "configuration";
  case InputKind::loose_outputs:
    return "built files that no fact ties to a test";
  case InputKind::configured:
    return "files of the configure step";
  case InputKind::environment:
    return "environment";
  case InputKind::entry:
    return input.digest.absent() ? "looked for, not there" : "is there";
  case InputKind::metadata:
    return "looked at";
  case InputKind::listing:
    return "listed";
  }
  return "?";
}

std::string inputs_text(const InputSet& inputs, Shown which)
{
  std::vector<std::pair<std::string_view, std::size_t>> counts; // few kinds: in the order of their first
  for (const Input& input : inputs) {
    const std::string_view words = use_words(input);
    const auto found =
      std::find_if(counts.begin(), counts.end(), [&](const auto& each) { return each.first == words; });
    if (found == counts.end()) counts.emplace_back(words, 1);
    else ++found->second;
  }
  std::vector<std::string> parts;
  for (const auto& [words, count] : counts) parts.push_back(fmt::format("{} {}", count, words));
  std::string text = fmt::format("  rests on  {}, {}: {}\n", counted(inputs.size(), "input"),
                                 is_observed(inputs) ? "observed" : "by build facts", fmt::join(parts, "; "));
  std::vector<const Input*> sorted;
  for (const Input& input : inputs) sorted.push_back(&input);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Input* a, const Input* b) {
    return std::tuple(rank(*a), std::string_view(a->name)) < std::tuple(rank(*b), std::string_view(b->name));
  });
  const std::size_t most = which == Shown::all ? sorted.size() : std::min(sorted.size(), k_shown);
  for (std::size_t i = 0; i < most; ++i)
    text += fmt::format("    {:22}{}\n", use_words(*sorted[i]), shown(first_line(sorted[i]->name)));
  if (most < sorted.size()) text += fmt::format("    and {} more: --verbose names all\n", sorted.size() - most);
  return text;
}

std::string why_json(std::string_view test, const Decision& decision, const std::optional<InputSet>& inputs)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.number("v", k_why_version);
  json.text("test", test);
  write_decision(json, decision);
  if (inputs) {
    json.flag("observed", is_observed(*inputs));
    write_inputs(json, *inputs);
  }
  json.end_object();
  return out + "\n";
}

std::string file_uses_text(std::string_view file, const std::vector<FileUse>& uses, Shown which)
{
  const std::string name = shown(file);
  if (uses.empty()) return fmt::format("{} was seen to be used by no test whose proof is kept\n", name);
  std::vector<std::pair<std::string_view, std::string>> tests; // with how each uses it
  for (const FileUse& use : uses) {
    if (tests.empty() || tests.back().first != use.test) tests.emplace_back(use.test, use_words(use.input));
    else tests.back().second += fmt::format(", {}", use_words(use.input));
  }
  std::string text = fmt::format("{} was seen to be used by {}\n", name, counted(tests.size(), "test"));
  const std::size_t most = which == Shown::all ? tests.size() : std::min(tests.size(), k_shown);
  for (std::size_t i = 0; i < most; ++i) text += fmt::format("    {:22}{}\n", tests[i].second, shown(tests[i].first));
  if (most < tests.size()) text += fmt::format("    and {} more: --verbose names all\n", tests.size() - most);
  return text;
}

std::string file_uses_json(std::string_view file, const std::vector<FileUse>& uses)
{
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.number("v", k_why_version);
  json.text("file", file);
  json.begin_array("used_by");
  for (const FileUse& use : uses) {
    json.begin_object();
    json.text("test", use.test);
    json.text("kind", to_string(use.input.kind));
    if (use.input.digest.absent()) json.flag("absent", true);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

} // namespace sluice::reports
