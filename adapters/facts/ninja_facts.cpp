#include "adapters/facts/ninja_facts.h"

#include "adapters/facts/disk.h"
#include "adapters/facts/makefile_rules.h"
#include "adapters/facts/text_hash.h"

#include <algorithm>
#include <limits>
#include <unordered_set>

#include <fmt/format.h>

namespace sluice::facts {

namespace {

constexpr std::uint32_t k_no_id = std::numeric_limits<std::uint32_t>::max();
constexpr std::string_view k_top_manifest = "build.ninja";

// All commands of the largest known projects together are a tenth of this; only a hostile manifest is larger.
constexpr std::size_t k_most_expanded = std::size_t{4} << 30;

std::size_t index_of(PathId id)
{
  return static_cast<std::size_t>(id);
}

// Steps by which CMake offers its own housekeeping. They never make the file they are named after. A project's own
// custom targets are not among them, although they look the same: what they do may matter to tests.
bool cmake_housekeeping(std::string_view rule, std::string_view output)
{
  static constexpr std::string_view k_reserved[] = {
    "/edit_cache.util",     "/rebuild_cache.util",           "/install.util",
    "/install/local.util",  "/install/strip.util",           "/package.util",
    "/package_source.util", "/list_install_components.util", "/test.util"};
  if (rule == "CLEAN" || rule == "HELP") return true;
  return rule == "CUSTOM_COMMAND" && std::any_of(std::begin(k_reserved), std::end(k_reserved),
                                                 [&](std::string_view name) { return output.ends_with(name); });
}

} // namespace

NinjaFacts::OutputState& NinjaFacts::state(PathId id)
{
  if (index_of(id) >= states_.size()) states_.resize(std::max(index_of(id) + 1, facts_.facts.paths.size()));
  return states_[index_of(id)];
}

PathId NinjaFacts::id_of(Current& current, NodeId node)
{
  std::uint32_t& id = current.ids[node];
  if (id == k_no_id) id = static_cast<std::uint32_t>(facts_.facts.intern(names_.name(current.manifest.nodes[node])));
  return static_cast<PathId>(id);
}

void NinjaFacts::add_edge(PathId input, PathId output, FactSource source)
{
  if (input != output) facts_.facts.edges.push_back({input, output, source});
}

void NinjaFacts::mark_unbuilt(const std::vector<PathId>& outputs)
{
  for (const PathId output : outputs) facts_.unbuilt.push_back(facts_.facts.name(output));
}

void NinjaFacts::add_manifest(const std::string& file)
{
  const FileSource source = [this](const std::string& name) {
    return read_file(name.starts_with('/') ? name : names_.directory() + "/" + name);
  };
  const NinjaManifest manifest = read_ninja_manifest(file, source);
  facts_.gaps.insert(facts_.gaps.end(), manifest.problems.begin(), manifest.problems.end());
  for (const std::string& read : manifest.files) facts_.manifests.push_back(names_.name(read));
  if (++manifests_ == 1) log_folder_ = manifest.top_variable("builddir");

  Current current{manifest, std::vector<std::uint32_t>(manifest.nodes.size(), k_no_id), flows_of(manifest)};
  facts_.facts.edges.reserve(facts_.facts.edges.size() + 4 * manifest.statements.size());
  for (std::size_t i = 0; i < manifest.statements.size(); ++i) add_statement(current, i);
  mark_on_demand(current);
}

// What the defaults do not need, order-only inputs counted: custom targets that somebody asks for by name.
void NinjaFacts::mark_on_demand(Current& current)
{
  const NinjaManifest& manifest = current.manifest;
  if (manifest.defaults.empty()) return;
  std::vector<std::vector<std::size_t>> made_by(manifest.nodes.size());
  for (std::size_t i = 0; i < manifest.statements.size(); ++i)
    for (const NodeId node : manifest.outputs(manifest.statements[i])) made_by[node].push_back(i);
  std::vector<bool> wanted(manifest.statements.size());
  std::vector<NodeId> queue = manifest.defaults;
  for (std::size_t next = 0; next < queue.size(); ++next) {
    for (const std::size_t statement : made_by[queue[next]]) {
      if (wanted[statement]) continue;
      wanted[statement] = true;
      const auto inputs = manifest.all_inputs(manifest.statements[statement]);
      queue.insert(queue.end(), inputs.begin(), inputs.end());
    }
  }
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!wanted[i] && current.flows[i] == Flow::content)
      for (const NodeId node : manifest.outputs(manifest.statements[i]))
        facts_.on_demand.push_back(facts_.facts.name(id_of(current, node)));
}

