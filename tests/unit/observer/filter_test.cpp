// The filters, run by an interpreter of the few BPF instructions they are made of.
#include "runner/sandbox/observe/path_filter.h"

#include "runner/sandbox/fast_path/fast_protocol.h"
#include "runner/sandbox/observe/path_calls.h"
#include "runner/sandbox/wall_filter.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <set>
#include <stdexcept>
#include <sys/syscall.h>

namespace sluice::sandbox {
namespace {

struct Verdict {
  std::uint32_t action = 0;
  int steps = 0;
};

Verdict run(const std::vector<sock_filter>& code, const seccomp_data& data)
{
  std::uint32_t accumulator = 0;
  Verdict verdict;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const sock_filter& step = code[at];
    ++verdict.steps;
    const auto branch = [&](bool taken) { at += taken ? step.jt : step.jf; };
    switch (step.code) {
    case BPF_LD | BPF_W | BPF_ABS:
      std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + step.k, sizeof accumulator);
      break;
    case BPF_ALU | BPF_AND | BPF_K:
      accumulator &= step.k;
      break;
    case BPF_JMP | BPF_JA:
      at += step.k;
      break;
    case BPF_JMP | BPF_JEQ | BPF_K:
      branch(accumulator == step.k);
      break;
    case BPF_JMP | BPF_JSET | BPF_K:
      branch((accumulator & step.k) != 0);
      break;
    case BPF_JMP | BPF_JGE | BPF_K:
      branch(accumulator >= step.k);
      break;
    case BPF_RET | BPF_K:
      verdict.action = step.k;
      return verdict;
    default:
      throw std::runtime_error("an instruction that the filter should not have");
    }
  }
  throw std::runtime_error("the filter runs out at its end");
}

std::uint32_t action(const std::vector<sock_filter>& code, std::uint32_t arch, int number, std::uint64_t argument4 = 0)
{
  seccomp_data data{};
  data.arch = arch;
  data.nr = number;
  data.args[4] = argument4;
  return run(code, data).action;
}

std::uint32_t expected(const PathCall* call)
{
  if (!call) return SECCOMP_RET_ALLOW;
  switch (call->verb) {
  case Verb::refuse_enosys:
    return SECCOMP_RET_ERRNO | ENOSYS;
  case Verb::refuse_eperm:
    return SECCOMP_RET_ERRNO | EPERM;
  case Verb::send_to: // without an address
  case Verb::socketcall:
    return SECCOMP_RET_ALLOW;
  default:
    return SECCOMP_RET_USER_NOTIF;
  }
}

constexpr auto k_native = static_cast<std::uint32_t>(AUDIT_ARCH_X86_64);
constexpr auto k_compat = static_cast<std::uint32_t>(AUDIT_ARCH_I386);

TEST(PathFilter, DoesWithEveryNumberWhatTheTableSays)
{
  const std::vector<sock_filter> code = path_filter({});
  ASSERT_LE(code.size(), 4096u);
  for (const std::uint32_t arch : {k_native, k_compat})
    for (int number = 0; number < static_cast<int>(k_first_unknown_call); ++number)
      ASSERT_EQ(action(code, arch, number), expected(find_path_call(arch, number))) << arch << " " << number;
}

TEST(PathFilter, UnknownNumbersAndX32DoNotExist)
{
  const std::vector<sock_filter> code = path_filter({});
  for (const std::uint32_t number : {k_first_unknown_call, 512u, 1000u, 0x40000000u, 0x40000002u, 0x7fffffffu})
    EXPECT_EQ(action(code, k_native, static_cast<int>(number)), SECCOMP_RET_ERRNO | ENOSYS) << number;
  EXPECT_EQ(action(code, k_compat, 5000), SECCOMP_RET_ERRNO | ENOSYS);
  EXPECT_EQ(action(code, k_native, -1), SECCOMP_RET_ALLOW); // a tracer skips the call
  EXPECT_EQ(action(code, AUDIT_ARCH_AARCH64, 0), SECCOMP_RET_USER_NOTIF);
}

TEST(PathFilter, ControlCallsAreNotified)
{
  const std::vector<sock_filter> code = path_filter({{1001, 470, 1000}});
  for (const int number : {470, 1000, 1001})
    EXPECT_EQ(action(code, k_native, number), SECCOMP_RET_USER_NOTIF) << number;
  for (const int number : {471, 999, 1002})
    EXPECT_EQ(action(code, k_native, number), SECCOMP_RET_ERRNO | ENOSYS) << number;
  EXPECT_EQ(action(code, k_native, 0), SECCOMP_RET_ALLOW);
}

