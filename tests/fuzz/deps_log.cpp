#include "adapters/facts/ninja_deps_log.h"
#include "tests/fuzz/fuzz_input.h"

void fuzz(std::string_view bytes)
{
  sluice::facts::read_ninja_deps_log(bytes);
}
