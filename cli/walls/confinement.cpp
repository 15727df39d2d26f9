#include "cli/walls/confinement.h"

#include "cache/hashing.h"
#include "cli/version.h"
#include "model/error.h"
#include "runner/sandbox/sandbox_executor.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <sys/utsname.h>
#include <unistd.h>

namespace sluice::cli {

namespace {

constexpr const char* k_purpose = "confinement";

// Files by which a kernel allows or forbids what a sandbox is made of, and by which it is known to have started anew.
constexpr std::array<const char*, 13> k_settings{"/proc/sys/kernel/random/boot_id",
                                                 "/proc/sys/kernel/unprivileged_userns_clone",
                                                 "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
                                                 "/proc/sys/user/max_user_namespaces",
                                                 "/proc/sys/user/max_mnt_namespaces",
                                                 "/proc/sys/user/max_pid_namespaces",
                                                 "/proc/sys/user/max_net_namespaces",
                                                 "/proc/sys/user/max_ipc_namespaces",
                                                 "/proc/sys/user/max_uts_namespaces",
                                                 "/proc/sys/user/max_cgroup_namespaces",
                                                 "/proc/self/attr/current",
                                                 "/proc/self/uid_map",
                                                 "/proc/self/gid_map"};

constexpr std::array<const char*, 6> k_namespaces{"user", "mnt", "pid", "net", "ipc", "cgroup"};

constexpr std::array<std::string_view, 4> k_rights{"Cap", "NoNewPrivs", "Seccomp", "Groups"};

std::string text_of(const char* file)
{
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// What the kernel lets this process do.
std::string rights()
{
  std::ifstream status("/proc/self/status");
  std::string kept;
  for (std::string line; std::getline(status, line);)
    for (const std::string_view right : k_rights)
      if (line.starts_with(right)) kept += line + '\n';
  return kept;
}

// Everything that a sandbox of this project on this machine hangs on, as far as it can be told without making one.
Digest key_of(const Project& project, const Options& options, FastPaths fast)
{
  utsname kernel{};
  ::uname(&kernel);
  const char* const home = std::getenv("HOME");
  std::string all =
    fmt::format("{} {} {}\n{} {}\n{} {}\n{}\n{}\n{}\n{}\n{}\n", k_version, options.observe, fast == FastPaths::yes,
                ::geteuid(), ::getegid(), kernel.release, kernel.version, rights(), project.root,
                project.build_directory, home ? home : "", to_hex(cache::sha256(project.config_text)));
  for (const std::string& withheld : project.withheld) all += withheld + '\n';
  for (const char* file : k_settings) all += fmt::format("{}: {}\n", file, text_of(file));
  std::error_code ignored;
  for (const char* space : k_namespaces)
    all += std::filesystem::read_symlink(fmt::format("/proc/self/ns/{}", space), ignored).string() + '\n';
  return cache::sha256(all);
}

} // namespace

Confinement confinement_of(const Project& project, const Options& options, const std::vector<std::string>& environment,
                           FastPaths fast, cache::Store& store)
{
  if (!isolates(project, options)) return {};
  if (auto kept = store.remembered(k_purpose, key_of(project, options, fast))) return {std::move(*kept), fast};
  sandbox::SandboxSpec spec = sandbox_spec(project, options, environment, project.state);
  spec.fast_paths = fast == FastPaths::yes && spec.observe;
  spec.least = sandbox::SandboxLevel::none; // who demands a level is told when tests are to run
  Confinement found;
  try {
    found = {walls_text(sandbox::make_sandbox_executor(std::move(spec))->prepare()), fast};
  } catch (const Error& error) {
    return {error.what(), fast}; // not remembered: it may come of a shortage
  }
  remember_confinement(project, options, found, store);
  return found;
}

void remember_confinement(const Project& project, const Options& options, const Confinement& found, cache::Store& store)
{
  store.remember(k_purpose, key_of(project, options, found.fast), found.walls);
}

Digest confined(const Digest& environment, const Confinement& confinement)
{
  if (confinement.walls.empty()) return cache::sha256("not isolated " + to_hex(environment));
  Digest all = environment;
  if (confinement.fast == FastPaths::yes) all = cache::sha256("fast paths " + to_hex(all));
  if (confinement.walls != k_all_walls) all = cache::sha256(fmt::format("{}\n{}", confinement.walls, to_hex(all)));
  return all;
}

} // namespace sluice::cli
