#include "runner/sandbox/orphans.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::sandbox {

using runner::ProcessId;

namespace {

constexpr const char* k_mark = "SLUICE_PROCESS";

std::uint64_t number(ProcessId id)
{
  return static_cast<std::uint64_t>(id);
}

} // namespace

std::chrono::microseconds cpu_of(const rusage& usage)
{
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

Orphans::Orphans()
{
  children_.read(foreign_);
  const char* const outer = std::getenv(k_mark);
  mark_prefix_ = fmt::format("{}={}{}{}.", k_mark, outer ? outer : "", outer ? "/" : "", ::getpid());
}

std::string Orphans::mark(ProcessId process) const
{
  return mark_prefix_ + std::to_string(number(process));
}

bool Orphans::known(pid_t pid, const std::vector<Tree>& trees) const
{
  const auto leads = [pid](const Tree& tree) { return tree.leader == pid && !tree.leader_reaped; };
  return std::any_of(trees.begin(), trees.end(), leads) ||
         std::find(foreign_.begin(), foreign_.end(), pid) != foreign_.end();
}

bool Orphans::reap(pid_t pid, std::optional<ProcessId> owner)
{
  rusage usage{};
  const pid_t reaped = ::wait4(pid, nullptr, WNOHANG | __WALL, &usage);
  if (reaped == 0) return false;
  if (reaped == pid && owner) cpu_[number(*owner)] += cpu_of(usage);
  claims_.erase(pid);
  return true;
}

Orphans::Orphan Orphans::classify(pid_t pid, const std::vector<Tree>& trees) const
{
  Orphan orphan;
  if (const auto claim = claims_.find(pid); claim != claims_.end()) {
    orphan.owner = claim->second;
    return orphan;
  }
  const pid_t session = session_of(pid);
  for (const Tree& tree : trees)
    if (tree.leader == session) orphan.owner = tree.id;
  for (std::size_t i = 0; !orphan.owner && i < trees.size(); ++i)
    if (started_with(pid, mark(trees[i].id))) orphan.owner = trees[i].id;
  if (orphan.owner) return orphan;
  if (trees.size() == 1) {
    orphan.owner = trees.front().id;
    return orphan;
  }
  for (const Tree& tree : trees) orphan.candidates.push_back(tree.id);
  return orphan;
}

void Orphans::scan(const std::vector<Tree>& trees)
{
  children_.read(listed_);
  for (const pid_t pid : listed_) {
    if (known(pid, trees)) continue;
    const auto seen = orphans_.find(pid);
    const bool is_new = seen == orphans_.end();
    Orphan orphan = is_new ? classify(pid, trees) : seen->second;
    if (reap(pid, orphan.owner)) {
      orphans_.erase(pid);
      continue;
    }
    // Nobody runs that it could belong to: it stayed behind unseen, and its owner is reported already.
    if (!orphan.owner && orphan.candidates.empty()) ::kill(pid, SIGKILL);
    if (is_new) orphans_.emplace(pid, std::move(orphan));
  }
}

std::size_t Orphans::unexpected(ProcessId owner) const
{
  return static_cast<std::size_t>(std::count_if(orphans_.begin(), orphans_.end(), [&](const auto& entry) {
    return entry.second.owner == owner && !entry.second.killed && claims_.count(entry.first) == 0;
  }));
}

std::size_t Orphans::living(ProcessId owner) const
{
  return static_cast<std::size_t>(
    std::count_if(orphans_.begin(), orphans_.end(), [&](const auto& entry) { return entry.second.owner == owner; }));
}

// To each process once, since a second SIGTERM makes many programs leave without tidying up.
void Orphans::signal_each(ProcessId owner, const std::vector<pid_t>& pids, pid_t reached_group, int signal)
{
  for (const pid_t pid : pids) {
    if (signal == SIGKILL) claims_[pid] = owner;
    if (reached_group != 0 && ::getpgid(pid) == reached_group) continue;
    ::kill(pid, signal);
    if (signal != SIGKILL) ::kill(pid, SIGCONT); // a stopped process acts on nothing but SIGKILL
  }
}

void Orphans::signal(ProcessId owner, pid_t leader, int signal)
{
  if (leader != 0) {
    const std::vector<pid_t> below = descendants(leader);
    // Not reaped yet, so neither its number nor its group can belong to anybody else; a leader of a session cannot
    // leave its group.
    ::kill(-leader, signal);
    if (signal != SIGKILL) ::kill(-leader, SIGCONT);
    signal_each(owner, below, leader, signal);
  }
  for (auto& [pid, orphan] : orphans_) {
    if (orphan.owner != owner || orphan.killed) continue;
    std::vector<pid_t> tree = descendants(pid);
    tree.push_back(pid);
    signal_each(owner, tree, leader, signal);
    orphan.killed = signal == SIGKILL;
  }
}

void Orphans::settle_candidates(ProcessId gone)
{
  for (auto& [pid, orphan] : orphans_) {
    if (orphan.owner) continue;
    auto& candidates = orphan.candidates;
    candidates.erase(std::remove(candidates.begin(), candidates.end(), gone), candidates.end());
    if (candidates.size() == 1) orphan.owner = candidates.front();
  }
}

std::chrono::microseconds Orphans::finish(ProcessId owner)
{
  if (!orphans_.empty()) {
    settle_candidates(owner);
    // What could not be killed in time stays ours to reap, but is nobody's any more.
    for (auto& [pid, orphan] : orphans_)
      if (orphan.owner == owner) orphan = {};
  }
  if (!claims_.empty())
    for (auto at = claims_.begin(); at != claims_.end();) at = at->second == owner ? claims_.erase(at) : std::next(at);
  if (cpu_.empty()) return std::chrono::microseconds{0};
  const auto spent = cpu_.find(number(owner));
  if (spent == cpu_.end()) return std::chrono::microseconds{0};
  const std::chrono::microseconds sum = spent->second;
  cpu_.erase(spent);
  return sum;
}

} // namespace sluice::sandbox
