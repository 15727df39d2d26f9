#include "runner/sandbox/program_file.h"

#include "runner/sandbox/fd.h"
#include "runner/sandbox/observe/lower_tree.h"
#include "runner/sandbox/program_header.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace sluice::sandbox {

namespace {

constexpr int k_most_programs = 6; // the kernel gives up after five interpreters
constexpr std::size_t k_first_bytes = 4096;
constexpr std::uint64_t k_most_bytes = 1 << 21;
// A pipe must not hold us, a terminal not become ours.
constexpr int k_flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

int open_as_seen_by(pid_t pid, const std::string& name)
{
  const std::string link = magic_link(name, pid);
  if (!link.empty()) return ::open(link.c_str(), k_flags);
  const std::string root = fmt::format("/proc/{}/root", pid);
  const Fd folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return -1;
  open_how how{};
  how.flags = k_flags;
  how.resolve = RESOLVE_IN_ROOT; // or an absolute link would lead into our own tree
  const long fd = ::syscall(SYS_openat2, folder.get(), name.c_str(), &how, sizeof how);
  if (fd >= 0 || errno != ENOSYS) return static_cast<int>(fd);
  return ::open((root + name).c_str(), k_flags);
}

bool read_up_to(int fd, std::size_t size, std::string& bytes)
{
  bytes.resize(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(fd, bytes.data() + done, size - done, static_cast<off_t>(done));
    if (got < 0) return false;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return true;
}

// Whether this machine hands other formats to interpreters.
bool other_formats_run()
{
  DIR* const folder = ::opendir("/proc/sys/fs/binfmt_misc");
  if (!folder) return false;
  bool any = false;
  while (const dirent* const entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    any = any || (name != "." && name != ".." && name != "register" && name != "status");
  }
  ::closedir(folder);
  return any;
}

struct Opened {
  Fd fd;
  bool absent = false; // or nothing that can be executed
};

Opened open_program(const OpenProgram& open, const std::string& name)
{
  Opened opened{Fd(open(name))};
  if (!opened.fd) {
    opened.absent = errno == ENOENT || errno == ENOTDIR || errno == ENXIO || errno == ENAMETOOLONG;
    return opened;
  }
  struct stat status {};
  if (::fstat(opened.fd.get(), &status) == 0 && !S_ISREG(status.st_mode)) opened.absent = true;
  return opened;
}

} // namespace

Interpreters find_interpreters(pid_t pid, std::string_view folder, std::string name)
{
  return find_interpreters([pid](const std::string& of) { return open_as_seen_by(pid, of); }, folder, std::move(name));
}

Interpreters find_interpreters(const OpenProgram& open, std::string_view folder, std::string name)
{
  Interpreters found;
  std::string bytes;
  for (int i = 0; i < k_most_programs; ++i) {
    const Opened program = open_program(open, name);
    if (program.absent) return found;
    if (!program.fd || !read_up_to(program.fd.get(), k_first_bytes, bytes)) {
      found.gap = fmt::format("unreadable program {}", name);
      return found;
    }
    ProgramHeader header = read_program_header(bytes);
    if (header.wants_bytes > bytes.size() && header.wants_bytes <= k_most_bytes) {
      if (!read_up_to(program.fd.get(), header.wants_bytes, bytes))
        found.gap = fmt::format("unreadable program {}", name);
      header = read_program_header(bytes);
    }
    const bool foreign = header.form == ProgramForm::foreign || header.form == ProgramForm::other;
    if (foreign && !bytes.empty() && other_formats_run())
      found.gap = fmt::format("{} may run through binfmt_misc", name);
    if (header.interpreter.empty()) return found;
    found.names.push_back(header.interpreter);
    if (header.form != ProgramForm::script) return found;
    name = header.interpreter.front() == '/' ? header.interpreter : fmt::format("{}/{}", folder, header.interpreter);
  }
  return found;
}

} // namespace sluice::sandbox
