// Asks a GoogleTest program for its cases: in a lane, where it is seen what the answer rests on, else as an ordinary
// command. It remembers nothing.
#pragma once

#include "adapters/frameworks/frameworks.h"
#include "adapters/frameworks/gtest/gtest_names.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::frameworks {

struct GtestAnswer {
  std::vector<GtestName> names;
  std::optional<std::string> rests_on; // as LaneAnswer has it
};

class GtestAsker {
public:
  // `context` outlives it. The lane is made for the first question and kept until this object goes.
  explicit GtestAsker(const ListingContext& context);
  ~GtestAsker();
  GtestAsker(const GtestAsker&) = delete;
  GtestAsker& operator=(const GtestAsker&) = delete;

  // The program at `path` (absolute), as `launch` says where and with which variables. Throws Error{world} when it
  // cannot be started, fails, or does not end in a minute.
  GtestAnswer ask(const std::string& path, const Launch& launch);

private:
  class ExchangeFolder;
  std::optional<GtestAnswer> ask_in_lane(const std::string& path, const Launch& launch);
  GtestAnswer ask_as_command(const std::string& path, const Launch& launch);

  const ListingContext& context_;
  std::unique_ptr<ExchangeFolder> exchange_;
  ListingLane lane_;
  bool no_lane_ = false; // none can be had here
};

} // namespace sluice::frameworks
