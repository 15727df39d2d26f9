// Programs that list their own tests, in an observed sandbox: what the list rests on is what the program was seen to
// use, compared like the inputs of a test's proof. It does not know what is asked nor what is remembered.
#pragma once

#include "adapters/frameworks/frameworks.h"
#include "cli/selection/inputs.h"
#include "cli/selection/observed_inputs.h"
#include "cli/selection/picture.h"

#include <chrono>
#include <string>
#include <string_view>

namespace sluice::cli {

class ListingWitness {
public:
  // What changed since `begin` may have changed after it was seen or compared: the moment before anything is listed.
  // All outlive this object; of `picture` the tree and the environment must be there.
  ListingWitness(const Project& project, const Picture& picture, cache::FileDigests& digests,
                 std::chrono::system_clock::time_point begin);

  // A sandbox for programs that list (ListingContext::lane), which lives as long as what is returned; an empty function
  // where none can be had or none is wanted. A stop signal that comes while a program runs ends this process as if
  // there were no sandbox.
  frameworks::ListingLane make_lane();

  // ListingContext::holds.
  bool holds(std::string_view rests_on);

private:
  frameworks::LaneAnswer answer_of(const runner::Command& command, const runner::Ended& ended, std::string output);
  std::optional<std::string> rests_on(const runner::Command& command, const runner::Ended& ended);

  const Project& project_;
  const Picture& picture_;
  cache::FileDigests& digests_;
  CurrentInputs inputs_;
  ObservedInputs observed_;
};

// A set of inputs as text and back; nullopt for a text that is none.
std::string encode_inputs(const InputSet& inputs);
std::optional<InputSet> decode_inputs(std::string_view text);

} // namespace sluice::cli
