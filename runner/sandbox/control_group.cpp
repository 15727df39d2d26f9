#include "runner/sandbox/control_group.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_prefix = "sluice-";

bool write_text(const std::string& file, const std::string& text)
{
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(descriptor);
  return written;
}

// Where this process is in the hierarchy that has the controller ("" for version 2); empty if there is none.
std::string own_group(const std::string& controller)
{
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool found = controller.empty() ? names == ",," : names.find("," + controller + ",") != std::string::npos;
    if (!found) continue;
    const std::string path = line.substr(second + 1) == "/" ? "" : line.substr(second + 1);
    const char* const roots2[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    if (!controller.empty()) return "/sys/fs/cgroup/" + controller + path;
    for (const char* root : roots2)
      if (fs::exists(std::string(root) + "/cgroup.controllers")) return root + path;
  }
  return {};
}

std::uint64_t number_after(const std::string& file, std::string_view word)
{
  std::ifstream in(file);
  std::string name;
  std::uint64_t value = 0;
  while (in >> name >> value)
    if (name == word) return value;
  return 0;
}

} // namespace

std::unique_ptr<ControlGroup> ControlGroup::make(const SandboxLimits& limits, const std::string& name, pid_t member)
{
  if (limits.memory == 0 && limits.processes == 0) return nullptr;
  std::unique_ptr<ControlGroup> group(new ControlGroup);
  const std::string pid = std::to_string(member);
  const auto join = [&](const std::string& folder) {
    group->folders_.push_back(folder);
    return write_text(folder + "/cgroup.procs", pid);
  };
  const std::string version2 = own_group("");
  if (const std::string folder = version2 + "/" + name; !version2.empty() && ::mkdir(folder.c_str(), 0755) == 0) {
    const bool memory = limits.memory == 0 || write_text(folder + "/memory.max", std::to_string(limits.memory));
    const bool processes =
      limits.processes == 0 || write_text(folder + "/pids.max", std::to_string(limits.processes));
    if (memory && processes && join(folder)) {
      write_text(folder + "/memory.oom.group", "0");
      group->kind_ = "cgroup v2";
      group->memory_events_ = folder + "/memory.events";
      group->process_events_ = folder + "/pids.events";
      return group;
    }
    ::rmdir(folder.c_str());
    group->folders_.clear();
  }
  const auto version1 = [&](const char* controller, const char* file, std::uint64_t value) {
    const std::string parent = value == 0 ? "" : own_group(controller);
    if (parent.empty()) return false;
    const std::string folder = parent + "/" + name;
    if (::mkdir(folder.c_str(), 0755) != 0) return false;
    return write_text(folder + "/" + file, std::to_string(value)) && join(folder);
  };
  // The lane's first process counts as well.
  const bool processes = version1("pids", "pids.max", limits.processes == 0 ? 0 : limits.processes + 1);
  if (processes) group->process_events_ = group->folders_.back() + "/pids.events";
  const bool memory = version1("memory", "memory.limit_in_bytes", limits.memory);
  if (memory) group->memory_events_ = group->folders_.back() + "/memory.oom_control";
  if (!processes && !memory) return nullptr;
  group->kind_ = "cgroup v1";
  return group;
}

ControlGroup::~ControlGroup()
{
  for (const std::string& folder : folders_) {
    // Its last members may still be on their way out.
    for (int round = 0; round < 200 && ::rmdir(folder.c_str()) != 0 && errno == EBUSY; ++round) {
      const timespec pause{0, 1'000'000};
      ::nanosleep(&pause, nullptr);
    }
  }
}

ControlGroup::Counts ControlGroup::counts() const
{
  Counts counts;
  if (!memory_events_.empty()) counts.out_of_memory = number_after(memory_events_, "oom_kill");
  if (!process_events_.empty()) counts.refused_processes = number_after(process_events_, "max");
  return counts;
}

std::string ControlGroup::reached()
{
  const Counts now = counts();
  const Counts before = before_;
  before_ = now;
  if (now.out_of_memory > before.out_of_memory) return "memory";
  if (now.refused_processes > before.refused_processes) return "number of processes";
  return {};
}

void ControlGroup::remove_old()
{
  for (const char* controller : {"", "pids", "memory"}) {
    const std::string parent = own_group(controller);
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent.empty() ? "/nonexistent" : parent, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.substr(0, k_prefix.size()) != k_prefix) continue;
      pid_t owner = 0;
      std::from_chars(name.data() + k_prefix.size(), name.data() + name.size(), owner);
      if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) ::rmdir(entry.path().c_str());
    }
  }
}

} // namespace sluice::sandbox
