#include "runner/sandbox/children.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/wait.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

constexpr std::size_t k_piece = 4096;
constexpr std::size_t k_most_environment = 4u << 20;

// Reads a whole file of /proc into `text`, which is empty when the file is gone.
void read_all(int fd, std::string& text, std::size_t most)
{
  text.clear();
  std::size_t size = 0;
  while (size < most) {
    text.resize(size + k_piece);
    const ssize_t got = ::pread(fd, text.data() + size, k_piece, static_cast<off_t>(size));
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
}

std::string read_file(const std::string& path, std::size_t most)
{
  std::string text;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file) read_all(file.get(), text, most);
  return text;
}

void append_pids(std::string_view text, std::vector<pid_t>& pids)
{
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t pid = 0;
    const auto [next, error] = std::from_chars(at, end, pid);
    if (error == std::errc{}) pids.push_back(pid);
    at = next + 1;
  }
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::vector<pid_t> numbers_in(const std::string& path)
{
  std::vector<pid_t> numbers;
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  if (!folder) return numbers;
  while (const dirent* entry = ::readdir(folder.get()))
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') append_pids(entry->d_name, numbers);
  return numbers;
}

// Fields of /proc/PID/stat after the command's name, which may hold anything: ") S ppid pgrp session ...".
pid_t stat_field(pid_t pid, int field)
{
  const std::string stat = read_file(fmt::format("/proc/{}/stat", pid), k_piece);
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos || stat.size() < name_end + 4) return 0;
  std::vector<pid_t> fields;
  append_pids(std::string_view(stat).substr(name_end + 4), fields);
  return fields.size() > static_cast<std::size_t>(field) ? fields[static_cast<std::size_t>(field)] : 0;
}

// Without CONFIG_PROC_CHILDREN every process has to be asked for its parent: slow, and as exact.
void append_by_parent(pid_t parent, std::vector<pid_t>& pids)
{
  for (const pid_t pid : numbers_in("/proc"))
    if (stat_field(pid, 0) == parent) pids.push_back(pid);
}

void append_children(pid_t pid, std::vector<pid_t>& pids)
{
  bool listed = false;
  for (const pid_t thread : numbers_in(fmt::format("/proc/{}/task", pid))) {
    const Fd file(::open(fmt::format("/proc/{}/task/{}/children", pid, thread).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) continue;
    listed = true;
    std::string text;
    read_all(file.get(), text, k_most_environment);
    append_pids(text, pids);
  }
  if (!listed && ::access("/proc/thread-self/children", F_OK) != 0) append_by_parent(pid, pids);
}

} // namespace

OwnChildren::OwnChildren()
{
  const auto add = [&](pid_t thread) {
    Fd list(::open(fmt::format("/proc/self/task/{}/children", thread).c_str(), O_RDONLY | O_CLOEXEC));
    if (list) lists_.push_back(std::move(list));
  };
  add(::gettid());
  if (::gettid() != ::getpid()) add(::getpid());
}

void OwnChildren::read(std::vector<pid_t>& pids)
{
  pids.clear();
  if (lists_.empty()) append_by_parent(::getpid(), pids);
  std::array<char, k_piece> buffer;
  for (const Fd& list : lists_) {
    const ssize_t got = ::pread(list.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) continue;
    if (static_cast<std::size_t>(got) < buffer.size() / 2) {
      append_pids({buffer.data(), static_cast<std::size_t>(got)}, pids);
      continue;
    }
    read_all(list.get(), text_, k_most_environment);
    append_pids(text_, pids);
  }
}

void Strangers::end_all_but(const std::vector<pid_t>& own)
{
  constexpr int k_rounds = 100;
  constexpr timespec k_pause{0, 500'000};
  const auto is_one_of = [](const std::vector<pid_t>& pids, pid_t pid) {
    return std::find(pids.begin(), pids.end(), pid) != pids.end();
  };
  std::vector<pid_t> listed;
  for (int round = 0; round < k_rounds; ++round) {
    children_.read(listed);
    std::erase_if(listed, [&](pid_t pid) { return is_one_of(before_, pid) || is_one_of(own, pid); });
    if (listed.empty()) return;
    for (const pid_t pid : listed) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, WNOHANG | __WALL);
    }
    ::nanosleep(&k_pause, nullptr);
  }
}

std::vector<pid_t> descendants(pid_t pid)
{
  std::vector<pid_t> found;
  append_children(pid, found);
  for (std::size_t next = 0; next < found.size(); ++next) append_children(found[next], found);
  return found;
}

pid_t session_of(pid_t pid)
{
  return stat_field(pid, 2);
}

bool started_with(pid_t pid, std::string_view assignment)
{
  const std::string environment = read_file(fmt::format("/proc/{}/environ", pid), k_most_environment);
  std::string_view rest = environment;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\0');
    if (rest.substr(0, end) == assignment) return true;
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return false;
}

} // namespace sluice::sandbox
