// What a changed file is, by its name and by a listing of tests: policy, configuration, build, CI, test, documentation.
// It does not read files. In doubt a file is what asks for more: a rule on build files that misses one is a hole, one
// that holds for a file too many costs a review. What a file was at the base is another question than what it is now:
// each is asked with the listing of its time.
#pragma once

#include "model/catalogue.h"
#include "model/policy.h"
#include "policy/circumstances.h"

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace sluice::policy {

// The files that tests are written in or started from. Programs that a build makes are among them; no change names one.
class TestFiles {
public:
  TestFiles() = default;
  explicit TestFiles(const Catalogue& catalogue);
  explicit TestFiles(const BaseListing& listing);

  bool has(std::string_view path) const { return files_.contains(path); }
  // Whether one lies below the path, which then is a submodule or a link.
  bool has_below(std::string_view path) const;

private:
  std::set<std::string, std::less<>> files_;
};

// A file may be of several kinds; it is `source` only when it is of none of the others. A path below which a file of
// the kind could lie or a test lies is of that kind, too: it may be a submodule or a link, and stands for all of it.
bool is_kind(std::string_view path, FileKind kind, const Policy& policy, const TestFiles& tests);

} // namespace sluice::policy
