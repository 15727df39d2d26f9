#include "runner/sandbox/observe/path_filter.h"

#include "runner/sandbox/fast_path/fast_protocol.h"
#include "runner/sandbox/observe/path_calls.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <utility>

namespace sluice::sandbox {

namespace {

using Code = std::vector<sock_filter>;

enum class Answer : std::uint8_t {
  allow,
  notify,
  notify_unless_fast,
  notify_unless_fast_open, // open(): only with flags that do nothing but read
  notify_unless_fast_openat,
  notify_if_address,
  notify_if_socket,
  enosys,
  eperm,
};

sock_filter statement(unsigned code, std::uint32_t k)
{
  return {static_cast<std::uint16_t>(code), 0, 0, k};
}

sock_filter jump(unsigned code, std::uint32_t k, std::size_t if_true, std::size_t if_false)
{
  return {static_cast<std::uint16_t>(code), static_cast<std::uint8_t>(if_true), static_cast<std::uint8_t>(if_false), k};
}

sock_filter load(std::size_t offset)
{
  return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

sock_filter give(std::uint32_t action)
{
  return statement(BPF_RET | BPF_K, action);
}

constexpr std::size_t argument(std::size_t index)
{
  return offsetof(seccomp_data, args) + 8 * index;
}

// sendto(): only with an address, which is the fifth argument.
Code notify_if_address()
{
  return {load(argument(4)),
          jump(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2),
          load(argument(4) + 4),
          jump(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
          give(SECCOMP_RET_USER_NOTIF),
          give(SECCOMP_RET_ALLOW)};
}

// socketcall(): bind 2, connect 3, sendto 11, sendmsg 16, sendmmsg 20.
Code notify_if_socket()
{
  return {load(argument(0)),
          jump(BPF_JMP | BPF_JEQ | BPF_K, 2, 5, 0),
          jump(BPF_JMP | BPF_JEQ | BPF_K, 3, 4, 0),
          jump(BPF_JMP | BPF_JEQ | BPF_K, 11, 3, 0),
          jump(BPF_JMP | BPF_JEQ | BPF_K, 16, 2, 0),
          jump(BPF_JMP | BPF_JEQ | BPF_K, 20, 1, 0),
          give(SECCOMP_RET_ALLOW),
          give(SECCOMP_RET_USER_NOTIF)};
}

// The instruction after the call lies in the page. What a test can do with that stands in docs/design/fast-path.md.
Code notify_unless_fast(std::uint64_t page)
{
  return {load(offsetof(seccomp_data, instruction_pointer) + 4),
          jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(page >> 32), 0, 4),
          load(offsetof(seccomp_data, instruction_pointer)),
          statement(BPF_ALU | BPF_AND | BPF_K, ~static_cast<std::uint32_t>(k_fast_page_size - 1)),
          jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(page), 0, 1),
          give(SECCOMP_RET_ALLOW),
          give(SECCOMP_RET_USER_NOTIF)};
}

// The kernel takes the lower half of the flags.
Code notify_unless_fast_open(std::uint64_t page, std::size_t flags)
{
  constexpr std::uint32_t writes = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
  Code code{load(argument(flags)), statement(BPF_ALU | BPF_AND | BPF_K, writes),
            jump(BPF_JMP | BPF_JEQ | BPF_K, O_RDONLY, 1, 0), give(SECCOMP_RET_USER_NOTIF)};
  const Code rest = notify_unless_fast(page);
  code.insert(code.end(), rest.begin(), rest.end());
  return code;
}

Code leaf(Answer answer, std::uint64_t fast_page)
{
  switch (answer) {
  case Answer::allow:
    return {give(SECCOMP_RET_ALLOW)};
  case Answer::notify:
    return {give(SECCOMP_RET_USER_NOTIF)};
  case Answer::notify_unless_fast:
    return notify_unless_fast(fast_page);
  case Answer::notify_unless_fast_open:
    return notify_unless_fast_open(fast_page, 1);
  case Answer::notify_unless_fast_openat:
    return notify_unless_fast_open(fast_page, 2);
  case Answer::notify_if_address:
    return notify_if_address();
  case Answer::notify_if_socket:
    return notify_if_socket();
  case Answer::enosys:
    return {give(SECCOMP_RET_ERRNO | ENOSYS)};
  case Answer::eperm:
    return {give(SECCOMP_RET_ERRNO | EPERM)};
  }
  return {give(SECCOMP_RET_KILL_PROCESS)};
}

Answer answer_for(const PathCall& call)
{
  switch (call.verb) {
  case Verb::refuse_enosys:
    return Answer::enosys;
  case Verb::refuse_eperm:
    return Answer::eperm;
  case Verb::send_to:
    return Answer::notify_if_address;
  case Verb::socketcall:
    return Answer::notify_if_socket;
  default:
    return Answer::notify;
  }
}

// The few that the library of the fast path makes. Not openat2, whose flags lie in memory, and nothing that executes,
// moves or writes.
Answer fast_answer_for(const PathCall& call)
{
  switch (call.x86_64) {
  case SYS_open:
    return Answer::notify_unless_fast_open;
  case SYS_openat:
    return Answer::notify_unless_fast_openat;
  case SYS_stat:
  case SYS_lstat:
  case SYS_newfstatat:
  case SYS_statx:
  case SYS_access:
  case SYS_faccessat:
  case SYS_faccessat2:
  case SYS_readlink:
  case SYS_readlinkat:
    return Answer::notify_unless_fast;
  default:
    return answer_for(call);
  }
}

// Numbers from `first` up to the next range's first.
struct Range {
  std::uint32_t first;
  Answer answer;
};

// Sorted by number, so that equal neighbours become one range.
std::vector<Range> ranges_of(std::vector<std::pair<std::uint32_t, Answer>> numbers, std::uint32_t end)
{
  std::sort(numbers.begin(), numbers.end());
  std::vector<Range> ranges{{0, Answer::allow}};
  const auto add = [&](std::uint32_t first, Answer answer) {
    if (ranges.back().first == first) ranges.back().answer = answer;
    else if (ranges.back().answer != answer) ranges.push_back({first, answer});
  };
  for (const auto& [number, answer] : numbers) {
    add(number, answer);
    add(number + 1, number + 1 >= end ? Answer::enosys : Answer::allow);
  }
  // The last number that has a row is also the last that is known; what follows is unknown.
  if (numbers.empty() || numbers.back().first + 1 < end) add(end, Answer::enosys);
  return ranges;
}

Code search(const std::vector<Range>& ranges, std::size_t begin, std::size_t end, std::uint64_t fast_page)
{
  if (end - begin == 1) return leaf(ranges[begin].answer, fast_page);
  const std::size_t middle = begin + (end - begin) / 2;
  const Code low = search(ranges, begin, middle, fast_page);
  const Code high = search(ranges, middle, end, fast_page);
  Code code;
  if (low.size() <= 255) {
    code.push_back(jump(BPF_JMP | BPF_JGE | BPF_K, ranges[middle].first, low.size(), 0));
  } else { // too far for a condition: 8 bits
    code.push_back(jump(BPF_JMP | BPF_JGE | BPF_K, ranges[middle].first, 0, 1));
    code.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(low.size())));
  }
  code.insert(code.end(), low.begin(), low.end());
  code.insert(code.end(), high.begin(), high.end());
  return code;
}

