#include "adapters/web/server.h"

#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sluice::web {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

int new_socket()
{
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{20, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return socket;
}

// A server that runs, and what a browser does.
class Served {
public:
  explicit Served(std::chrono::milliseconds patience = 30s, Answer answer = path_of)
    : server_(0, patience), thread_([this, answer = std::move(answer)] { server_.run(answer); })
  {
  }
  ~Served()
  {
    server_.stop();
    thread_.join();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  void connect(int socket) const
  {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(host().substr(host().find(':') + 1))));
    ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  int connected() const
  {
    const int socket = new_socket();
    connect(socket);
    return socket;
  }
  void ask(int socket, const std::string& path) const
  {
    const std::string token = server_.address().substr(7 + host().size());
    const std::string request = "GET " + token + path + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n";
    ::send(socket, request.data(), request.size(), MSG_NOSIGNAL);
  }
  // What the server says on a socket that is connected; closes it.
  std::string answer(int socket, const std::string& path) const
  {
    ask(socket, path);
    std::string text;
    char piece[4096];
    for (ssize_t got; (got = ::recv(socket, piece, sizeof piece, 0)) > 0;)
      text.append(piece, static_cast<std::size_t>(got));
    ::close(socket);
    return text;
  }
  std::string get(const std::string& path) const { return answer(connected(), path); }

private:
  static Response path_of(const Request& request) { return {200, "text/plain", request.path, {}}; }
  std::string host() const { return server_.address().substr(7, server_.address().find('/', 7) - 7); }

  Server server_;
  std::thread thread_;
};

TEST(ServerTest, Answers)
{
  EXPECT_THAT(Served().get("words"), HasSubstr("\r\n\r\nwords"));
}

TEST(ServerTest, GivesALongAnswerWhole)
{
  const Served served(30s, [](const Request&) { return Response{200, "text/plain", std::string(8 << 20, 'x'), {}}; });
  EXPECT_GT(served.get("").size(), std::size_t{8} << 20);
}

TEST(ServerTest, StreamsEvents)
{
  const Served served(30s, [](const Request&) {
    Response response;
    response.stream = [](const SendEvent& send) { send("one") && send({}) && send("two"); };
    return response;
  });
  EXPECT_THAT(served.get(""), HasSubstr("\r\n\r\ndata: one\n\n: still here\n\ndata: two\n\nevent: end\ndata: end\n\n"));
}

// The limit of the whole process: the server's accept() has no number to give until it is lifted.
TEST(ServerTest, GoesOnWhenThereAreDescriptorsAgain)
{
  const Served served;
  EXPECT_THAT(served.get("before"), HasSubstr("before"));
  const int socket = new_socket();
  rlimit usual{};
  ::getrlimit(RLIMIT_NOFILE, &usual);
  const int lowest = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
  ::close(lowest);
  rlimit none = usual;
  none.rlim_cur = static_cast<rlim_t>(lowest);
  ::setrlimit(RLIMIT_NOFILE, &none);
  served.connect(socket);
  std::this_thread::sleep_for(300ms);
  ::setrlimit(RLIMIT_NOFILE, &usual);
  EXPECT_THAT(served.answer(socket, "waited"), HasSubstr("waited"));
  EXPECT_THAT(served.get("after"), HasSubstr("after"));
}

// A connection's thread ends a moment after the server may: what it then still holds of it, sanitizers find.
TEST(ServerTest, EndsWithConnectionsOpen)
{
  for (int round = 0; round < 100; ++round) {
    std::vector<int> sockets;
    {
      const Served served;
      for (int i = 0; i < 4; ++i) sockets.push_back(served.connected());
      EXPECT_THAT(served.get("words"), HasSubstr("words"));
    }
    for (const int socket : sockets) ::close(socket);
  }
}

TEST(ServerTest, DoesNotWaitForABrowserThatSaysNothing)
{
  const Served served(200ms);
  const int socket = served.connected();
  char byte = 0;
  EXPECT_EQ(::recv(socket, &byte, 1, 0), 0);
  ::close(socket);
}

TEST(ServerTest, DoesNotWaitForABrowserThatTakesNothing)
{
  std::atomic<bool> gave_up = false;
  const Served served(200ms, [&](const Request&) {
    Response response;
    response.stream = [&](const SendEvent& send) {
      while (send(std::string(64 << 10, 'x'))) {
      }
      gave_up = true;
    };
    return response;
  });
  const int socket = served.connected();
  served.ask(socket, "events");
  for (int i = 0; i < 1000 && !gave_up; ++i) std::this_thread::sleep_for(20ms);
  EXPECT_TRUE(gave_up);
  ::close(socket);
}

} // namespace
} // namespace sluice::web
