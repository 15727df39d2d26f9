#include "runner/sandbox/control_group.h"

#include "model/entries.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
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

// The number behind the word; 0 where there is none.
std::uint64_t number_after(const Fd& file, std::string_view word)
{
  std::array<char, 4096> buffer;
  const ssize_t got = file ? ::pread(file.get(), buffer.data(), buffer.size(), 0) : 0;
  std::string_view text(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::uint64_t value = 0;
    if (line.size() > word.size() && line.starts_with(word) && line[word.size()] == ' ') {
      std::from_chars(line.data() + word.size() + 1, line.data() + line.size(), value);
      return value;
    }
  }
  return 0;
}

Fd open_events(const std::string& file)
{
  return Fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
}

// Two executors of one process may ask for the same name. Empty: none can be made.
std::string make_folder(const std::string& parent, const std::string& name)
{
  constexpr int k_most = 100;
  for (int number = 0; number < k_most && !parent.empty(); ++number) {
    const std::string suffix = number == 0 ? "" : "-" + std::to_string(number);
    std::string folder = parent + "/" + name + suffix;
    if (::mkdir(folder.c_str(), 0755) == 0) return folder;
    if (errno != EEXIST) break;
  }
  return {};
}

} // namespace

std::unique_ptr<ControlGroup> ControlGroup::make(const SandboxLimits& limits, const std::string& name, pid_t member)
{
  if (limits.memory == 0 && limits.processes == 0) return nullptr;
  std::unique_ptr<ControlGroup> group(new ControlGroup);
  const std::string pid = std::to_string(member);
  // The lane's first process counts as well.
  const std::uint64_t processes = limits.processes == 0 ? 0 : limits.processes + 1;
  const auto set = [](const std::string& file, std::uint64_t value) {
    return value == 0 || write_text(file, std::to_string(value));
  };
  // From here on it is the group's to remove, whatever fails.
  const auto folder_in = [&](const std::string& parent) {
    std::string folder = make_folder(parent, name);
    if (!folder.empty()) group->folders_.push_back(folder);
    return folder;
  };
  if (const std::string folder = folder_in(own_group("")); !folder.empty()) {
    if (set(folder + "/memory.max", limits.memory) && set(folder + "/pids.max", processes) &&
        write_text(folder + "/cgroup.procs", pid)) {
      write_text(folder + "/memory.oom.group", "0");
      group->kind_ = "cgroup v2";
      group->memory_events_ = open_events(folder + "/memory.events");
      group->process_events_ = open_events(folder + "/pids.events");
      return group;
    }
    ::rmdir(folder.c_str());
    group->folders_.clear();
  }
  const auto version1 = [&](const char* controller, const char* limit, std::uint64_t value, const char* events) {
    const std::string folder = value == 0 ? "" : folder_in(own_group(controller));
    const bool limited = !folder.empty() && set(folder + limit, value) && write_text(folder + "/cgroup.procs", pid);
    return limited ? open_events(folder + events) : Fd();
  };
  group->process_events_ = version1("pids", "/pids.max", processes, "/pids.events");
  group->memory_events_ = version1("memory", "/memory.limit_in_bytes", limits.memory, "/memory.oom_control");
  if (!group->process_events_ && !group->memory_events_) return nullptr;
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
  return {number_after(memory_events_, "oom_kill"), number_after(process_events_, "max")};
}

std::string ControlGroup::reached() const
{
  const Counts now = counts();
  if (now.out_of_memory > before_.out_of_memory) return "memory";
  if (now.refused_processes > before_.refused_processes) return "number of processes";
  return {};
}

void ControlGroup::remove_old()
{
  for (const char* controller : {"", "pids", "memory"}) {
    const std::string parent = own_group(controller);
    std::error_code failed;
    for (const auto& entry :
         entries(fs::directory_iterator(parent.empty() ? "/nonexistent" : parent, failed), failed)) {
      const std::string name = entry.path().filename().string();
      if (name.substr(0, k_prefix.size()) != k_prefix) continue;
      pid_t owner = 0;
      std::from_chars(name.data() + k_prefix.size(), name.data() + name.size(), owner);
      if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) ::rmdir(entry.path().c_str());
    }
  }
}

} // namespace sluice::sandbox
