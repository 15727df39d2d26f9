// What a socket address that a test hands to the kernel means for its observation. A pure function of the bytes.
// It knows neither the socket nor whether the kernel will accept the address.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::sandbox {

struct SocketAddress {
  enum class Reach : std::uint8_t {
    nothing,  // no address, or one that leads nowhere outside (netlink, kernel crypto)
    path,     // text: the path of a socket in the file system
    abstract, // text: "@name"
    loopback, // text: "127.0.0.1:80"
    outside,  // text: "192.0.2.1:80", "[2001:db8::1]:80", "address family 40"
  };
  Reach reach = Reach::nothing;
  std::string text;
};

constexpr std::size_t k_most_address = 128; // sizeof(sockaddr_storage)

SocketAddress read_socket_address(std::string_view bytes);

} // namespace sluice::sandbox