// A statement belongs to the configure step if it makes a manifest, or if it uses a rule marked `generator` and all
// that it makes goes to such statements and nowhere else. A generator rule that makes anything else is an ordinary
// step.
std::vector<NinjaFacts::Flow> NinjaFacts::flows_of(const NinjaManifest& manifest) const
{
  std::unordered_set<std::string_view> configured(manifest.files.begin(), manifest.files.end());
  configured.insert(k_top_manifest);
  std::vector<Flow> flows(manifest.statements.size(), Flow::content);
  std::vector<std::size_t> candidates;
  std::string value;
  const auto makes = [&](const BuildStatement& statement, const auto& set) {
    const auto outputs = manifest.outputs(statement);
    return std::any_of(outputs.begin(), outputs.end(), [&](NodeId node) { return set.contains(manifest.nodes[node]); });
  };
  for (std::size_t i = 0; i < manifest.statements.size(); ++i) {
    const BuildStatement& statement = manifest.statements[i];
    if (makes(statement, configured)) {
      flows[i] = Flow::configure;
    } else if (manifest.expand(statement, "generator", Quoting::none, value) && !value.empty()) {
      candidates.push_back(i);
    }
  }
  for (bool grew = !candidates.empty(); grew;) {
    std::vector<bool> used_by_content(manifest.nodes.size());
    for (std::size_t i = 0; i < flows.size(); ++i) {
      if (flows[i] == Flow::configure) continue;
      for (const NodeId node : manifest.all_inputs(manifest.statements[i])) used_by_content[node] = true;
    }
    const auto feeds_content = [&](std::size_t i) {
      const auto outputs = manifest.outputs(manifest.statements[i]);
      return std::any_of(outputs.begin(), outputs.end(), [&](NodeId node) { return used_by_content[node]; });
    };
    const auto moved = std::stable_partition(candidates.begin(), candidates.end(), feeds_content);
    for (auto it = moved; it != candidates.end(); ++it) flows[*it] = Flow::configure;
    grew = moved != candidates.end() && moved != candidates.begin();
    candidates.erase(moved, candidates.end());
  }
  return flows;
}

void NinjaFacts::add_statement(Current& current, std::size_t index)
{
  const BuildStatement& statement = current.manifest.statements[index];
  const auto outputs = current.manifest.outputs(statement);
  const std::uint32_t maker = state(id_of(current, outputs.front())).made_by;
  if (maker != 0 && maker != manifests_) return;
  if (statement.rule == NinjaManifest::k_phony && current.flows[index] == Flow::content) {
    add_group(current, statement);
  } else {
    add_step(current, statement, current.flows[index]);
  }
}

std::vector<PathId> NinjaFacts::output_ids(Current& current, const BuildStatement& statement)
{
  std::vector<PathId> ids;
  for (const NodeId node : current.manifest.outputs(statement)) {
    const PathId id = id_of(current, node);
    state(id).made_by = manifests_;
    // CMake names the output of a custom command twice, relative and absolute.
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    ids.push_back(id);
    const std::string_view spelled = current.manifest.nodes[node];
    if (names_.relative_to_directory(facts_.facts.name(id)) != spelled) facts_.target_names.emplace(id, spelled);
  }
  return ids;
}

void NinjaFacts::add_group(Current& current, const BuildStatement& statement)
{
  // A phony statement without inputs makes nothing: it says that a file may be missing (CMake lists its inputs so).
  if (current.manifest.all_inputs(statement).empty()) return;
  const std::vector<PathId> outputs = output_ids(current, statement);
  for (const PathId output : outputs) {
    facts_.facts.groups.push_back(output);
    for (const NodeId node : current.manifest.content_inputs(statement)) {
      add_edge(id_of(current, node), output, FactSource::ninja_graph);
    }
  }
}

