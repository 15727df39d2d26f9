// Listings that are remembered together with all that decided them, so that an unchanged project is listed without
// starting anything.
// Every input is compared by content before a remembered listing counts; one that cannot be compared is not remembered
// in the first place. Files that launches name are compared by their stamps, and only programs whose files changed are
// looked at again.
#pragma once

#include "adapters/frameworks/frameworks.h"
#include "adapters/frameworks/launch_facts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::frameworks {

// Where a listing is remembered.
struct ListingKey {
  std::string purpose;
  Digest digest;     // of the file that the listing begins with
  std::string entry; // text_of() the entry; compared like every other input
};

// All else that decided a listing.
struct ListingInputs {
  std::int64_t started = 0; // nanoseconds of the wall clock: what changed since is not trusted to be what was seen
  std::vector<std::pair<std::string, Digest>> files; // absolute; the empty digest: there was none
  std::vector<std::pair<std::string, std::string>> environment;
  // Pairs of files of which the first was not older than the second (CMake's IS_NEWER_THAN).
  std::vector<std::pair<std::string, std::string>> newer;
};

// An entry as one text: two entries that could list differently never give the same.
std::string text_of(const TestsConfig& entry, const std::string& root);

// The value of `name` among "NAME=value"; empty when it is not set.
std::string environment_value(const std::vector<std::string>& environment, std::string_view name);

// True if `first` is as new as `second` or newer, as CMake means it: also when either is missing.
bool is_newer(const std::string& first, const std::string& second);

std::int64_t wall_clock_in_nanoseconds();

// `looked_at` has for each program the paths that LaunchFacts::settle looked at.
void remember_listing(const ListingContext& context, const ListingKey& key, const ListingInputs& inputs,
                      const Listing& listing, const std::vector<std::vector<std::string>>& looked_at);

// nullopt when nothing is remembered or any input differs. Programs that are missing now are told in not_built.
std::optional<Listing> recall_listing(const ListingContext& context, const ListingKey& key, LaunchFacts& facts);

} // namespace sluice::frameworks
