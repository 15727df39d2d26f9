#include "cli/gate/leniency.h"

#include "cli/gate/base_policy.h"

namespace sluice::cli {

Leniency leniency_of(const Project& project, const Options& options, const ChangeSet& change,
                     const Catalogue& catalogue, std::int64_t now)
{
  std::optional<Config> base;
  if (policy::asks_for_leniency(project.config, options.retries)) base = config_of_base(project.repository, change);
  return policy::leniency_of(project.config, base, options.retries, catalogue, now);
}

} // namespace sluice::cli
