// A small HTTP server for one person on this machine: loopback only, GET only, every path below a secret token. It does
// not know what it serves; a function answers. One thread per connection is enough for one browser.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sluice::web {

struct Request {
  std::string path; // below the token, without '/' in front, percent-decoded
  std::map<std::string, std::string> query;
};

// Sends one server-sent event with `data` (one line); false when the reader has gone away.
using SendEvent = std::function<bool(std::string_view data)>;

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  // Set: the answer is a stream of events, written by this function until it returns; `body` is not used.
  std::function<void(const SendEvent& send)> stream;
};

using Answer = std::function<Response(const Request& request)>;

class Server {
public:
  // Listens on 127.0.0.1:`port` (0: any that is free). A browser that neither says nor takes anything for as long as
  // `patience` is not waited for. Throws Error{world} when it cannot listen.
  explicit Server(std::uint16_t port, std::chrono::milliseconds patience = std::chrono::seconds(30));
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // "http://127.0.0.1:PORT/TOKEN/"; the token is new for each server.
  const std::string& address() const { return address_; }

  // Serves until stop() is called from another thread or a signal handler's thread. `answer` is called from several
  // threads at once; what it throws becomes status 500.
  void run(const Answer& answer);
  void stop();

private:
  struct Impl;
  Impl* impl_;
  std::string address_;
};

} // namespace sluice::web
