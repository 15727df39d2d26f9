#include "adapters/frameworks/catalogue_codec.h"
#include "tests/fuzz/fuzz_input.h"

// A remembered listing that is damaged is no listing; one that is read writes back to something that reads equal.
void fuzz(std::string_view bytes)
{
  const auto listing = sluice::frameworks::decode_listing(bytes);
  if (!listing) return;
  const auto again = sluice::frameworks::decode_listing(sluice::frameworks::encode_listing(*listing));
  require(again.has_value() && again->catalogue == listing->catalogue);
}
