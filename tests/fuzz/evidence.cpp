#include "adapters/config/toml.h"
#include "model/error.h"
#include "policy/evidence.h"
#include "policy/trust_file.h"
#include "tests/fuzz/fuzz_input.h"

// Even where every signature were right: nothing counts as evidence that is not about the tree and the base asked for.
void fuzz(std::string_view bytes)
{
  using namespace sluice;
  const auto all = [](std::string_view, std::string_view, std::string_view) { return true; };
  const auto digest = [](std::string_view text) { return std::to_string(text.size()); };
  policy::Expected expected;
  expected.tree = "t";
  expected.base = "b";
  const policy::Verification plain = policy::verify_evidence(bytes, {}, expected, all, digest);
  const std::string bundle = policy::envelope(bytes, {{"k", [](std::string_view) { return std::string("s"); }}});
  const policy::Verification wrapped = policy::verify_evidence(bundle, {}, expected, all, digest);
  require(!wrapped.ok && (!plain.ok || plain.facts->tree == "t"));
  try {
    const policy::Trust trust = policy::read_trust(config::parse_toml(bytes, "t"), "t");
    require(trust.keys.size() >= static_cast<std::size_t>(trust.threshold));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::configuration);
  }
}
