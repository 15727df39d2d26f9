// From what a sandbox shall be (sandbox_spec.h) and what the host has to the steps that make it: a pure function, so
// that the steps can be printed, and tested, without making anything. lane.h has them carried out by the zygote.
#pragma once

#include "runner/sandbox/lane_view.h"
#include "runner/sandbox/sandbox_spec.h"
#include "runner/sandbox/zygote/zygote_protocol.h"

#include <functional>
#include <string>
#include <vector>

namespace sluice::sandbox {

enum class FileKind { absent, folder, file };

// What the plan must know of the host.
struct HostFacts {
  std::uint32_t user = 0, group = 0;
  std::string user_map, group_map; // for a new user namespace: "0 0 1"; several lines only as root
  bool deny_setgroups = true;
  struct Status {
    FileKind kind = FileKind::absent;
    std::uint32_t mode = 0755, user = 0, group = 0;
  };
  std::function<Status(const std::string& path)> status;         // follows symbolic links
  std::function<std::string(const std::string& path)> real_path; // without links; empty if it is not there
  std::vector<std::string> mounts;                               // where something is mounted, parents first
};

HostFacts read_host_facts();

struct Step {
  StepKind kind{};
  std::uint32_t flags = 0;
  std::int32_t slot = -1, other = -1, group = -1;
  std::uint64_t number = 0, number2 = 0;
  std::string text, text2;
  std::string name;   // "the source tree is copied on write: /work/x"; several steps in a row may share one
  std::string reason; // why it is there, and why at this place
  std::string loss;   // what is missing when it fails; empty: nothing that a test would notice
};

struct LanePlan {
  SandboxLevel level = SandboxLevel::full;
  unsigned namespaces = 0; // CLONE_NEW...
  std::vector<Step> steps;
  LaneView view;
  std::vector<std::string> environment;  // "NAME=value" sets, "NAME" takes away
  std::vector<std::string> host_folders; // level `bare`: to be made, emptied after each test, removed at the end
};

// `lane_folder`: the host folder that batches of the lane share with the runner (results); may be empty.
// `name` distinguishes lanes.
LanePlan plan_lane(const SandboxSpec& spec, const HostFacts& host, SandboxLevel level, const std::string& lane_folder,
                   const std::string& name);

// Its part for the levels that have namespaces.
LanePlan plan_walls(const SandboxSpec& spec, const HostFacts& host, const std::string& lane_folder);

// The named steps in their order, with their reasons: what `sluice doctor -v` and the manual show.
std::vector<std::string> describe(const LanePlan& plan);

} // namespace sluice::sandbox
