#include "cli/walls/held_walls.h"

#include "cli/gate/base_policy.h"
#include "policy/conduct_demands.h"
#include "policy/openings.h"

#include <algorithm>

namespace sluice::cli {

void hold_walls(Project& project, const ChangeSet& change, const Policy& policy)
{
  if (std::none_of(policy.rules.begin(), policy.rules.end(), policy::demands_conduct)) return;
  const Config base = config_of_base(project.repository, change).value_or(Config{});
  project.withheld = policy::new_openings(base, project.config);
  if (project.withheld.empty()) return;
  project.config.sandbox = base.sandbox;
  project.config.run.pass_environment = base.run.pass_environment;
  if (const std::string line = policy::opening_of_build_folder(project.config);
      std::find(project.withheld.begin(), project.withheld.end(), line) != project.withheld.end()) {
    // Where the base builds; a change that is not built there is red.
    if (project.config.build) project.config.build->directory = base.build ? base.build->directory : "build";
    project.build_directory = build_directory_of(project.root, project.config.build ? project.config : base);
  }
  if (!project.config.build) return;
  const BuildConfig walls = base.build.value_or(BuildConfig{});
  project.config.build->isolate = walls.isolate;
  project.config.build->network = walls.network;
  project.config.build->writable = walls.writable;
}

} // namespace sluice::cli
