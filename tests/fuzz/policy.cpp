#include "adapters/config/toml.h"
#include "model/error.h"
#include "policy/policy_file.h"
#include "tests/fuzz/fuzz_input.h"

// A policy is read whole, or refused: it is never read in part.
void fuzz(std::string_view bytes)
{
  try {
    const auto policy = sluice::policy::read_policy(sluice::config::parse_toml(bytes, "p"), "p", "base:p");
    for (const auto& rule : policy.rules) require(!rule.name.empty());
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::configuration);
  }
}
