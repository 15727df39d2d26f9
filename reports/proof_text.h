// The inputs of a proof, and the tests that use a file, for people and programs. It does not know the store nor whether
// a proof holds.
#pragma once

#include "model/plan.h"
#include "model/proof.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

enum class Shown { first, all };

// True if the set is what a test was seen to use; false if it is what build facts say.
bool is_observed(const InputSet& inputs);

// Counts by kind, then the inputs by name, those of the repository first; only the first few unless all are asked for.
std::string inputs_text(const InputSet& inputs, Shown which);

// "read", "looked for, not there", "listed": how a test uses it.
std::string_view use_words(const Input& input);

// One object (docs/formats/plan.md, "why"). `inputs` may be absent: there is no proof.
std::string why_json(std::string_view test, const Decision& decision, const std::optional<InputSet>& inputs);

// Uses of one test stand together.
struct FileUse {
  std::string test;
  Input input;
};
std::string file_uses_text(std::string_view file, const std::vector<FileUse>& uses, Shown which);
std::string file_uses_json(std::string_view file, const std::vector<FileUse>& uses);

} // namespace sluice::reports
