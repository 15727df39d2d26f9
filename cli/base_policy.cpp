#include "cli/base_policy.h"

#include "adapters/config/toml.h"
#include "policy/policy_file.h"

#include <fmt/format.h>

namespace sluice::cli {

std::string policy_revision(const ChangeSet& change)
{
  return change.base;
}

std::string departure(const ChangeSet& change)
{
  return !change.merge_base.empty() ? change.merge_base : change.base;
}

Policy policy_of_base(const git::Repository& repository, const ChangeSet& change)
{
  const std::string revision = policy_revision(change);
  if (revision.empty()) return {};
  const auto text = repository.read(revision, k_policy_file);
  if (!text) return {};
  const std::string source = fmt::format("{}:{}", revision.substr(0, 12), k_policy_file);
  return policy::read_policy(config::parse_toml(*text, source), source, source);
}

} // namespace sluice::cli
