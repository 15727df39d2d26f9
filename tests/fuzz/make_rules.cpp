#include "adapters/facts/makefile_rules.h"
#include "tests/fuzz/fuzz_input.h"

void fuzz(std::string_view bytes)
{
  sluice::facts::read_make_rules(bytes);
}
