#include "policy/dsse.h"
#include "policy/signed_records.h"
#include "tests/fuzz/fuzz_input.h"

// What is not signed is not handed out, and what is written can be read again.
void fuzz(std::string_view bytes)
{
  using namespace sluice::policy;
  const auto none = [](std::string_view, std::string_view, std::string_view) { return false; };
  if (const auto opened = open_envelope(bytes, none)) require(opened->payload.empty() && opened->key_ids.empty());
  require(from_base64(base64(bytes)) == bytes);
  const std::string line = envelope(bytes, {{"key", [](std::string_view) { return std::string("s"); }}});
  const auto all = [](std::string_view, std::string_view, std::string_view) { return true; };
  const auto opened = open_envelope(line, all);
  require(opened && opened->payload == bytes);
  if (const auto record = read_record(bytes)) require(read_record(record_text(*record)).has_value());
  (void)read_record_file(bytes);
}
