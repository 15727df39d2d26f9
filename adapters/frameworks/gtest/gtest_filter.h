// The selection arguments by which a GoogleTest program runs just these cases.
// All enabled cases of a program need only "*"; any other set is named case by case, since gtest (1.12 and up) looks
// exact names up in a hash table, while wildcards are tried one by one for each test and could run what nobody asked
// for. A long list goes through --gtest_flagfile in the batch's scratch folder: one argument may have 128 KiB.
#pragma once

#include "runner/framework.h"

#include <string>
#include <vector>

namespace sluice::frameworks {

// True if gtest would leave the case out unless it is told to run disabled ones.
bool is_disabled_name(std::string_view selector);

// Appends the arguments; may write `request.scratch`/flags. Throws Error{world} when that fails.
void append_selection(const runner::BatchRequest& request, std::vector<std::string>& arguments);

} // namespace sluice::frameworks
