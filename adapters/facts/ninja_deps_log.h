// .ninja_deps as values: for each output the files that the compiler said it read.
// Versions 3 (ninja 1.5 to 1.8: time in seconds) and 4 (since: nanoseconds). The format is in ninja's src/deps_log.h: a
// header, then records of two kinds, each behind its length; a later record of an output replaces the earlier one.
// Pure: bytes in, values out, never throws; what cannot be read ends the reading, as in ninja.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::facts {

struct NinjaDepsLog {
  struct Record {
    std::int64_t mtime = 0;   // of the output when the record was written; nanoseconds (version 3: seconds)
    std::string_view inputs;  // bytes: 4 for each path number
    std::uint32_t output = 0; // path number
    std::size_t size() const { return inputs.size() / 4; }
    std::uint32_t input(std::size_t index) const
    {
      std::uint32_t number = 0;
      std::memcpy(&number, inputs.data() + 4 * index, 4);
      return number;
    }
  };

  int version = 0;
  std::vector<std::string_view> paths; // by number, spelled as ninja does
  std::vector<Record> records;         // the last for each output; every path number is within `paths`
  std::string problem;                 // empty, or why the reading ended early
};

// The bytes must outlive the result.
NinjaDepsLog read_ninja_deps_log(std::string_view bytes);

} // namespace sluice::facts
