#include "runner/sandbox/declared.h"

#include "model/path.h"

#include <algorithm>

namespace sluice::sandbox {

namespace {

bool allows(const SandboxSpec& spec, const Finding& finding)
{
  switch (finding.kind) {
  case FindingKind::network:
    return spec.network == NetworkMode::host;
  case FindingKind::device:
    return std::find(spec.devices.begin(), spec.devices.end(), finding.detail) != spec.devices.end();
  case FindingKind::outside_write: // a write that was allowed is none
  case FindingKind::left_processes:
  case FindingKind::limit:
  case FindingKind::order_dependent:
  case FindingKind::flaky:
    return false;
  }
  return false;
}

} // namespace

void declare(Observation& seen, const SandboxSpec& spec)
{
  for (Finding& finding : seen.findings) finding.declared = allows(spec, finding);
  for (const std::string& path : seen.written)
    if (std::any_of(spec.writable.begin(), spec.writable.end(), [&](const auto& each) { return lies_in(path, each); }))
      seen.findings.push_back({FindingKind::outside_write, path, true});
  std::sort(seen.findings.begin(), seen.findings.end());
}

} // namespace sluice::sandbox
