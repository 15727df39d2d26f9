#include "cli/walls/held_walls.h"

#include "cli/gate/base_policy.h"
#include "cli/walls/sandbox.h"
#include "policy/conduct_demands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

bool has(const std::vector<std::string>& values, const std::string& value)
{
  return std::find(values.begin(), values.end(), value) != values.end();
}

// 0 is no limit.
bool is_lifted(std::uint64_t base, std::uint64_t now)
{
  return base != 0 && (now == 0 || now > base);
}

// Of a build folder that does not lie in the tree: builds write there. Empty if it does.
std::string opened_by_build_folder(const Config& config)
{
  std::string named;
  if (config.build) named = config.build->directory;
  else
    for (const TestsConfig& tests : config.tests)
      if (tests.framework == FrameworkKind::ctest && named.empty()) named = tests.directory;
  const fs::path folder = fs::path(named).lexically_normal();
  const bool in_tree = folder.empty() || (folder.is_relative() && *folder.begin() != "..");
  return in_tree ? std::string() : fmt::format("directory = \"{}\"", named);
}

} // namespace

std::vector<std::string> openings_of(const Config& config)
{
  const SandboxConfig& sandbox = config.sandbox;
  std::vector<std::string> lines;
  if (!sandbox.isolate) lines.emplace_back("isolate = false");
  if (!sandbox.observe) lines.emplace_back("observe = false");
  if (sandbox.fast_paths) lines.emplace_back(k_fast_paths);
  if (sandbox.tree == SandboxTree::writable) lines.emplace_back("tree = \"writable\"");
  if (sandbox.network == SandboxNetwork::host) lines.emplace_back("network = \"host\"");
  const auto add = [&](const char* key, const std::vector<std::string>& values) {
    for (const std::string& value : values) lines.push_back(fmt::format("{} = \"{}\"", key, value));
  };
  add("show", sandbox.show);
  add("writable", sandbox.writable);
  add("devices", sandbox.devices);
  if (std::string line = opened_by_build_folder(config); !line.empty()) lines.push_back(std::move(line));
  if (!config.build) return lines;
  if (!config.build->isolate) lines.emplace_back("[build] isolate = false");
  add("[build] writable", config.build->writable);
  return lines;
}

std::vector<std::string> new_openings(const Config& base, const Config& config)
{
  const std::vector<std::string> before = openings_of(base);
  std::vector<std::string> lines;
  for (std::string& line : openings_of(config))
    if (!has(before, line)) lines.push_back(std::move(line));
  for (const std::string& hidden : base.sandbox.hide)
    if (!has(config.sandbox.hide, hidden)) lines.push_back(fmt::format("without hide = \"{}\"", hidden));
  // What is hidden is empty: a script that passes, or what a result is compared with.
  for (const std::string& hidden : config.sandbox.hide)
    if (!has(base.sandbox.hide, hidden)) lines.push_back(fmt::format("hide = \"{}\"", hidden));
  for (const std::string& name : config.run.pass_environment)
    if (!has(base.run.pass_environment, name)) lines.push_back(fmt::format("pass_environment = \"{}\"", name));
  const auto limit = [&](const char* key, std::uint64_t then, std::uint64_t now) {
    if (is_lifted(then, now)) lines.push_back(fmt::format("{} = {}", key, now));
  };
  limit("memory", base.sandbox.memory, config.sandbox.memory);
  limit("processes", static_cast<std::uint64_t>(base.sandbox.processes),
        static_cast<std::uint64_t>(config.sandbox.processes));
  limit("disk", base.sandbox.disk, config.sandbox.disk);
  const bool offline = base.build && !base.build->network;
  if (offline && config.build && config.build->network) lines.emplace_back("without [build] network = false");
  return lines;
}

void hold_walls(Project& project, const ChangeSet& change, const Policy& policy)
{
  if (std::none_of(policy.rules.begin(), policy.rules.end(), policy::demands_conduct)) return;
  const Config base = config_of_base(project.repository, change).value_or(Config{});
  project.withheld = new_openings(base, project.config);
  if (project.withheld.empty()) return;
  project.config.sandbox = base.sandbox;
  project.config.run.pass_environment = base.run.pass_environment;
  if (const std::string line = opened_by_build_folder(project.config); has(project.withheld, line)) {
    // Where the base builds; a change that is not built there is red.
    if (project.config.build) project.config.build->directory = base.build ? base.build->directory : "build";
    project.build_directory = build_directory_of(project.root, project.config.build ? project.config : base);
  }
  if (!project.config.build) return;
  const BuildConfig walls = base.build.value_or(BuildConfig{});
  project.config.build->isolate = walls.isolate;
  project.config.build->network = walls.network;
  project.config.build->writable = walls.writable;
}

} // namespace sluice::cli
