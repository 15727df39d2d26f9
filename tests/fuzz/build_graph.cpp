#include "adapters/facts/ninja_manifest.h"
#include "tests/fuzz/fuzz_input.h"

// The bytes are build.ninja and every file that it includes, so that circles of includes are tried too.
void fuzz(std::string_view bytes)
{
  const auto source = [&](const std::string&) { return std::optional<std::string>(bytes); };
  sluice::facts::read_ninja_manifest("build.ninja", source);
  sluice::facts::read_ninja_manifest("x.dd", source, sluice::facts::NinjaDialect::dyndep);
}
