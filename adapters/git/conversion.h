// Which files have other bytes on disk than in git: line endings, keyword expansion, encodings, filters.
// For those git's blob id does not say what a test reads (one blob can lie on disk with LF or with CRLF), so it must
// not stand for the file's content. Attributes are evaluated by git itself, and only in repositories that have any
// which matter; everywhere else this costs a look at the index's paths.
#pragma once

#include "adapters/git/git_output.h"
#include "adapters/git/plumbing.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::git {

class Conversions {
public:
  // What is not listed in `verbatim` (NUL-terminated paths, sorted) is converted.
  enum class Extent { nothing, all_but_listed };
  explicit Conversions(Extent extent, std::string_view verbatim = {});
  bool apply_to(std::string_view path) const;

private:
  Extent extent_;
  std::vector<std::string> verbatim_;
};

// True for the names of the attributes that make git do so.
bool converts_content(std::string_view attribute);

Conversions find_conversions(const Plumbing& git, const std::vector<Setting>& settings,
                             const std::vector<IndexEntry>& index, const std::vector<StatusEntry>& status);

// Names of the filter drivers that the configuration defines.
std::vector<std::string> filter_names(const std::vector<Setting>& settings);

} // namespace sluice::git
