#include "cli/walls/sandbox.h"

#include "cli/build/build_place.h"
#include "cli/terminal.h"
#include "cli/walls/command_walls.h"
#include "cli/walls/git_secrets.h"
#include "model/error.h"
#include "model/path.h"
#include "policy/openings.h"
#include "runner/sandbox/lane_plan.h"
#include "runner/sandbox/process_executor.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string_view>
#include <unistd.h>

namespace sluice::cli {

namespace {

sandbox::TreeMode tree_mode(SandboxTree tree)
{
  switch (tree) {
  case SandboxTree::copy_on_write:
    return sandbox::TreeMode::copy_on_write;
  case SandboxTree::read_only:
    return sandbox::TreeMode::read_only;
  case SandboxTree::writable:
    return sandbox::TreeMode::writable;
  }
  return sandbox::TreeMode::copy_on_write;
}

sandbox::SandboxLevel least_level(SandboxDemand demand)
{
  switch (demand) {
  case SandboxDemand::full:
    return sandbox::SandboxLevel::full;
  case SandboxDemand::partial:
    return sandbox::SandboxLevel::partial;
  case SandboxDemand::bare:
    return sandbox::SandboxLevel::bare;
  case SandboxDemand::none:
    return sandbox::SandboxLevel::none;
  }
  return sandbox::SandboxLevel::full;
}

void add_places(std::vector<std::string>& to, const std::vector<std::string>& names, const Project& project)
{
  for (const std::string& name : names) to.push_back(place_of(project, name));
}

// What is not there cannot be shown, and a test that was to keep a cache in it loses that each time.
void tell_missing_places(std::string_view key, const std::vector<std::string>& names, const Project& project)
{
  std::error_code ignored;
  for (const std::string& name : names)
    if (!std::filesystem::exists(place_of(project, name), ignored))
      write_error(fmt::format("sluice: {} of [sandbox] names {}, which is not there: make it, or take the name out\n",
                              key, name));
}

// Without namespaces nothing can lie on top of a file.
void tell_open_secrets(const Project& project)
{
  const std::vector<GitSecrets> secrets = find_git_secrets(project.repository);
  if (!secrets.empty())
    write_error(
      fmt::format("sluice: tests can read what opens other doors in {}: keep it from this run (of a checkout: "
                  "persist-credentials: false)\n",
                  to_string(secrets)));
}

} // namespace

sandbox::SandboxSpec sandbox_spec(const Project& project, const Options& options,
                                  const std::vector<std::string>& environment, const std::string& scratch)
{
  require_harmless_places(project);
  const SandboxConfig& config = project.config.sandbox;
  const char* const home = std::getenv("HOME");
  sandbox::SandboxSpec spec;
  spec.trees.push_back(project.root);
  if (!project.build_directory.empty() && !lies_in(project.build_directory, project.root))
    spec.trees.push_back(project.build_directory);
  spec.tree_mode = tree_mode(config.tree);
  spec.home = home ? home : "";
  spec.hidden = sandbox::places_of_secrets(spec.home, whole_environment());
  spec.hidden.push_back(project.state);
  spec.hidden.insert(spec.hidden.end(), project.secrets.begin(), project.secrets.end());
  spec.masked = masks_of_git_secrets(project);
  spec.shown = sandbox::places_of_tools(spec.home, environment);
  add_places(spec.hidden, config.hide, project);
  add_places(spec.shown, config.show, project);
  add_places(spec.writable, config.writable, project);
  if (!project.build_directory.empty()) spec.shared.push_back(project.build_directory);
  spec.devices = config.devices;
  spec.network = config.network == SandboxNetwork::none ? sandbox::NetworkMode::none : sandbox::NetworkMode::host;
  spec.limits.memory = config.memory;
  spec.limits.processes = static_cast<std::uint64_t>(config.processes);
  spec.limits.disk = config.disk;
  spec.least = least_level(config.level);
  spec.observe = config.observe && options.observe;
  spec.folders = scratch;
  spec.keep_written = config.keep_written;
  return spec;
}

void require_tests_unhidden(const Project& project, const Catalogue& catalogue)
{
  if (project.config.sandbox.hide.empty()) return;
  std::set<std::string> files;
  for (const Program& program : catalogue.programs) files.insert(program.files.begin(), program.files.end());
  for (const TestCase& test : catalogue.tests) files.insert(test.file);
  files.erase("");
  for (const std::string& hidden : project.config.sandbox.hide) {
    const std::string place = std::filesystem::path(place_of(project, hidden)).lexically_normal().string();
    for (const std::string& file : files)
      if (lies_in(file.starts_with('/') ? file : project.root + "/" + file, place))
        throw Error(ErrorKind::configuration,
                    fmt::format("sluice.toml: [sandbox] hide = \"{}\" hides {}, which is of a test", hidden, file),
                    "hide what tests have no need of");
  }
}

bool isolates(const Project& project, const Options& options)
{
  return options.sandbox && project.config.sandbox.isolate;
}

std::string walls_text(const sandbox::SandboxState& state)
{
  std::string text(to_string(state.level));
  for (const std::string& loss : state.losses) text += '\n' + loss;
  return text;
}

MadeExecutor make_executor(const Project& project, const Options& options, const std::vector<std::string>& environment,
                           const std::string& scratch, FastPaths fast)
{
  MadeExecutor made;
  const SandboxConfig& config = project.config.sandbox;
  made.report.openings = policy::openings_of(project.config);
  if (fast == FastPaths::no) std::erase(made.report.openings, policy::k_fast_paths_opening);
  made.report.openings.insert(made.report.openings.end(), project.withheld.begin(), project.withheld.end());
  if (!isolates(project, options)) {
    if (config.level != SandboxDemand::none)
      write_error(fmt::format("sluice: {}, though level = \"{}\" in sluice.toml demands a sandbox\n",
                              options.sandbox ? "isolate = false" : "--no-sandbox",
                              to_string(least_level(config.level))));
    tell_open_secrets(project);
    made.report.refused = config.isolate ? "--no-sandbox" : "sluice.toml: isolate = false";
    made.executor = sandbox::make_process_executor();
    return made;
  }
  tell_missing_places("show", config.show, project);
  tell_missing_places("writable", config.writable, project);
  sandbox::SandboxSpec spec = sandbox_spec(project, options, environment, scratch);
  spec.fast_paths = fast == FastPaths::yes && spec.observe;
  auto executor = sandbox::make_sandbox_executor(std::move(spec));
  const sandbox::SandboxState& state = executor->prepare();
  if (fast == FastPaths::yes && !state.fast_paths) std::erase(made.report.openings, policy::k_fast_paths_opening);
  if (state.level != sandbox::SandboxLevel::full)
    write_error(fmt::format("sluice: the sandbox is only {} ({}); sluice doctor says what is missing\n",
                            to_string(state.level), state.refused));
  if (state.level != sandbox::SandboxLevel::full && state.level != sandbox::SandboxLevel::partial)
    tell_open_secrets(project);
  made.confinement = {walls_text(state), fast};
  made.report.level = state.level;
  made.report.refused = state.refused;
  made.report.losses = state.losses;
  made.report.limits = state.limits;
  made.report.observed = state.observed;
  if (const std::string why = why_no_walls(project); !why.empty()) {
    made.report.losses.push_back(fmt::format("builds and listings had no walls: {}", why));
    if (made.report.level == sandbox::SandboxLevel::full) made.report.level = sandbox::SandboxLevel::partial;
    if (made.report.refused.empty()) made.report.refused = made.report.losses.back();
    if (made.report.level > least_level(config.level))
      throw Error(ErrorKind::world, fmt::format("a full sandbox is demanded, but {}", made.report.losses.back()),
                  "sluice doctor says what this machine can do");
  }
  if (!options.observe) made.report.losses.emplace_back("--no-observe: nobody watches what tests use");
  else if (!config.observe)
    made.report.losses.emplace_back("sluice.toml: observe = false: nobody watches what tests use");
  made.executor = std::move(executor);
  return made;
}

} // namespace sluice::cli
