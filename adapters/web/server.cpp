#include "adapters/web/server.h"

#include "model/error.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <sys/socket.h>
#include <thread>

namespace sluice::web {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::size_t k_request_limit = 16 << 10;
constexpr std::chrono::milliseconds k_pause{100}; // where the machine has no room for one more connection

std::string new_token()
{
  std::random_device random;
  std::string token;
  for (int i = 0; i < 5; ++i) token += fmt::format("{:08x}", random());
  return token;
}

// Takes as long for a wrong token as for a right one.
bool same(std::string_view a, std::string_view b)
{
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  return difference == 0;
}

int hex_value(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text)
{
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
      text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Request parsed(std::string_view target)
{
  Request request;
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = decoded(target.substr(0, mark));
  std::string_view query = target.substr(std::min(mark + 1, target.size()));
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    request.query[decoded(pair.substr(0, equals))] = decoded(pair.substr(std::min(equals + 1, pair.size())));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return request;
}

Response refusal(int status, std::string_view words)
{
  return {status, "text/plain; charset=utf-8", std::string(words) + "\n", {}};
}

template <class Message> void add_headers(Message& message, const std::string& type)
{
  message.set(http::field::content_type, type);
  message.set(http::field::cache_control, "no-store");
  message.set("X-Content-Type-Options", "nosniff");
  message.set("Referrer-Policy", "no-referrer"); // the token stands in the address
  message.set("Cross-Origin-Resource-Policy", "same-origin");
  message.set("X-Frame-Options", "DENY");
}

// One browser's connection. Its context is its own: nothing of it rests on the one that accepts, and which may end
// first.
struct Connection {
  Connection(tcp::socket accepted, std::chrono::milliseconds patience_) : patience(patience_)
  {
    stream.socket().assign(accepted.local_endpoint().protocol(), accepted.native_handle());
    beast::error_code ignored;
    accepted.release(ignored); // where assign() has thrown it closes
  }

  // Carries out one step, which calls what it is given when it has ended; for as long as it may take.
  template <class Step> beast::error_code carry_out(const Step& step)
  {
    beast::error_code failed;
    stream.expires_after(patience);
    step([&](const beast::error_code& code, std::size_t) { failed = code; });
    context.restart();
    context.run();
    return failed;
  }

  asio::io_context context{1};
  beast::tcp_stream stream{context};
  std::chrono::milliseconds patience;
};

} // namespace

struct Server::Impl {
  class Session;

  asio::io_context context;
  tcp::acceptor acceptor{context};
  std::string token = new_token();
  std::string host; // what a browser calls us
  std::atomic<bool> stopping{false};
  std::chrono::milliseconds patience{};
  std::mutex mutex; // of what stands below
  std::condition_variable ended;
  std::size_t sessions = 0;
  std::set<int> sockets; // of sessions, while they are open: afterwards their numbers are given to others

  // Another name for this address (a page of the network that resolves to 127.0.0.1) is not us.
  Response respond(const http::request<http::empty_body>& message, const Answer& answer) const
  {
    if (message.method() != http::verb::get) return refusal(405, "only GET");
    const std::string_view named(message[http::field::host].data(), message[http::field::host].size());
    if (named != host && named != "localhost" + host.substr(host.find(':'))) return refusal(403, "another host");
    std::string_view target(message.target().data(), message.target().size());
    if (!target.starts_with('/')) return refusal(400, "no path");
    target.remove_prefix(1);
    const std::size_t end = std::min(target.find('/'), target.size());
    if (end == target.size() || !same(target.substr(0, end), token)) return refusal(403, "the token is another one");
    try {
      return answer(parsed(target.substr(end + 1)));
    } catch (const std::exception& error) {
      return refusal(500, error.what());
    }
  }

  // A slow browser that takes a little each time is given all the time that it needs.
  static void send(Connection& connection, const Response& response)
  {
    http::response<http::string_body> message{static_cast<http::status>(response.status), 11};
    add_headers(message, response.type);
    message.body() = response.body;
    message.keep_alive(false);
    message.prepare_payload();
    http::response_serializer<http::string_body> rest{message};
    beast::error_code failed;
    while (!failed && !rest.is_done())
      failed =
        connection.carry_out([&](auto done) { http::async_write_some(connection.stream, rest, std::move(done)); });
  }

  void send_events(Connection& connection, const Response& response) const
  {
    http::response<http::empty_body> message{http::status::ok, 11};
    add_headers(message, "text/event-stream");
    message.keep_alive(false);
    http::response_serializer<http::empty_body> head{message};
    beast::error_code failed =
      connection.carry_out([&](auto done) { http::async_write_header(connection.stream, head, std::move(done)); });
    const auto write = [&](const std::string& text) {
      failed = connection.carry_out(
        [&](auto done) { asio::async_write(connection.stream, asio::buffer(text), std::move(done)); });
    };
    response.stream([&](std::string_view data) {
      if (failed || stopping) return false;
      write(data.empty() ? ": still here\n\n" : fmt::format("data: {}\n\n", data));
      return !failed;
    });
    if (!failed) write("event: end\ndata: end\n\n");
  }

