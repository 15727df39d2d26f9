#include "adapters/git/git_output.h"
#include "model/error.h"
#include "tests/fuzz/fuzz_input.h"

// git's output is read, or refused as a failure of the world: half an answer is none.
void fuzz(std::string_view bytes)
{
  using namespace sluice::git;
  for (const auto read :
       {+[](std::string_view text) { parse_raw_diff(text); }, +[](std::string_view text) { parse_status(text); },
        +[](std::string_view text) { parse_index_listing(text); },
        +[](std::string_view text) { parse_settings(text); }}) {
    try {
      read(bytes);
    } catch (const sluice::Error& error) {
      require(error.kind() == sluice::ErrorKind::world);
    }
  }
}
