// What a changed file is, by its name and by a listing of tests: policy, configuration, build, CI, test, documentation.
// It does not read files. When in doubt a file gets the stricter kind: missing a build file is a hole, one too many
// costs a review. What a file was at the base and what it is now are two questions: each is asked with the listing of
// its time.
#pragma once

#include "model/catalogue.h"
#include "model/policy.h"
#include "policy/circumstances.h"

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace sluice::policy {

// The files that tests are written in or started from. Programs that a build makes are among them, though no change can
// name one.
class TestFiles {
public:
  TestFiles() = default;
  explicit TestFiles(const Catalogue& catalogue);
  explicit TestFiles(const BaseListing& listing);

  bool has(std::string_view path) const { return files_.contains(path); }
  // Whether such a file lies below the path; the path then is a submodule or a link.
  bool has_below(std::string_view path) const;

private:
  std::set<std::string, std::less<>> files_;
};

// A file may have several kinds; it is `source` only if it has none of the others. A path has a kind also if a file of
// that kind could lie below it, or a test does: it may be a submodule or a link, which stands for all that is below.
bool is_kind(std::string_view path, FileKind kind, const Policy& policy, const TestFiles& tests);

} // namespace sluice::policy
