// The entry point of libFuzzer with the bytes as text, which is what every reader here takes.
// A target defines fuzz(); it may abort, nothing else counts as a finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

void fuzz(std::string_view bytes);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
  fuzz({reinterpret_cast<const char*>(bytes), size});
  return 0;
}

// What must hold for any input.
inline void require(bool holds)
{
  if (!holds) std::abort();
}