void NinjaFacts::add_step(Current& current, const BuildStatement& statement, Flow flow)
{
  const std::vector<PathId> outputs = output_ids(current, statement);
  const FactSource source = flow == Flow::configure ? FactSource::configure : FactSource::ninja_graph;
  for (const NodeId node : current.manifest.content_inputs(statement)) {
    const PathId input = id_of(current, node);
    for (const PathId output : outputs) add_edge(input, output, source);
    if (flow == Flow::configure) facts_.configure_inputs.push_back(facts_.facts.name(input));
  }
  for (const PathId output : outputs) state(output).flow = flow;
  if (flow == Flow::content) add_recipe(current, statement, outputs);
  add_late_inputs(current, statement, outputs);
}

void NinjaFacts::add_recipe(const Current& current, const BuildStatement& statement, const std::vector<PathId>& outputs)
{
  const std::string_view rule = current.manifest.rule_name(statement);
  TextHash hash;
  hash.add(rule);
  for (const std::string_view variable : {"command", "rspfile", "rspfile_content"}) {
    if (expanded_ > k_most_expanded) {
      if (facts_.gaps.empty() || facts_.gaps.back() != "build.ninja: the commands are too long in sum") {
        gap("build.ninja: the commands are too long in sum");
      }
      return;
    }
    if (!current.manifest.expand(statement, variable, Quoting::shell, scratch_)) {
      gap(fmt::format("build.ninja: the {} of rule {} is circular or too long", variable, rule));
    }
    expanded_ += scratch_.size();
    hash.add(scratch_);
  }
  for (const PathId output : outputs) {
    facts_.facts.recipes[output] = hash.value();
    if (cmake_housekeeping(rule, facts_.facts.name(output))) facts_.facts.groups.push_back(output);
  }
  if (on_step_) tell_step(current, statement, outputs.front());
}

void NinjaFacts::tell_step(const Current& current, const BuildStatement& statement, PathId output)
{
  std::string text, part;
  for (const std::string_view variable : {"command", "rspfile_content"}) {
    current.manifest.expand(statement, variable, Quoting::shell, part);
    text.append(part).push_back('\n');
  }
  current.manifest.expand(statement, "deps", Quoting::none, part);
  bool tells_inputs = !part.empty();
  current.manifest.expand(statement, "depfile", Quoting::none, part);
  tells_inputs = tells_inputs || !part.empty();
  on_step_({facts_.facts.name(output), text, tells_inputs});
}

// Inputs that are known only once the step has run: by the deps log, by a depfile that stays, by a dyndep file.
void NinjaFacts::add_late_inputs(const Current& current, const BuildStatement& statement,
                                 const std::vector<PathId>& outputs)
{
  const NinjaManifest& manifest = current.manifest;
  std::string file;
  manifest.expand(statement, "dyndep", Quoting::none, file);
  if (!file.empty()) add_dyndep(file, outputs);
  manifest.expand(statement, "deps", Quoting::none, scratch_);
  if (!scratch_.empty()) {
    state(outputs.front()).wants_deps = true;
    if (outputs.size() > 1) made_with_.emplace(outputs.front(), std::vector(outputs.begin() + 1, outputs.end()));
    return;
  }
  manifest.expand(statement, "depfile", Quoting::none, file);
  if (!file.empty()) add_depfile(file, outputs, state(outputs.front()).flow);
}

void NinjaFacts::add_depfile(const std::string& file, const std::vector<PathId>& outputs, Flow flow)
{
  const std::optional<std::string> bytes = read_file(names_.absolute(names_.name(file)));
  if (!bytes || bytes->empty()) {
    mark_unbuilt(outputs);
    return;
  }
  if (!time_of_change(names_.absolute(facts_.facts.name(outputs.front())))) mark_unbuilt(outputs);
  for (const MakeRule& rule : read_make_rules(*bytes)) {
    for (const std::string& prerequisite : rule.prerequisites) {
      const PathId input = facts_.facts.intern(names_.name(prerequisite));
      const FactSource source = flow == Flow::configure ? FactSource::configure : FactSource::depfile;
      for (const PathId output : outputs) add_edge(input, output, source);
      if (flow == Flow::configure) facts_.configure_inputs.push_back(facts_.facts.name(input));
    }
  }
}

