// sluice doctor: what sandboxes this machine can make, by making one, and why not better ones.
#include "cli/commands/commands.h"
#include "cli/terminal.h"
#include "cli/walls/command_walls.h"
#include "cli/walls/git_secrets.h"
#include "model/error.h"
#include "reports/json_writer.h"
#include "runner/sandbox/lane_plan.h"
#include "runner/sandbox/sandbox_executor.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace sluice::cli {

namespace {

struct Line {
  std::string name;
  bool good = false;
  std::string text;
};

sandbox::SandboxSpec example()
{
  sandbox::SandboxSpec spec;
  spec.trees = {std::filesystem::current_path().string()};
  spec.folders = std::filesystem::temp_directory_path().string();
  spec.limits.memory = std::uint64_t{1} << 30;
  spec.limits.processes = 4096;
  const char* const home = std::getenv("HOME");
  spec.home = home ? home : "";
  return spec;
}

std::string try_enclosure()
{
  sandbox::EnclosureSpec spec;
  const std::string here = std::filesystem::current_path().string();
  spec.writable = {here};
  return why_refused(wrapper_of(spec), here);
}

// What a checkout leaves for its next fetch is shown to nobody behind walls; better that it is not there.
void add_git_secrets(std::vector<Line>& list, const std::string& directory)
{
  try {
    const std::vector<GitSecrets> secrets = find_git_secrets(git::Repository::open(directory));
    if (secrets.empty()) return;
    list.push_back({"git", false,
                    fmt::format("tokens or passwords in {}: hidden behind walls only; have the checkout leave none",
                                to_string(secrets))});
  } catch (const Error&) { // no repository here
  }
}

sandbox::SandboxState examine(bool observe)
{
  sandbox::SandboxSpec spec = example();
  spec.observe = spec.fast_paths = observe;
  return sandbox::make_sandbox_executor(spec)->prepare();
}

std::vector<Line> findings(const sandbox::SandboxState& state, const sandbox::SandboxState& observed)
{
  std::vector<Line> list;
  const bool full = state.level == sandbox::SandboxLevel::full;
  list.push_back({"sandbox", full,
                  full ? "full: own processes, files, network, users"
                       : fmt::format("{}: {}", to_string(state.level), state.refused)});
  for (const std::string& loss : state.losses) list.push_back({"missing", false, loss});
  const bool groups = state.limits != "resource limits";
  list.push_back({"limits", groups,
                  groups ? state.limits
                         : "resource limits only: no control group is ours to give out, so memory has no limit and a "
                           "limit of processes counts all of the user's"});
  const bool observes = observed.losses.size() <= state.losses.size();
  list.push_back({"observation", observes, observes ? "seccomp user notification" : observed.losses.back()});
  list.push_back({"fast paths", observed.fast_paths,
                  observed.fast_paths ? "can be turned on for trusted tests ([sandbox] fast_paths)"
                                      : "observation is lacking, or a kernel of 5.14 or newer"});
  return list;
}

std::string as_json(const std::string& level, const std::vector<Line>& list)
{
  std::string text;
  reports::JsonWriter json(text);
  json.begin_object();
  json.number("v", 1);
  json.text("level", level);
  json.begin_array("findings");
  for (const Line& line : list) {
    json.begin_object();
    json.text("name", line.name);
    json.flag("ok", line.good);
    json.text("text", line.text);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return text + "\n";
}

} // namespace

int doctor_command(const Options& options)
{
  std::vector<Line> list;
  std::string level = "none";
  try {
    const sandbox::SandboxState state = examine(false);
    level = to_string(state.level);
    list = findings(state, examine(true));
    const std::string refused = try_enclosure();
    list.push_back({"builds", refused.empty(), refused.empty() ? "behind walls" : "without walls: " + refused});
  } catch (const Error& error) {
    list.push_back({"sandbox", false, error.what()});
  }
  add_git_secrets(list, options.directory);
  if (options.json) {
    write_bytes(as_json(level, list));
    return 0;
  }
  for (const Line& finding : list)
    write_out(fmt::format("{:11} {:3} {}\n", finding.name, finding.good ? "ok" : "no", finding.text));
  if (!options.verbose) return 0;
  const sandbox::LanePlan plan =
    sandbox::plan_lane(example(), sandbox::read_host_facts(), sandbox::SandboxLevel::full, {}, "doctor");
  for (const std::string& line : sandbox::describe(plan)) write_out(line + "\n");
  return 0;
}

} // namespace sluice::cli
