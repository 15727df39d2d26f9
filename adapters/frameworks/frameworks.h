// The test frameworks: listing tests into a Catalogue, and the runner's Framework for each kind.
// Listing does not decide what runs and knows no plan. What is listed once is remembered by the content of all that
// decided it; what cannot be compared by content is listed anew. What a program used while it listed is told by the
// lane that it ran in; how that is observed and compared is the caller's business.
#pragma once

#include "model/catalogue.h"
#include "model/config.h"
#include "model/digest.h"
#include "runner/executor.h"
#include "runner/framework.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::frameworks {

// What a program did that was started in a lane.
struct LaneAnswer {
  int exit_code = 0; // 128 + signal when a signal ended it
  bool timed_out = false;
  std::string output; // standard output and error
  // All that the answer rests on, in the caller's own terms (ListingContext::holds reads them); nullopt when not all of
  // it is known. Then the answer counts now and is not remembered.
  std::optional<std::string> rests_on;
};

// Starts a program in an observed sandbox and returns when it has ended, at the latest after `limit`. nullopt: it
// cannot be started in one; no sandbox is left then, and other commands may be started.
using ListingLane =
  std::function<std::optional<LaneAnswer>(const runner::Command& command, std::chrono::milliseconds limit)>;

// What listing asks of the world beyond the file system; the caller brings the store and the digests.
struct ListingContext {
  std::string root;                     // repository root, absolute
  std::vector<std::string> environment; // what programs inherit, "NAME=value"
  // CommandLine::wrapper of what is asked, which also writes to this folder (absolute; empty: to none). May be empty.
  std::function<std::vector<std::string>(const std::string& written)> wrapper;
  std::vector<std::string> files;                   // files of the tree, repository-relative, for globs
  std::function<Digest(const std::string&)> digest; // loaded-content digest of an absolute path
  bool built_later = false;                         // a build step is still to come: programs may not be there yet
  // Whether an earlier build has left this file (repository-relative or absolute), and nothing makes it any more.
  std::function<bool(const std::string& path)> left_over = [](const std::string&) { return false; };
  // Where programs are asked for their cases. While what it returns lives nothing else must be started. Without this
  // function they are ordinary commands, which nobody observes: asked each time.
  std::function<ListingLane()> lane;
  std::function<bool(std::string_view rests_on)> holds; // whether all of that is still as it was
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
