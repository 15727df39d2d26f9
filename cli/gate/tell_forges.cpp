#include "cli/gate/tell_forges.h"

#include "adapters/forge/post.h"
#include "cli/records/atomic_file.h"
#include "cli/terminal.h"

#include <fmt/format.h>

#include <cstdlib>

namespace sluice::cli {

namespace {

std::string variable(const char* name)
{
  const char* value = std::getenv(name);
  return value ? value : "";
}

} // namespace

void tell_forges(const Options& options, const ChangeSet& change, const RunRecord& record)
{
  const std::string commit = options.revision.empty() ? change.head : options.revision;
  for (const std::string& name : options.post) {
    const forge::Forge forge = *forge::forge_named(name);
    const std::string payload = forge::payload(forge, record, commit, options.target);
    if (forge == forge::Forge::harness) {
      const std::string file = variable("SLUICE_OUTPUTS");
      file.empty() ? write_bytes(payload) : write_atomically(file, payload);
    } else {
      write_error(fmt::format("sluice: told {}\n", forge::post(forge, payload, commit, variable)));
    }
  }
}

} // namespace sluice::cli
