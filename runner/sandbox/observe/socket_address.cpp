#include "runner/sandbox/observe/socket_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstddef>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace sluice::sandbox {

namespace {

using Reach = SocketAddress::Reach;

SocketAddress local(std::string_view bytes)
{
  std::string_view name = bytes.substr(offsetof(sockaddr_un, sun_path));
  if (name.empty()) return {};
  if (name.front() == '\0') return {Reach::abstract, "@" + std::string(name.substr(1))};
  name = name.substr(0, name.find('\0'));
  return {Reach::path, std::string(name)};
}

SocketAddress internet4(in_addr address, std::uint16_t port)
{
  std::array<char, INET_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET, &address, text.data(), text.size());
  const std::uint32_t number = ntohl(address.s_addr);
  const bool here = number >> 24 == 127 || number == 0; // 0.0.0.0 reaches this machine
  return {here ? Reach::loopback : Reach::outside, fmt::format("{}:{}", text.data(), ntohs(port))};
}

SocketAddress internet4(std::string_view bytes)
{
  sockaddr_in address{};
  if (bytes.size() < sizeof address) return {};
  std::memcpy(&address, bytes.data(), sizeof address);
  return internet4(address.sin_addr, address.sin_port);
}

SocketAddress internet6(std::string_view bytes)
{
  constexpr std::size_t k_least = 24; // RFC 2133, without the scope
  sockaddr_in6 address{};
  if (bytes.size() < k_least) return {};
  std::memcpy(&address, bytes.data(), std::min(bytes.size(), sizeof address));
  if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
    in_addr mapped{};
    std::memcpy(&mapped, address.sin6_addr.s6_addr + 12, sizeof mapped);
    return internet4(mapped, address.sin6_port);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
  const bool here = IN6_IS_ADDR_LOOPBACK(&address.sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&address.sin6_addr);
  return {here ? Reach::loopback : Reach::outside, fmt::format("[{}]:{}", text.data(), ntohs(address.sin6_port))};
}

} // namespace

SocketAddress read_socket_address(std::string_view bytes)
{
  sa_family_t family = AF_UNSPEC;
  if (bytes.size() < sizeof family) return {};
  std::memcpy(&family, bytes.data(), sizeof family);
  switch (family) {
  case AF_UNSPEC: { // undoes a connect(); in sendto() it may stand for AF_INET
    SocketAddress address = internet4(bytes);
    return address.reach == Reach::outside ? address : SocketAddress{};
  }
  case AF_NETLINK:
  case AF_ALG:
    return {};
  case AF_UNIX:
    return local(bytes);
  case AF_INET:
    return internet4(bytes);
  case AF_INET6:
    return internet6(bytes);
  default:
    return {Reach::outside, fmt::format("address family {}", family)};
  }
}

} // namespace sluice::sandbox
