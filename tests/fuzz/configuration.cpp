#include "adapters/config/toml.h"
#include "model/error.h"
#include "tests/fuzz/fuzz_input.h"

// sluice.toml is read, or refused with a configuration error that says where.
void fuzz(std::string_view bytes)
{
  try {
    sluice::config::read_config(bytes, "sluice.toml");
  } catch (const sluice::Error& error) {
    require(error.kind() == sluice::ErrorKind::configuration);
    require(std::string_view(error.what()).starts_with("sluice.toml"));
  }
}