TEST(PathFilter, SendtoIsNotifiedWithAnAddress)
{
  const std::vector<sock_filter> code = path_filter({});
  EXPECT_EQ(action(code, k_native, 44, 1), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(action(code, k_native, 44, std::uint64_t{1} << 32), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(action(code, k_native, 44, 0), SECCOMP_RET_ALLOW);
}

TEST(PathFilter, SocketcallIsNotifiedForWhatReachesAnAddress)
{
  const std::vector<sock_filter> code = path_filter({});
  for (std::uint64_t call = 0; call < 24; ++call) {
    seccomp_data data{};
    data.arch = k_compat;
    data.nr = 102;
    data.args[0] = call;
    const bool notified = call == 2 || call == 3 || call == 11 || call == 16 || call == 20;
    EXPECT_EQ(run(code, data).action, notified ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW) << call;
  }
}

TEST(PathFilter, APassLetsByTwoCallsThatShowAllOfIt)
{
  const Pass pass{0x1122334455667788, 0, 0xffffffff00000001};
  const std::vector<sock_filter> code = path_filter({{}, pass});
  for (int number = 0; number < static_cast<int>(k_first_unknown_call); ++number) {
    seccomp_data data{};
    data.arch = k_native;
    data.nr = number;
    ASSERT_EQ(run(code, data).action, expected(find_path_call(k_native, number))) << number;
    if (number == 44) continue; // its fifth argument is an address
    std::copy(pass.begin(), pass.end(), data.args + 3);
    const bool passes = number == 59 || number == 80; // execve, chdir
    ASSERT_EQ(run(code, data).action, passes ? SECCOMP_RET_ALLOW : expected(find_path_call(k_native, number)))
      << number;
    for (int bit = 0; passes && bit < 192; ++bit) {
      data.args[3 + bit / 64] ^= std::uint64_t{1} << bit % 64;
      ASSERT_EQ(run(code, data).action, SECCOMP_RET_USER_NOTIF) << number << " without bit " << bit;
      data.args[3 + bit / 64] ^= std::uint64_t{1} << bit % 64;
    }
    data.arch = k_compat;
    if (number == 102) continue; // its first argument decides
    ASSERT_EQ(run(code, data).action, expected(find_path_call(k_compat, number))) << number;
  }
}

TEST(PathFilter, WhatIsNoPathCallIsDecidedInAFewSteps)
{
  const std::vector<sock_filter> code = path_filter({});
  for (int number = 0; number < static_cast<int>(k_first_unknown_call); ++number) {
    seccomp_data data{};
    data.arch = k_native;
    data.nr = number;
    EXPECT_LE(run(code, data).steps, 20) << number;
  }
}

std::uint32_t from(std::uint64_t instruction, int number, std::uint64_t flags, std::uint32_t arch = k_native)
{
  static const std::vector<sock_filter> code = path_filter({{k_fast_call}, {}, k_fast_page});
  seccomp_data data{};
  data.arch = arch;
  data.nr = number;
  data.instruction_pointer = instruction;
  for (const std::size_t each : {1u, 2u}) data.args[each] = flags;
  return run(code, data).action;
}

// By hand, not by the filter's own list.
TEST(PathFilter, OnlyWhatReadsPassesFromThePage)
{
  const std::set<int> reading{SYS_open,   SYS_openat,    SYS_stat,       SYS_lstat,    SYS_newfstatat, SYS_statx,
                              SYS_access, SYS_faccessat, SYS_faccessat2, SYS_readlink, SYS_readlinkat};
  for (int number = 0; number < static_cast<int>(k_first_unknown_call); ++number) {
    const std::uint32_t usual = expected(find_path_call(k_native, number));
    EXPECT_EQ(from(k_fast_page + 2, number, O_RDONLY), reading.contains(number) ? SECCOMP_RET_ALLOW : usual) << number;
    EXPECT_EQ(from(0x7f00'0000'0002, number, O_RDONLY), usual) << number;
    EXPECT_EQ(from(k_fast_page + 2, number, O_RDONLY, k_compat), expected(find_path_call(k_compat, number))) << number;
  }
}

TEST(PathFilter, OnlyThatOnePageCounts)
{
  for (const std::uint64_t other : {k_fast_page - 1, k_fast_page + k_fast_page_size, k_fast_page & 0xffff'ffff,
                                    k_fast_page + (std::uint64_t{1} << 32), k_fast_page | std::uint64_t{1} << 63})
    EXPECT_EQ(from(other, SYS_stat, 0), SECCOMP_RET_USER_NOTIF) << std::hex << other;
  for (const std::uint64_t within : {std::uint64_t{k_fast_page}, k_fast_page + k_fast_page_size - 1})
    EXPECT_EQ(from(within, SYS_stat, 0), SECCOMP_RET_ALLOW) << std::hex << within;
}

TEST(PathFilter, OpeningPassesOnlyWithFlagsThatRead)
{
  for (const int number : {SYS_open, SYS_openat}) {
    for (const int flags : {O_RDONLY | O_CLOEXEC, O_DIRECTORY | O_NONBLOCK, O_PATH | O_NOFOLLOW, O_RDONLY | O_NOATIME})
      EXPECT_EQ(from(k_fast_page + 2, number, static_cast<std::uint64_t>(flags)), SECCOMP_RET_ALLOW) << flags;
    for (const int flags : {O_WRONLY, O_RDWR, O_ACCMODE, O_CREAT, O_TRUNC, O_TMPFILE, O_RDONLY | O_CREAT | O_EXCL})
      EXPECT_EQ(from(k_fast_page + 2, number, static_cast<std::uint64_t>(flags)), SECCOMP_RET_USER_NOTIF) << flags;
  }
}

std::uint32_t walls(std::uint32_t arch, std::uint32_t number, std::uint64_t first, std::uint64_t second = 0)
{
  seccomp_data data{};
  data.arch = arch;
  data.nr = static_cast<int>(number);
  data.args[0] = first;
  data.args[1] = second;
  return run(wall_filter(), data).action;
}

constexpr std::uint32_t k_refused_with = SECCOMP_RET_ERRNO;

TEST(WallFilter, RefusesTheSameByBothDoors)
{
  constexpr std::uint32_t k_keyctl[] = {SYS_keyctl, 288}, k_limit[] = {SYS_prlimit64, 340}, k_ioctl[] = {SYS_ioctl, 54};
  for (const int door : {0, 1}) {
    const std::uint32_t arch = door == 0 ? k_native : k_compat;
    EXPECT_EQ(walls(arch, k_keyctl[door], 0), k_refused_with | ENOSYS);
    EXPECT_EQ(walls(arch, k_limit[door], 1), k_refused_with | EPERM);
    EXPECT_EQ(walls(arch, k_limit[door], 0), SECCOMP_RET_ALLOW) << "its own";
    EXPECT_EQ(walls(arch, k_ioctl[door], 0, 0x5412), k_refused_with | EPERM);
    EXPECT_EQ(walls(arch, k_ioctl[door], 0, 0x5413), SECCOMP_RET_ALLOW);
  }
  EXPECT_EQ(walls(k_compat, SYS_keyctl, 0), SECCOMP_RET_ALLOW) << "another call there";
}

TEST(WallFilter, AnyOtherDoorIsShut)
{
  EXPECT_EQ(walls(k_native, 0x40000000u | SYS_getpid, 0), k_refused_with | ENOSYS) << "x32";
  EXPECT_EQ(walls(k_native, 0x40000000u | SYS_keyctl, 0), k_refused_with | ENOSYS);
  EXPECT_EQ(walls(k_native, 0xffffffffu, 0), SECCOMP_RET_ALLOW) << "a tracer skips the call";
  EXPECT_EQ(walls(AUDIT_ARCH_AARCH64, 0, 0), k_refused_with | ENOSYS);
  EXPECT_EQ(walls(k_native, SYS_getpid, 0), SECCOMP_RET_ALLOW);
}

TEST(WallFilter, NoSignalByNumberToTheFirstProcessButWhatItRaisesItself)
{
  EXPECT_EQ(walls(k_native, SYS_tgkill, 1), SECCOMP_RET_ALLOW);
  for (const std::uint32_t call : {SYS_kill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo}) {
    EXPECT_EQ(walls(k_native, call, 1), k_refused_with | EPERM) << call;
    EXPECT_EQ(walls(k_native, call, 2), SECCOMP_RET_ALLOW) << call;
  }
}

} // namespace
} // namespace sluice::sandbox
