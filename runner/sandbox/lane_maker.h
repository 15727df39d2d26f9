// Makes lanes at the best level that the machine and the specification allow. The first lane decides the level; later
// lanes are made at that level or not at all, so that the level that is reported holds for the whole run.
#pragma once

#include "runner/sandbox/control_group.h"
#include "runner/sandbox/fast_path/fast_image.h"
#include "runner/sandbox/lane.h"
#include "runner/sandbox/lane_watch.h"
#include "runner/sandbox/sandbox_executor.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice::sandbox {

// A lane with all that is there for it. Destroying it ends what runs in it, and leaves nothing.
struct MadeLane {
  std::uint64_t number = 0; // never used again
  std::unique_ptr<ControlGroup> group;
  std::unique_ptr<Lane> lane;
  std::unique_ptr<LaneWatch> watch; // null: not observed
  bool fast = false;                // its filter lets the fast path pass
  std::vector<std::string> folders; // on the host, of level `bare`

  MadeLane() = default;
  MadeLane(const MadeLane&) = delete;
  MadeLane& operator=(const MadeLane&) = delete;
  ~MadeLane();
};

using LaneOrFailure = std::variant<std::unique_ptr<MadeLane>, LaneFailure>;

class LaneMaker {
public:
  explicit LaneMaker(SandboxSpec spec);

  // A lane for programs that exchange files by this folder (empty: none) and, when it shares, write into the folders
  // that the specification shares. Throws Error{world} only when the machine has no random numbers.
  LaneOrFailure make(const std::string& exchange, bool shares);

  // What the lanes are; `level` is `none` until the first is made.
  const SandboxState& state() const { return state_; }
  const SandboxSpec& spec() const { return spec_; }

private:
  LaneOrFailure first(const std::string& exchange, bool shares);
  LaneOrFailure another(const std::string& exchange, bool shares);
  LaneOrFailure at_level(SandboxLevel level, const std::string& exchange, bool shares);
  void note(const MadeLane& made, SandboxLevel level, std::string refused);

  SandboxSpec spec_;
  Fd image_;
  FastImages fast_images_; // empty without the fast path; lanes refer to it
  HostFacts host_;
  std::optional<SandboxLevel> level_; // of the lanes; known when the first is made
  SandboxState state_;
  std::uint64_t last_ = 0;
};

} // namespace sluice::sandbox
