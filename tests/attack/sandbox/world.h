// A small host to attack: a tree with a store, a home with keys, daemons that listen, a neighbour that sleeps.
// Everything is the test's own; nothing of the machine is harmed when an attack succeeds.
#pragma once

#include "runner/sandbox/sandbox_executor.h"
#include "tests/support/temp_dir.h"

#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <signal.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace sluice::tests {

class AttackedWorld {
public:
  AttackedWorld()
  {
    folder_.write("tree/file.txt", "source\n");
    folder_.write("tree/sub/deep.txt", "source\n");
    folder_.write("tree/.sluice/store.db", "the store\n");
    folder_.write("home/.ssh/id", "key\n");
    folder_.write("home/.config/gh/hosts.yml", "token\n");
    folder_.write("home/.profile", "\n");
    folder_.write("exchange/one/result", "mine\n");
    folder_.write("exchange/two/result", "other's\n");
    std::filesystem::create_directories(folder_ / "bare");
    out_ = outside();
    listen_unix(folder_ / "daemon.sock", false);
    listen_unix(folder_ / "tree/agent.sock", false);
    abstract_ = "sluice-attack-" + std::to_string(::getpid());
    listen_unix(abstract_, true);
    listen_tcp();
    std::filesystem::copy_file(SLUICE_HOSTILE, folder_ / "tree/other-user");
    if (::chown((folder_ / "tree/other-user").c_str(), 65534, 65534) == 0)
      ::chmod((folder_ / "tree/other-user").c_str(), 04755);
    victim_ = ::fork();
    if (victim_ == 0) {
      for (int fd = 0; fd < 64; ++fd) ::close(fd);
      ::execl("/bin/sleep", "sleep", "600", nullptr);
      ::_exit(1);
    }
    secret_ = ::open((folder_ / "home/.ssh/id").c_str(), O_RDONLY); // deliberately inherited
  }
  ~AttackedWorld()
  {
    ::kill(victim_, SIGKILL);
    ::waitpid(victim_, nullptr, 0);
    for (const int fd : listening_) ::close(fd);
    ::close(secret_);
    std::error_code ignored;
    std::filesystem::remove_all(out_, ignored);
    std::filesystem::remove_all("/tmp/" + abstract_, ignored);
    std::filesystem::remove_all("/dev/shm/" + abstract_, ignored);
  }
  AttackedWorld(const AttackedWorld&) = delete;
  AttackedWorld& operator=(const AttackedWorld&) = delete;

  sandbox::SandboxSpec spec() const
  {
    sandbox::SandboxSpec spec;
    spec.trees = {folder_ / "tree"};
    spec.home = folder_ / "home";
    const std::vector<std::string> environment{"SSH_AUTH_SOCK=" + folder_ / "tree/agent.sock"};
    spec.hidden = sandbox::places_of_secrets(spec.home, environment);
    spec.hidden.push_back(folder_ / "tree/.sluice");
    spec.shown = {std::filesystem::path(SLUICE_HOSTILE).parent_path().string()};
    spec.limits.memory = 64 << 20;
    spec.limits.processes = 48;
    spec.limits.disk = 32 << 20;
    spec.folders = folder_ / "bare";
    return spec;
  }

  std::vector<std::string> environment() const
  {
    return {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "TREE=" + folder_ / "tree",
            "STORE=" + folder_ / "tree/.sluice/store.db",
            "HOME=" + folder_ / "home",
            "OUT=" + out_,
            "EXCHANGE=" + folder_ / "exchange/two",
            "VICTIM=" + std::to_string(victim_),
            "STARTER=" + std::to_string(::getpid()),
            "SOCKET=" + folder_ / "daemon.sock",
            "AGENT=" + folder_ / "tree/agent.sock",
            "ABSTRACT=" + abstract_,
            "LEFT=" + abstract_,
            "PORT=" + std::to_string(port_),
            "SECRET_FD=" + std::to_string(secret_),
            "H=" SLUICE_HOSTILE};
  }

  std::string exchange() const { return folder_ / "exchange/one"; }

  // As a runner without any defence would: a child, like any other.
  bool succeeds_outside(std::string_view script, std::string_view next = {}) const
  {
    std::string line = "env -i";
    for (const std::string& variable : environment()) line += " '" + variable + "'";
    // The shell is the $TARGET of both.
    line += " sh -c 'TARGET=$$; export TARGET; sh -c \"$1\"; code=$?; test -z \"$2\" || { sh -c \"$2\"; code=$?; }; "
            "exit $code' sh \"$(cat " +
            folder_.write("first.sh", script) + ")\" \"$(cat " + folder_.write("next.sh", next) +
            ")\" >/dev/null 2>&1 </dev/null";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

private:
  // Not below a folder that is private in a sandbox, where it would only be hidden, not protected.
  static std::string outside()
  {
    for (std::string pattern : {"/var/lib/sluice-attack-XXXXXX", "/srv/sluice-attack-XXXXXX"})
      if (::mkdtemp(pattern.data())) return pattern;
    std::string pattern = std::filesystem::current_path().string() + "/sluice-attack-XXXXXX";
    return ::mkdtemp(pattern.data()) ? pattern : "/nonexistent";
  }

  void listen_unix(const std::string& name, bool abstract)
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + (abstract ? 1 : 0), sizeof address.sun_path - 2);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 64) != 0)
      throw std::runtime_error("cannot listen at " + name);
    listening_.push_back(fd);
  }

  void listen_tcp()
  {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 64) != 0)
      throw std::runtime_error("cannot listen");
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    listening_.push_back(fd);
  }

  TempDir folder_;
  std::string out_, abstract_;
  std::vector<int> listening_;
  int port_ = 0, secret_ = -1;
  pid_t victim_ = 0;
};

} // namespace sluice::tests
