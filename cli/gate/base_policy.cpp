#include "cli/gate/base_policy.h"

#include "adapters/config/toml.h"
#include "cli/records/atomic_file.h"
#include "model/error.h"
#include "policy/moved_paths.h"
#include "policy/policy_file.h"
#include "policy/signed_records.h"

#include <fmt/format.h>

#include <filesystem>

namespace sluice::cli {

namespace {

// Where a link leads is another file, of which the base says nothing. Files of configuration have lines; only what has
// none is looked at closer.
std::optional<std::string> read_regular(const git::Repository& repository, const std::string& revision,
                                        const char* file)
{
  auto text = repository.read(revision, file);
  if (text && text->find('\n') == std::string::npos && repository.is_link(revision, file))
    throw Error(ErrorKind::configuration,
                fmt::format("{} is a symbolic link at the base {}", file, revision.substr(0, 12)),
                "the base must have the file itself under this name: nothing is read through links");
  return text;
}

} // namespace

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
  const auto text = read_regular(repository, revision, k_policy_file);
  if (!text) return {};
  const std::string source = fmt::format("{}:{}", revision.substr(0, 12), k_policy_file);
  return policy::read_policy(config::parse_toml(*text, source), source, source);
}

void follow_to_base(const git::Repository& repository, ChangeSet& change)
{
  for (const std::string& left : policy::departures_of(change)) {
    if (left == change.base) continue;
    if (const auto since = repository.changes_between(left, change.base)) policy::carry_to_base(change, *since);
    else change.incomplete.push_back({"what the base has changed since the change left it is not here", "git fetch"});
  }
}

std::optional<Config> config_of_base(const git::Repository& repository, const ChangeSet& change)
{
  const std::string revision = policy_revision(change);
  if (revision.empty()) return std::nullopt;
  const auto text = read_regular(repository, revision, k_config_file);
  if (!text) return std::nullopt;
  try {
    return config::read_config(*text, k_config_file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Policy policy_of_tree(const std::string& root)
{
  const std::string path = root + "/" + k_policy_file;
  if (!std::filesystem::exists(path)) return {};
  return policy::read_policy(config::parse_toml(read_file(path, "the policy"), k_policy_file), k_policy_file,
                             k_policy_file);
}

} // namespace sluice::cli
