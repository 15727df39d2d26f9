#include "policy/openings.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

namespace sluice::policy {

namespace {

bool has(const std::vector<std::string>& values, const std::string& value)
{
  return std::find(values.begin(), values.end(), value) != values.end();
}

// 0 is no limit.
bool is_lifted(std::uint64_t base, std::uint64_t now)
{
  return base != 0 && (now == 0 || now > base);
}

// Of a path as sluice.toml has it, relative to the repository's root: whether it is nowhere above that.
bool lies_in_tree(std::string_view path)
{
  if (path.starts_with('/')) return false;
  int depth = 0;
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), component.size() + 1));
    if (component == "..") --depth;
    else if (!component.empty() && component != ".") ++depth;
    if (depth < 0) return false;
  }
  return true;
}

} // namespace

std::string_view key_of_opening(std::string_view opening)
{
  return opening.substr(0, opening.find(' '));
}

std::string opening_of_build_folder(const Config& config)
{
  std::string named;
  if (config.build) named = config.build->directory;
  else
    for (const TestsConfig& tests : config.tests)
      if (tests.framework == FrameworkKind::ctest && named.empty()) named = tests.directory;
  return lies_in_tree(named) ? std::string() : fmt::format("directory = \"{}\"", named);
}

std::vector<std::string> openings_of(const Config& config)
{
  const SandboxConfig& sandbox = config.sandbox;
  std::vector<std::string> lines;
  if (!sandbox.isolate) lines.emplace_back("isolate = false");
  if (!sandbox.observe) lines.emplace_back("observe = false");
  if (sandbox.fast_paths) lines.emplace_back(k_fast_paths_opening);
  if (sandbox.tree == SandboxTree::writable) lines.emplace_back("tree = \"writable\"");
  if (sandbox.network == SandboxNetwork::host) lines.emplace_back("network = \"host\"");
  const auto add = [&](const char* key, const std::vector<std::string>& values) {
    for (const std::string& value : values) lines.push_back(fmt::format("{} = \"{}\"", key, value));
  };
  add("show", sandbox.show);
  add("writable", sandbox.writable);
  add("devices", sandbox.devices);
  if (std::string line = opening_of_build_folder(config); !line.empty()) lines.push_back(std::move(line));
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

} // namespace sluice::policy
