// The test frameworks: listing tests into a Catalogue, and the runner's Framework for each kind.
// Listing does not decide what runs and knows no plan. What is listed once is remembered by the content of all that
// decided it; what cannot be compared by content is listed anew.
#pragma once

#include "model/catalogue.h"
#include "model/config.h"
#include "model/digest.h"
#include "runner/framework.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

// What listing asks of the world beyond the file system; the caller brings the store and the digests.
struct ListingContext {
  std::string root;                                  // repository root, absolute
  std::vector<std::string> environment;              // what programs inherit, "NAME=value"
  std::function<std::vector<std::string>()> wrapper; // CommandLine::wrapper of what is asked; may be empty
  std::vector<std::string> files;                    // files of the tree, repository-relative, for globs
  std::function<Digest(const std::string&)> digest;  // loaded-content digest of an absolute path
  // Shared libraries that the native program at an absolute path loads, absolute; nullopt when not all are known. Test
  // cases may live in them: without this function, or where it does not know, GoogleTest programs are listed anew
  // each time.
  std::function<std::optional<std::vector<std::string>>(const std::string&)> libraries;
  std::function<std::optional<std::string>(std::string_view purpose, const Digest& key)> remembered;
  std::function<void(std::string_view purpose, const Digest& key, std::string_view value)> remember;
};

struct Listing {
  Catalogue catalogue;
  // Programs that should have tests and are not built yet, as target or file names: the plan must build them first.
  std::vector<std::string> not_built;
};

// Lists every entry of the configuration. Throws Error{configuration} for an entry that cannot be right (a glob that
// matches nothing is reported by name), Error{world} when a program fails to list its tests.
Listing list(const std::vector<TestsConfig>& tests, const ListingContext& context);

// The framework for a program of any kind.
const runner::Framework& framework_of(const Program& program);

} // namespace sluice::frameworks