  void serve(Connection& connection, const Answer& answer) const
  {
    beast::flat_buffer buffer;
    http::request_parser<http::empty_body> parser;
    parser.header_limit(k_request_limit);
    beast::error_code failed =
      connection.carry_out([&](auto done) { http::async_read(connection.stream, buffer, parser, std::move(done)); });
    if (failed) return;
    const Response response = respond(parser.get(), answer);
    if (response.stream) send_events(connection, response);
    else send(connection, response);
    connection.stream.socket().shutdown(tcp::socket::shutdown_send, failed);
  }

  bool begin(tcp::socket socket, const Answer& answer);
  void close_all();
};

// What close_all() waits for: a connection from before its thread begins until it is closed.
class Server::Impl::Session {
public:
  Session(Impl& impl, tcp::socket accepted)
    : impl_(impl), connection_(std::make_unique<Connection>(std::move(accepted), impl.patience)),
      socket_(connection_->stream.socket().native_handle())
  {
    const std::lock_guard lock(impl_.mutex);
    impl_.sockets.insert(socket_);
    ++impl_.sessions;
  }
  ~Session()
  {
    {
      const std::lock_guard lock(impl_.mutex);
      impl_.sockets.erase(socket_);
    }
    connection_.reset();
    const std::lock_guard lock(impl_.mutex); // the last that is done here with the server, which may end now
    --impl_.sessions;
    impl_.ended.notify_all();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void serve(const Answer& answer)
  {
    try {
      impl_.serve(*connection_, answer);
    } catch (const std::exception&) { // no memory for one answer
    }
  }

private:
  Impl& impl_;
  std::unique_ptr<Connection> connection_;
  int socket_;
};

// False where there is no descriptor or thread for it: then it is closed.
bool Server::Impl::begin(tcp::socket socket, const Answer& answer)
{
  try {
    auto session = std::make_unique<Session>(*this, std::move(socket));
    std::thread([session = std::move(session), &answer]() mutable {
      session->serve(answer);
      session.reset();
    }).detach();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

// Browsers keep connections open on which they say nothing.
void Server::Impl::close_all()
{
  std::unique_lock lock(mutex);
  for (const int socket : sockets) ::shutdown(socket, SHUT_RDWR);
  ended.wait(lock, [&] { return sessions == 0; });
}

Server::Server(std::uint16_t port, std::chrono::milliseconds patience) : impl_(new Impl)
{
  impl_->patience = patience;
  beast::error_code failed;
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  impl_->acceptor.open(endpoint.protocol(), failed);
  if (!failed) impl_->acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) impl_->acceptor.bind(endpoint, failed);
  if (!failed) impl_->acceptor.listen(asio::socket_base::max_listen_connections, failed);
  if (failed) {
    delete impl_;
    throw Error(ErrorKind::world, fmt::format("cannot listen on 127.0.0.1:{}: {}", port, failed.message()),
                "leave out --port to take one that is free");
  }
  impl_->host = fmt::format("127.0.0.1:{}", impl_->acceptor.local_endpoint().port());
  address_ = fmt::format("http://{}/{}/", impl_->host, impl_->token);
}

Server::~Server()
{
  delete impl_;
}

void Server::run(const Answer& answer)
{
  asio::signal_set signals(impl_->context, SIGINT, SIGTERM);
  signals.async_wait([this](const beast::error_code& failed, int) {
    if (!failed) stop();
  });
  struct AtEnd {
    Impl& impl;
    ~AtEnd()
    {
      impl.stopping = true;
      impl.close_all(); // they refer to `answer`
    }
  };
  const AtEnd at_end{*impl_};
  asio::steady_timer pause(impl_->context);
  std::function<void()> accept = [&] {
    impl_->acceptor.async_accept([&](const beast::error_code& failed, tcp::socket socket) {
      if (failed == asio::error::operation_aborted) return;
      if (!failed && impl_->begin(std::move(socket), answer)) return accept();
      // Descriptors, threads or memory are used up, or the browser has gone away. One connection fails; the next may
      // not.
      pause.expires_after(k_pause);
      pause.async_wait([&](const beast::error_code& stopped) {
        if (!stopped) accept();
      });
    });
  };
  accept();
  impl_->context.run();
}

void Server::stop()
{
  impl_->stopping = true;
  impl_->context.stop();
}

} // namespace sluice::web