void NinjaFacts::add_dyndep(const std::string& file, const std::vector<PathId>& outputs)
{
  const FileSource source = [this](const std::string& name) { return read_file(names_.absolute(names_.name(name))); };
  const NinjaManifest found = read_ninja_manifest(file, source, NinjaDialect::dyndep);
  if (!found.problems.empty()) {
    mark_unbuilt(outputs);
    return;
  }
  for (const BuildStatement& statement : found.statements) {
    const auto made = found.outputs(statement);
    if (facts_.facts.intern(names_.name(found.nodes[made.front()])) != outputs.front()) continue;
    std::vector<PathId> all = outputs;
    for (const NodeId node : made.subspan(1)) all.push_back(facts_.facts.intern(names_.name(found.nodes[node])));
    for (const NodeId node : found.content_inputs(statement)) {
      const PathId input = facts_.facts.intern(names_.name(found.nodes[node]));
      for (const PathId output : all) add_edge(input, output, FactSource::ninja_graph);
    }
  }
}

void NinjaFacts::add_deps_log()
{
  const std::string folder = log_folder_.empty() ? "" : log_folder_ + "/";
  const std::string file = names_.absolute(names_.name(folder + ".ninja_deps"));
  const std::optional<std::string> bytes = read_file(file);
  if (bytes) {
    const NinjaDepsLog log = read_ninja_deps_log(*bytes);
    if (!log.problem.empty()) gap(".ninja_deps: " + log.problem);
    std::size_t inputs = 0;
    for (const NinjaDepsLog::Record& record : log.records) inputs += record.size();
    facts_.facts.edges.reserve(facts_.facts.edges.size() + inputs);
    std::vector<std::uint32_t> ids(log.paths.size(), k_no_id);
    for (const NinjaDepsLog::Record& record : log.records) add_record(log, record, ids);
  } else if (time_of_change(file)) {
    gap(".ninja_deps: it cannot be read");
  }
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_[i].wants_deps && !states_[i].has_deps) mark_unbuilt(with_others(static_cast<PathId>(i)));
  }
}

std::vector<PathId> NinjaFacts::with_others(PathId first) const
{
  std::vector<PathId> all{first};
  if (const auto found = made_with_.find(first); found != made_with_.end()) {
    all.insert(all.end(), found->second.begin(), found->second.end());
  }
  return all;
}

void NinjaFacts::add_record(const NinjaDepsLog& log, const NinjaDepsLog::Record& record,
                            std::vector<std::uint32_t>& ids)
{
  const auto id = [&](std::uint32_t number) {
    if (ids[number] == k_no_id) {
      ids[number] = static_cast<std::uint32_t>(facts_.facts.intern(names_.name(log.paths[number])));
    }
    return static_cast<PathId>(ids[number]);
  };
  // The log keeps records of outputs that the project no longer has.
  PathId output{};
  if (!facts_.facts.find(names_.name(log.paths[record.output]), output)) return;
  if (index_of(output) >= states_.size() || !states_[index_of(output)].wants_deps) return;
  OutputState& made = states_[index_of(output)];
  made.has_deps = true;
  const FactSource source = made.flow == Flow::configure ? FactSource::configure : FactSource::ninja_deps;
  const std::vector<PathId> outputs = with_others(output);
  for (const PathId each : outputs) {
    for (std::size_t i = 0; i < record.size(); ++i) add_edge(id(record.input(i)), each, source);
  }
  // An outdated record is used all the same: a superset is safe. But it is not all there is.
  if (!record_is_current(log, record, output)) mark_unbuilt(outputs);
}

// Ninja's own rule: an output that is newer than its record was built without one.
bool NinjaFacts::record_is_current(const NinjaDepsLog& log, const NinjaDepsLog::Record& record, PathId output) const
{
  const auto changed = time_of_change(names_.absolute(facts_.facts.name(output)));
  if (!changed) return false;
  return log.version == 4 ? *changed <= record.mtime : *changed / 1'000'000'000 <= record.mtime;
}

} // namespace sluice::facts
