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

// One call by both of its doors: `int $0x80` takes 64-bit programs, too, to the numbers of i386.
struct Number {
  std::uint32_t x86_64, i386;
};

struct Refused {
  Number call;
  int error;
};

// Keys stay in the user's keyring after the process; file handles name files that are covered or hidden.
constexpr std::array<Refused, 4> k_refused{{{{SYS_add_key, 286}, ENOSYS},
                                            {{SYS_request_key, 287}, ENOSYS},
                                            {{SYS_keyctl, 288}, ENOSYS},
                                            {{SYS_open_by_handle_at, 342}, EPERM}}};

struct RefusedWhen {
  Number call;
  std::size_t argument;
  std::uint32_t value;
};

// What changes the first process of the lane would hold for every test after this one. `prlimit64` on it is refused
// even to read. Groups: its own is 1; PRIO_USER and IOPRIO_WHO_USER include it. A signal can reach it in more ways than
// a filter can tell (descriptors of processes, owners of files), so it believes none: see EndRequest. tgkill stays: by
// it the first process of namespaces that a test makes raises its own signals.
constexpr std::array<RefusedWhen, 14> k_refused_when{{{{SYS_prlimit64, 340}, 0, 1},
                                                      {{SYS_setpriority, 97}, 1, 1},
                                                      {{SYS_setpriority, 97}, 0, 2},
                                                      {{SYS_sched_setaffinity, 241}, 0, 1},
                                                      {{SYS_sched_setscheduler, 156}, 0, 1},
                                                      {{SYS_sched_setparam, 154}, 0, 1},
                                                      {{SYS_sched_setattr, 351}, 0, 1},
                                                      {{SYS_ioprio_set, 289}, 1, 1},
                                                      {{SYS_ioprio_set, 289}, 0, 3},
                                                      {{SYS_kill, 37}, 0, 1},
                                                      {{SYS_rt_sigqueueinfo, 178}, 0, 1},
                                                      {{SYS_rt_tgsigqueueinfo, 335}, 0, 1},
                                                      {{SYS_ioctl, 54}, 1, 0x5412 /* TIOCSTI */},
                                                      {{SYS_ioctl, 54}, 1, 0x541c /* TIOCLINUX */}}};

// The numbers of x32, a third door to the same calls that hardly any kernel has; -1 is a tracer's way to skip a call.
constexpr std::uint32_t k_x32_bit = 0x40000000;
constexpr std::uint32_t k_skipped_call = 0xffffffff;

// Expects the call's number to be loaded; decides.
void refuse_calls(std::vector<sock_filter>& program, std::uint32_t Number::*door)
{
  for (const Refused& entry : k_refused) {
    program.push_back(unless_equal_skip(entry.call.*door, 1));
    program.push_back(statement(BPF_RET | BPF_K, refuse(entry.error)));
  }
  for (const RefusedWhen& entry : k_refused_when) {
    program.push_back(unless_equal_skip(entry.call.*door, 4));
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, low_word_of_argument(entry.argument)));
    program.push_back(unless_equal_skip(entry.value, 1));
    program.push_back(statement(BPF_RET | BPF_K, refuse(EPERM)));
    program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  }
  program.push_back(statement(BPF_RET | BPF_K, k_allow));
}

} // namespace

std::vector<sock_filter> wall_filter()
{
  std::vector<sock_filter> native;
  native.push_back(unless_equal_skip(k_skipped_call, 1));
  native.push_back(statement(BPF_RET | BPF_K, k_allow));
  native.push_back({BPF_JMP | BPF_JSET | BPF_K, 0, 1, k_x32_bit});
  native.push_back(statement(BPF_RET | BPF_K, refuse(ENOSYS)));
  refuse_calls(native, &Number::x86_64);
  std::vector<sock_filter> compat;
  refuse_calls(compat, &Number::i386);

  std::vector<sock_filter> program;
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)));
  program.push_back(unless_equal_skip(AUDIT_ARCH_X86_64, 2));
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  program.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(compat.size() + 4)));
  program.push_back(unless_equal_skip(AUDIT_ARCH_I386, 1));
  program.push_back({BPF_JMP | BPF_JA, 0, 0, 1});
  program.push_back(statement(BPF_RET | BPF_K, refuse(ENOSYS))); // a door that nobody has looked behind
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  program.insert(program.end(), compat.begin(), compat.end());
  program.insert(program.end(), native.begin(), native.end());
  return program;
}

} // namespace sluice::sandbox
