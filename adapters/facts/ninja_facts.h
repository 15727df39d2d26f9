// Turns ninja's manifests and deps log into facts. It knows which of ninja's edges carry content (explicit, implicit,
// reported by the compiler), which only order, which only group, and which make the manifest itself.
#pragma once

#include "adapters/facts/build_facts.h"
#include "adapters/facts/ninja_deps_log.h"
#include "adapters/facts/ninja_manifest.h"
#include "adapters/facts/path_names.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sluice::facts {

class NinjaFacts {
public:
  NinjaFacts(BuildFacts& facts, PathNames& names, const StepListener& on_step)
    : facts_(facts), names_(names), on_step_(on_step)
  {
  }

  // Adds what a top manifest (named relative to the build folder) says. Call it for each top manifest of the folder;
  // a statement that an earlier one had as well is taken once.
  void add_manifest(const std::string& file);
  // Adds what compilers reported, after the last manifest, and lists the outputs that lack it.
  void add_deps_log();

private:
  enum class Flow : std::uint8_t { content, configure };

  // What is known of one output path, by PathId.
  struct OutputState {
    std::uint32_t made_by = 0; // number of the top manifest, from 1
    bool wants_deps = false;   // its inputs are complete only with a record of the deps log
    bool has_deps = false;
    Flow flow = Flow::content;
  };

  // The manifest that is being added, with the ids of its nodes.
  struct Current {
    const NinjaManifest& manifest;
    std::vector<std::uint32_t> ids; // PathId of each node, or k_no_id
    std::vector<Flow> flows;        // of each statement
  };

  std::vector<Flow> flows_of(const NinjaManifest& manifest) const;
  void add_statement(Current& current, std::size_t index);
  void mark_on_demand(Current& current);
  void add_group(Current& current, const BuildStatement& statement);
  void add_step(Current& current, const BuildStatement& statement, Flow flow);
  void add_recipe(const Current& current, const BuildStatement& statement, const std::vector<PathId>& outputs);
  void tell_step(const Current& current, const BuildStatement& statement, PathId output);
  void add_late_inputs(const Current& current, const BuildStatement& statement, const std::vector<PathId>& outputs);
  void add_depfile(const std::string& file, const std::vector<PathId>& outputs, Flow flow);
  void add_dyndep(const std::string& file, const std::vector<PathId>& outputs);
  std::vector<PathId> with_others(PathId first) const;
  void add_record(const NinjaDepsLog& log, const NinjaDepsLog::Record& record, std::vector<std::uint32_t>& ids);
  bool record_is_current(const NinjaDepsLog& log, const NinjaDepsLog::Record& record, PathId output) const;
  void add_edge(PathId input, PathId output, FactSource source);
  void mark_unbuilt(const std::vector<PathId>& outputs);
  std::vector<PathId> output_ids(Current& current, const BuildStatement& statement);
  PathId id_of(Current& current, NodeId node);
  OutputState& state(PathId id);
  void gap(std::string text) { facts_.gaps.push_back(std::move(text)); }

  BuildFacts& facts_;
  PathNames& names_;
  const StepListener& on_step_;
  std::vector<OutputState> states_;
  std::map<PathId, std::vector<PathId>> made_with_; // first output of a step -> its others
  std::uint32_t manifests_ = 0;
  std::string log_folder_; // ninja's `builddir`, where it keeps its logs
  std::string scratch_;
  std::size_t expanded_ = 0; // bytes of commands
};

} // namespace sluice::facts
