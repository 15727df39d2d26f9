// The part of NotificationReader that reads socket addresses.
#include "runner/sandbox/observe/notification_reader.h"
#include "runner/sandbox/observe/socket_address.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>

namespace sluice::sandbox {

namespace {

constexpr std::uint32_t k_most_messages = 1024; // of one sendmmsg(): UIO_MAXIOV

} // namespace

void NotificationReader::address(const NotifiedCall& call, std::uint64_t where, std::uint64_t size, bool binds)
{
  char bytes[k_most_address];
  if (where == 0 || size < 2) return;
  size = std::min<std::uint64_t>(size & 0xffffffff, sizeof bytes);
  if (!memory_.read_record(call.pid, where, bytes, size))
    return gap_if_there(call, fmt::format("{}: its memory cannot be read", call.shape.name));
  const SocketAddress to = read_socket_address({bytes, size});
  switch (to.reach) {
  case SocketAddress::Reach::nothing:
    return;
  case SocketAddress::Reach::outside:
    if (!binds) record_.find(FindingKind::network, to.text);
    break;
  case SocketAddress::Reach::loopback:
  case SocketAddress::Reach::abstract:
    if (!binds && !view_.own_network) record_.find(FindingKind::network, to.text);
    break;
  case SocketAddress::Reach::path:
    first_.path.size = to.text.size();
    std::memcpy(first_.path.bytes, to.text.data(), to.text.size());
    if (to.text.empty() || !locate(call, AT_FDCWD, first_)) return;
    if (binds) drain_fast();
    if (binds) record_.make(start(first_), first_.text());
    else record_.connect(start(first_), first_.text());
    return;
  }
  // What came from there is in no list. In a network of its own, trying it always fails alike.
  if (!binds && !view_.own_network) record_.gap("it used a network that is not its own");
}

void NotificationReader::send_message(const NotifiedCall& call)
{
  const bool several = call.shape.name == "sendmmsg";
  const std::uint64_t count = several ? std::min<std::uint64_t>(call.argument(2), k_most_messages) : 1;
  const std::uint64_t stride = call.compat() ? 32 : 64;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint32_t words[4] = {}; // name, its size
    const std::uint64_t where = call.argument(1) + i * stride;
    if (!memory_.read_record(call.pid, where, words, call.compat() ? 8 : 16)) {
      if (i == 0) gap_if_there(call, fmt::format("{}: its memory cannot be read", call.shape.name));
      return; // the kernel stops there, too
    }
    if (call.compat()) address(call, words[0], words[1], false);
    else address(call, words[0] | static_cast<std::uint64_t>(words[1]) << 32, words[2], false);
  }
}

// i386: the number of the call, and its arguments in memory.
void NotificationReader::socketcall(const NotifiedCall& call)
{
  std::uint32_t words[6] = {};
  constexpr std::size_t counts[] = {3, 3, 6, 3, 4};
  constexpr int numbers[] = {361, 362, 369, 370, 345};
  constexpr std::uint64_t codes[] = {2, 3, 11, 16, 20};
  for (std::size_t i = 0; i < std::size(codes); ++i) {
    if (call.argument(0) != codes[i]) continue;
    if (!memory_.read_record(call.pid, call.argument(1), words, counts[i] * sizeof words[0]))
      return gap_if_there(call, "socketcall: its memory cannot be read");
    __u64 arguments[6];
    std::copy(std::begin(words), std::end(words), arguments);
    const PathCall* const shape = find_path_call(AUDIT_ARCH_I386, numbers[i]);
    return dispatch({*shape, call.pid, call.arch, arguments, call.reply});
  }
}

} // namespace sluice::sandbox
