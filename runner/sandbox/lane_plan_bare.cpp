#include "runner/sandbox/lane_plan.h"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <sys/resource.h>
#include <utility>

namespace sluice::sandbox {

namespace {

constexpr std::array<std::string_view, 6> k_devices{"null", "zero", "full", "random", "urandom", "tty"};

// Without namespaces: what is left.
LanePlan plan_bare(const SandboxSpec& spec, const HostFacts& host, const std::string& lane_folder,
                   const std::string& name)
{
  LanePlan plan;
  plan.level = SandboxLevel::bare;
  std::int32_t slot = 0;
  const auto add = [&](StepKind kind, std::string title, std::string reason, std::string loss) -> Step& {
    Step& step = plan.steps.emplace_back();
    step.kind = kind;
    step.name = std::move(title);
    step.reason = std::move(reason);
    step.loss = std::move(loss);
    return step;
  };
  const auto allow_as = [&](FileKind kind, const std::string& path) {
    Step& keep = add(StepKind::keep, fmt::format("writable: {}", path), "", "");
    keep.text = path;
    keep.slot = slot;
    Step& rule = add(StepKind::write_only_below, fmt::format("writable: {}", path), "", "");
    rule.slot = slot++;
    rule.number = kind == FileKind::file;
  };
  const auto allow = [&](const std::string& path) {
    if (const FileKind kind = host.status(path).kind; kind != FileKind::absent) allow_as(kind, path);
  };
  const std::string base = spec.folders + "/" + name;
  plan.host_folders = {base + "-home", base + "-tmp"};
  for (const std::string& folder : plan.host_folders) allow_as(FileKind::folder, folder); // they are yet to be made
  for (const std::string_view device : k_devices) allow(fmt::format("/dev/{}", device));
  for (const char* device : {"/dev/ptmx", "/dev/pts", "/dev/shm"}) allow(device);
  for (const std::string& path : spec.devices) allow(path);
  for (const std::string& path : spec.writable) allow(path);
  if (spec.tree_mode != TreeMode::read_only)
    for (const std::string& tree : spec.trees) allow(tree);
  if (!lane_folder.empty()) allow(lane_folder);
  add(StepKind::landlock, "writing elsewhere is refused by Landlock", "when all exceptions are named",
      "tests can write wherever the user can");
  for (const auto& [resource, value] :
       {std::pair{RLIMIT_CORE, std::uint64_t{0}}, std::pair{RLIMIT_FSIZE, spec.limits.file_size}}) {
    if (value == 0 && resource != RLIMIT_CORE) continue;
    Step& step = add(StepKind::limit, "limits", "inherited by every test of the lane", "");
    step.number = static_cast<std::uint64_t>(resource);
    step.number2 = value;
  }
  add(StepKind::drop_rights, "no capabilities, no new privileges", "last, since steps before may need them", "");
  plan.environment = {"HOME=" + base + "-home", "TMPDIR=" + base + "-tmp"};
  plan.view.private_folders = plan.host_folders;
  if (!lane_folder.empty()) plan.view.private_folders.push_back(lane_folder);
  // Where there is no Landlock to refuse it, writing elsewhere is a finding all the more.
  plan.view.guarded = true;
  plan.view.places.push_back({"/dev/shm", "/dev/shm", "", true});
  for (const std::string& tree : spec.trees)
    plan.view.places.push_back({tree, tree, "", spec.tree_mode != TreeMode::read_only});
  for (const std::string& path : spec.writable) plan.view.places.push_back({path, path, "", true});
  return plan;
}

} // namespace

LanePlan plan_lane(const SandboxSpec& spec, const HostFacts& host, SandboxLevel level, const std::string& lane_folder,
                   const std::string& name)
{
  if (level == SandboxLevel::bare) return plan_bare(spec, host, lane_folder, name);
  return plan_walls(spec, host, lane_folder);
}

std::vector<std::string> describe(const LanePlan& plan)
{
  std::vector<std::string> lines;
  std::string last;
  for (const Step& step : plan.steps) {
    if (step.name == last) continue;
    last = step.name;
    const std::string number = std::to_string(lines.size() + 1);
    lines.push_back(step.reason.empty() ? fmt::format("{}. {}", number, step.name)
                                        : fmt::format("{}. {} ({})", number, step.name, step.reason));
  }
  return lines;
}

} // namespace sluice::sandbox
