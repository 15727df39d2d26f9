#include "runner/sandbox/wall_filter.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

namespace sluice::sandbox {

namespace {

constexpr std::uint32_t k_allow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t refuse(int error)
{
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
}

sock_filter statement(int code, std::uint32_t value)
{
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}

// Goes on when equal, else skips `skipped` statements.
sock_filter unless_equal_skip(std::uint32_t value, std::size_t skipped)
{
  return {BPF_JMP | BPF_JEQ | BPF_K, 0, static_cast<std::uint8_t>(skipped), value};
}

std::uint32_t low_word_of_argument(std::size_t number)
{
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + number * sizeof(std::uint64_t));
}

struct Refused {
  std::uint32_t call;
  int error;
};

// Keys stay in the user's keyring after the process; file handles name files that are covered or hidden.
constexpr std::array<Refused, 4> k_refused{{{SYS_add_key, ENOSYS},
                                            {SYS_request_key, ENOSYS},
                                            {SYS_keyctl, ENOSYS},
                                            {SYS_open_by_handle_at, EPERM}}};

struct RefusedWhen {
  std::uint32_t call;
  std::size_t argument;
  std::uint32_t value;
};

// What changes the first process of the lane would hold for every test after this one. `prlimit64` on it is refused
// even to read. Groups: its own is 1; PRIO_USER and IOPRIO_WHO_USER include it.
constexpr std::array<RefusedWhen, 12> k_refused_when{{{SYS_prlimit64, 0, 1},
                                                     {SYS_setpriority, 1, 1},
                                                     {SYS_setpriority, 0, 2},
                                                     {SYS_sched_setaffinity, 0, 1},
                                                     {SYS_sched_setscheduler, 0, 1},
                                                     {SYS_sched_setparam, 0, 1},
                                                     {SYS_sched_setattr, 0, 1},
                                                     {SYS_ioprio_set, 1, 1},
                                                     {SYS_ioprio_set, 0, 3},
                                                     {SYS_kill, 0, 1},
                                                     {SYS_ioctl, 1, 0x5412 /* TIOCSTI */},
                                                     {SYS_ioctl, 1, 0x541c /* TIOCLINUX */}}};

} // namespace

std::vector<sock_filter> wall_filter()
{
  std::vector<sock_filter> program;
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  program.push_back(unless_equal_skip(AUDIT_ARCH_X86_64, 1));
  program.push_back({BPF_JMP | BPF_JA, 0, 0, 1});
  program.push_back(statement(BPF_RET | BPF_K, k_allow));
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const Refused& entry : k_refused) {
    program.push_back(unless_equal_skip(entry.call, 1));
    program.push_back(statement(BPF_RET | BPF_K, refuse(entry.error)));
  }
  for (const RefusedWhen& entry : k_refused_when) {
    program.push_back(unless_equal_skip(entry.call, 4));
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, low_word_of_argument(entry.argument)));
    program.push_back(unless_equal_skip(entry.value, 1));
    program.push_back(statement(BPF_RET | BPF_K, refuse(EPERM)));
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  }
  program.push_back(statement(BPF_RET | BPF_K, k_allow));
  return program;
}

} // namespace sluice::sandbox
