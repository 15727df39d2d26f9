#include "adapters/web/server.h"

#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <chrono>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace sluice::web {
namespace {

using testing::HasSubstr;

class Served : public testing::Test {
protected:
  Served()
    : thread_([this] {
        server_.run([](const Request& request) { return Response{200, "text/plain", request.path, {}}; });
      })
  {
  }
  ~Served() override
  {
    server_.stop();
    thread_.join();
  }

  static int new_socket()
  {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{20, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return socket;
  }
  std::string host() const { return server_.address().substr(7, server_.address().find('/', 7) - 7); }
  void connect(int socket) const
  {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(host().substr(host().find(':') + 1))));
    ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  // What the server says on a socket that is connected; closes it.
  std::string answer(int socket, const std::string& path) const
  {
    const std::string token = server_.address().substr(7 + host().size());
    const std::string request = "GET " + token + path + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n";
    ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
    std::string text;
    char piece[4096];
    for (ssize_t got; (got = ::recv(socket, piece, sizeof piece, 0)) > 0;)
      text.append(piece, static_cast<std::size_t>(got));
    ::close(socket);
    return text;
  }
  std::string get(const std::string& path) const
  {
    const int socket = new_socket();
    connect(socket);
    return answer(socket, path);
  }

  Server server_{0};
  std::thread thread_;
};

TEST_F(Served, Answers)
{
  EXPECT_THAT(get("words"), HasSubstr("\r\n\r\nwords"));
}

// The limit of the whole process: the server's accept() has no number to give until it is lifted.
TEST_F(Served, GoesOnWhenThereAreDescriptorsAgain)
{
  EXPECT_THAT(get("before"), HasSubstr("before"));
  const int socket = new_socket();
  rlimit usual{};
  ::getrlimit(RLIMIT_NOFILE, &usual);
  const int lowest = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
  ::close(lowest);
  rlimit none = usual;
  none.rlim_cur = static_cast<rlim_t>(lowest);
  ::setrlimit(RLIMIT_NOFILE, &none);
  connect(socket);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  ::setrlimit(RLIMIT_NOFILE, &usual);
  EXPECT_THAT(answer(socket, "waited"), HasSubstr("waited"));
  EXPECT_THAT(get("after"), HasSubstr("after"));
}

} // namespace
} // namespace sluice::web
