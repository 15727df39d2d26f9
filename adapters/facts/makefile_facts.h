// Facts of a build folder made by CMake's Makefile generators: the File API's targets, the rules that CMake wrote for
// make, and the compilers' depfiles. Headers are known only for what was compiled; the rest is listed as unbuilt.
#pragma once

#include "adapters/facts/build_facts.h"
#include "adapters/facts/cmake_model.h"
#include "adapters/facts/makefile_rules.h"
#include "adapters/facts/path_names.h"

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace sluice::facts {

class MakefileFacts {
public:
  MakefileFacts(BuildFacts& facts, PathNames& names, const CMakeModel& model, const StepListener& on_step);

  void add_targets();

private:
  void add_target(const CMakeTarget& target);
  void add_sources(const CMakeTarget& target);
  void add_links(const CMakeTarget& target);
  void add_rules(const CMakeTarget& target, const std::string& folder);
  void add_rule(const MakeRule& rule, const std::string& target, std::uint64_t settings, const std::string& links);
  void add_depfiles(const CMakeTarget& target, const std::string& folder);
  void add_depfile(const CMakeTarget& target, const std::string& file);
  void add_custom_depfiles(const CMakeTarget& target, const std::string& folder);
  void mark_uncompiled(const CMakeTarget& target);
  std::string build_folder(const CMakeTarget& target) const;

  BuildFacts& facts_;
  PathNames& names_;
  const CMakeModel& model_;
  const StepListener& on_step_;
  std::unordered_map<std::string, const CMakeTarget*> by_id_;
  std::unordered_set<std::string> compiled_; // names of all that depfiles of the present target mention
};

} // namespace sluice::facts