Code search_all(const std::vector<Range>& ranges, std::uint64_t fast_page)
{
  Code code{load(offsetof(seccomp_data, nr))};
  const Code tree = search(ranges, 0, ranges.size(), fast_page);
  code.insert(code.end(), tree.begin(), tree.end());
  return code;
}

Code native(const FilterOptions& options)
{
  std::vector<std::pair<std::uint32_t, Answer>> numbers;
  for (const PathCall& call : path_calls())
    if (call.x86_64 != k_none)
      numbers.emplace_back(call.x86_64, options.fast_page != 0 ? fast_answer_for(call) : answer_for(call));
  std::vector<Range> ranges = ranges_of(std::move(numbers), k_first_unknown_call);
  // Above: unknown calls, control_calls among them; then x32, a second door to the same calls that hardly any kernel
  // offers.
  std::vector<std::uint32_t> control = options.control_calls;
  std::sort(control.begin(), control.end());
  for (const std::uint32_t number : control) {
    if (ranges.back().first == number) ranges.pop_back();
    ranges.push_back({number, Answer::notify});
    ranges.push_back({number + 1, Answer::enosys});
  }
  ranges.push_back({0xffffffff, Answer::allow}); // a tracer's way to skip a call
  return search_all(ranges, options.fast_page);
}

Code compat()
{
  std::vector<std::pair<std::uint32_t, Answer>> numbers;
  for (const PathCall& call : path_calls())
    if (call.i386 != k_none) numbers.emplace_back(call.i386, answer_for(call));
  return search_all(ranges_of(std::move(numbers), k_first_unknown_call), 0);
}

// Goes on behind its end for every call that does not show the pass.
Code let_pass(const Pass& pass)
{
  Code code;
  for (std::size_t i = 0; i < pass.size(); ++i)
    for (const std::size_t half : {0U, 4U}) {
      code.push_back(load(argument(3 + i) + half));
      code.push_back(jump(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(pass[i] >> (8 * half)), 0, 0));
    }
  code.push_back(give(SECCOMP_RET_ALLOW));
  for (std::size_t i = 0; i < code.size(); ++i)
    if (BPF_CLASS(code[i].code) == BPF_JMP) code[i].jf = static_cast<std::uint8_t>(code.size() - i - 1);
  // The number first: it alone decides for all other calls, which so stay free.
  Code whole{load(offsetof(seccomp_data, nr)), jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 1, 0),
             jump(BPF_JMP | BPF_JEQ | BPF_K, SYS_chdir, 0, code.size())};
  whole.insert(whole.end(), code.begin(), code.end());
  return whole;
}

} // namespace

std::vector<sock_filter> path_filter(const FilterOptions& options)
{
  Code native_part = native(options);
  if (options.pass) {
    const Code before = let_pass(*options.pass);
    native_part.insert(native_part.begin(), before.begin(), before.end());
  }
  const Code compat_part = compat();
  Code code{load(offsetof(seccomp_data, arch)), jump(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 1),
            statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(compat_part.size() + 2)),
            jump(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 1, 0),
            give(SECCOMP_RET_USER_NOTIF)}; // neither: the observer says that it does not know
  code.insert(code.end(), compat_part.begin(), compat_part.end());
  code.insert(code.end(), native_part.begin(), native_part.end());
  return code;
}

} // namespace sluice::sandbox
