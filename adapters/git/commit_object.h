// Raw commit objects as values: a pure function over the stored bytes, so that it can be fuzzed.
// No mailmap, no re-encoding (an "encoding" header is passed over and the message stays as it is), no trailers, no
// signatures. Names and times of a malformed line are kept as far as they can be read: a commit that cannot be
// understood must still be judged.
#pragma once

#include "model/change_set.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

struct CommitObject {
  Commit commit;
  std::string tree; // hexadecimal; empty when the object names none
};

CommitObject parse_commit(std::string id, std::string_view object);

// Objects in the output of `git cat-file --batch`, in the order asked for. Throws Error{world} when the output is cut
// short; an object that git does not have is nullopt.
struct BatchObject {
  std::string id;
  std::string_view type;
  std::string_view content; // views into the output
};
std::vector<std::optional<BatchObject>> parse_batch(std::string_view output);

} // namespace sluice::git
