// The deeds that a shell cannot do, one a verb. Exit code 0: it worked.
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <string>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

bool connect_unix(const char* path, bool abstract)
{
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path + (abstract ? 1 : 0), path, sizeof address.sun_path - 2);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path) + 1);
  return ::connect(socket, reinterpret_cast<sockaddr*>(&address), abstract ? size : sizeof address) == 0;
}

bool connect_tcp(int port)
{
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(::socket(AF_INET, SOCK_STREAM, 0), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

bool seize(int pid)
{
  if (::ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0) return false;
  ::ptrace(PTRACE_INTERRUPT, pid, nullptr, nullptr);
  ::waitpid(pid, nullptr, __WALL);
  ::ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
  return true;
}

bool open_by_handle(const char* path)
{
  alignas(file_handle) char memory[sizeof(file_handle) + 128] = {};
  auto* const handle = reinterpret_cast<file_handle*>(memory);
  handle->handle_bytes = 128;
  int mount = 0;
  if (::name_to_handle_at(AT_FDCWD, path, handle, &mount, 0) != 0) return false;
  const int root = ::open("/", O_RDONLY | O_DIRECTORY);
  return ::open_by_handle_at(root, handle, O_RDONLY) >= 0 || errno == ESTALE;
}

bool add_key(const char* name)
{
  return ::syscall(SYS_add_key, "user", name, "secret", 6, -4 /* the user's keyring */) >= 0;
}

bool find_key(const char* name)
{
  return ::syscall(SYS_keyctl, 10 /* search */, -4, "user", name, 0) >= 0;
}

// Calls by the door of 32-bit programs, which is open to all others, too. Pointers must lie low.
long compat_call(long number, long first = 0, long second = 0, long third = 0, long fourth = 0, long fifth = 0)
{
  long result = 0;
  asm volatile("int $0x80"
               : "=a"(result)
               : "a"(number), "b"(first), "c"(second), "d"(third), "S"(fourth), "D"(fifth)
               : "memory", "r8", "r9", "r10", "r11");
  return result;
}

long lowered(const void* bytes, std::size_t size)
{
  static char* const low =
    static_cast<char*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
  static std::size_t used = 0;
  void* const copy = std::memcpy(low + used, bytes, size);
  used += (size + 15) / 16 * 16;
  return reinterpret_cast<long>(copy);
}

bool do_it_by_32_bits(const std::string& verb, const char* a)
{
  const int number = a ? std::atoi(a) : 0;
  if (verb == "has-calls") return compat_call(20 /* getpid */) == ::getpid();
  if (verb == "limit-files") {
    const rlimit limit{32, 32};
    return compat_call(340, number, RLIMIT_NOFILE, lowered(&limit, sizeof limit), 0) == 0;
  }
  if (verb == "add-key")
    return compat_call(286, lowered("user", 5), lowered(a, std::strlen(a) + 1), lowered("secret", 7), 6, -4) >= 0;
  if (verb == "find-key")
    return compat_call(288, 10 /* search */, -4, lowered("user", 5), lowered(a, std::strlen(a) + 1)) >= 0;
  std::fprintf(stderr, "no verb %s\n", verb.c_str());
  return false;
}

// Ways by which a signal comes to a process with a content of our choice.
bool signal_by_descriptor(int pid, int signal, long value)
{
  const auto target = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  siginfo_t info{};
  info.si_signo = signal;
  info.si_code = SI_QUEUE;
  info.si_value.sival_ptr = reinterpret_cast<void*>(value);
  return ::syscall(SYS_pidfd_send_signal, target, signal, &info, 0) == 0;
}

// The kernel sends it for a file, and says the file's number where others say their value.
bool signal_by_file(int pid, int signal, long value)
{
  int ends[2];
  if (::pipe(ends) != 0) return false;
  const int file = ::dup2(ends[0], static_cast<int>(value));
  return ::fcntl(file, F_SETOWN, pid) == 0 && ::fcntl(file, F_SETSIG, signal) == 0 &&
         ::fcntl(file, F_SETFL, O_ASYNC | O_NONBLOCK) == 0 && ::write(ends[1], "x", 1) == 1;
}

// Keeps `count` children at once.
bool spawn_many(int count)
{
  ::setsid(); // the group that is ended below is our own
  int made = 0;
  for (; made < count; ++made) {
    const pid_t pid = ::fork();
    if (pid < 0) break;
    if (pid == 0) {
      ::pause();
      ::_exit(0);
    }
  }
  ::signal(SIGTERM, SIG_IGN);
  ::kill(0, SIGTERM);
  return made == count;
}

bool eat(std::size_t megabytes)
{
  const std::size_t size = megabytes << 20;
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  std::memset(memory, 1, size);
  return true;
}

// Twice removed from its parent, in a session of its own, deaf to requests: writes the file after a while.
bool haunt(const char* file, int milliseconds)
{
  if (::fork() != 0) return true;
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  for (const int signal : {SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2}) ::signal(signal, SIG_IGN);
  for (int fd = 0; fd < 3; ++fd) ::close(fd);
  ::usleep(static_cast<useconds_t>(milliseconds) * 1000);
  ::close(::open(file, O_CREAT | O_WRONLY, 0644));
  ::_exit(0);
}

bool read_memory(int pid)
{
  char line[256];
  std::FILE* const maps = std::fopen(("/proc/" + std::to_string(pid) + "/maps").c_str(), "r");
  unsigned long begin = 0;
  if (!maps || !std::fgets(line, sizeof line, maps) || std::sscanf(line, "%lx", &begin) != 1) return false;
  char byte = 0;
  iovec here{&byte, 1}, there{reinterpret_cast<void*>(begin), 1};
  return ::process_vm_readv(pid, &here, 1, &there, 1, 0) == 1;
}

bool do_it(const std::string& verb, const char* a, const char* b, const char* c)
{
  if (verb == "by-32-bits") return do_it_by_32_bits(a, b);
  const int number = a ? std::atoi(a) : 0;
  if (verb == "connect-unix") return connect_unix(a, false);
  if (verb == "connect-abstract") return connect_unix(a, true);
  if (verb == "connect-tcp") return connect_tcp(number);
  if (verb == "ptrace") return seize(number);
  if (verb == "read-memory") return read_memory(number);
  if (verb == "open-by-handle") return open_by_handle(a);
  if (verb == "add-key") return add_key(a);
  if (verb == "find-key") return find_key(a);
  if (verb == "signal-by-descriptor") return signal_by_descriptor(number, std::atoi(b), std::atoi(c));
  if (verb == "signal-by-file") return signal_by_file(number, std::atoi(b), std::atoi(c));
  if (verb == "spawn-many") return spawn_many(number);
  if (verb == "eat") return eat(static_cast<std::size_t>(number));
  if (verb == "haunt") return haunt(a, std::atoi(b));
  if (verb == "chroot") return ::chroot(a) == 0;
  if (verb == "make-device") return ::mknod(a, S_IFBLK | 0600, static_cast<dev_t>(std::strtoul(b, nullptr, 0))) == 0;
  if (verb == "set-non-blocking") return ::fcntl(1, F_SETFL, ::fcntl(1, F_GETFL) | O_NONBLOCK) == 0;
  if (verb == "is-non-blocking") return ::fcntl(1, F_GETFL) & O_NONBLOCK;
  if (verb == "limit-files") {
    const rlimit limit{32, 32};
    return ::prlimit(number, RLIMIT_NOFILE, &limit, nullptr) == 0;
  }
  if (verb == "has-few-files") {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur <= 32;
  }
  if (verb == "renice") return ::setpriority(PRIO_PROCESS, static_cast<id_t>(number), 15) == 0;
  if (verb == "is-nice") return ::getpriority(PRIO_PROCESS, 0) >= 15;
  if (verb == "pin") {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    return ::sched_setaffinity(number, sizeof one, &one) == 0;
  }
  if (verb == "is-pinned") {
    cpu_set_t now;
    ::sched_getaffinity(0, sizeof now, &now);
    return CPU_COUNT(&now) == 1;
  }
  if (verb == "set-host-name") {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return ::sethostname(name, std::strlen(name)) == 0;
  }
  if (verb == "euid-is-not-mine") return ::geteuid() != ::getuid();
  std::fprintf(stderr, "no verb %s\n", verb.c_str());
  return false;
}

} // namespace

int main(int argc, char** argv)
{
  const auto word = [&](int at) { return argc > at ? argv[at] : nullptr; };
  return argc > 1 && do_it(argv[1], word(2), word(3), word(4)) ? 0 : 1;
}
