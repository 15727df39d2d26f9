#include "impact/filter.h"
#include "model/error.h"
#include "tests/fuzz/fuzz_input.h"

void fuzz(std::string_view bytes)
{
  try {
    sluice::impact::parse_filter(bytes)({}, {});
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::usage);
  }
}
