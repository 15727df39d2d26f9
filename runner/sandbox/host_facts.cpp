#include "runner/sandbox/lane_plan.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

// Everybody that we know under the same name inside; only root may ask for more than itself.
std::string identity_map(const char* file, std::uint32_t self, bool everybody)
{
  std::string map;
  std::ifstream in(file);
  std::uint64_t inside = 0, outside = 0, count = 0;
  while (everybody && in >> inside >> outside >> count) map += fmt::format("{} {} {}\n", inside, inside, count);
  return map.empty() ? fmt::format("{} {} 1\n", self, self) : map;
}

// "\040" and the like in mountinfo.
std::string unescaped(const std::string& text)
{
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

} // namespace

HostFacts read_host_facts()
{
  HostFacts host;
  host.user = ::geteuid();
  host.group = ::getegid();
  const bool root = host.user == 0;
  host.user_map = identity_map("/proc/self/uid_map", host.user, root);
  host.group_map = identity_map("/proc/self/gid_map", host.group, root);
  host.deny_setgroups = !root;
  host.status = [](const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return HostFacts::Status{};
    return HostFacts::Status{S_ISDIR(status.st_mode) ? FileKind::folder : FileKind::file, status.st_mode & 07777u,
                             status.st_uid, status.st_gid};
  };
  host.real_path = [](const std::string& path) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
    return real ? std::string(real.get()) : std::string();
  };
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string skipped, point;
    words >> skipped >> skipped >> skipped >> skipped >> point;
    host.mounts.push_back(unescaped(point));
  }
  std::sort(host.mounts.begin(), host.mounts.end());
  return host;
}

} // namespace sluice::sandbox
