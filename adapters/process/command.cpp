#include "adapters/process/command.h"

#include "adapters/process/environment.h"
#include "adapters/process/own_programs.h"
#include "adapters/process/pipes.h"
#include "adapters/process/signals.h"
#include "model/error.h"
#include "model/excerpt.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Boost.Filesystem would be the only part of Boost that has to be linked. With the standard one 1.81 forgets to include
// what else it uses of Boost, so that comes first.
#define BOOST_PROCESS_USE_STD_FS
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/start_dir.hpp>
#include <boost/process/v2/stdio.hpp>

#include <fmt/format.h>

namespace sluice::process {

namespace {

namespace asio = boost::asio;
namespace boost_process = boost::process::v2;
using boost::system::error_code;
using ChildProcess = boost_process::basic_process<asio::io_context::executor_type>;

#ifdef __clang_analyzer__
// The analyzer takes Boost's vfork, whose child tells its error through the parent's memory, for a mistake, and a
// remark against that cannot be put into Boost's header.
using Launcher = boost_process::posix::default_launcher;
#else
using Launcher = boost_process::posix::vfork_launcher;
#endif

// Between SIGTERM and SIGKILL when a command must end; enough for ninja to remove its half-written outputs.
constexpr std::chrono::seconds k_grace{2};

// Smaller than a pipe holds, which costs nothing measurable and keeps a session small.
constexpr std::size_t k_read_size = 16'384;

// The last of the initialisers that run in the child between vfork and execve.
struct ChildSetup {
  template <typename AnyLauncher, typename Path>
  error_code on_exec_setup(AnyLauncher&, const Path&, const char* const*&)
  {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    reset_signals_in_child();
    return {};
  }

  // Boost would go on to call exit(), which runs the parent's exit handlers and writes its buffered output a second
  // time. Any argument list is taken because 1.81 checks for another one than it calls with.
  template <typename... Arguments> void on_exec_error(Arguments&&...) { ::_exit(127); }
};

struct Streams {
  Fd input; // what the child reads
  Fd output;
  Fd errors;
};

[[noreturn]] void fail_to_start(const CommandLine& command, int error)
{
  const std::string name = command.arguments.empty() ? "(empty command)" : command.arguments.front();
  const std::string where = command.working_directory.empty() ? "" : " in " + command.working_directory;
  const char* next = "check that the program is installed and in PATH";
  if (command.own)
    next = "check that it is installed in a folder of PATH that builds cannot write (not in the tree, /tmp or a cache)";
  if (error == ENOEXEC) next = "it is damaged, made for another machine, or a script without a first line \"#!...\"";
  if (error == EACCES) next = "check that it is a file that may be executed, on a file system that allows it";
  throw Error(ErrorKind::world, fmt::format("cannot start {}{}: {}", name, where, std::strerror(error)), next);
}

// Starts the child with vfork: a big caller is not copied. `context` must be fresh. Once it has an epoll descriptor,
// notify_fork would replace it from within the child, which shares our memory but not our descriptors.
ChildProcess launch(const CommandLine& command, asio::io_context& context, const Streams& streams)
{
  if (command.arguments.empty()) fail_to_start(command, EINVAL);
  std::vector<std::string> changes = command.environment;
  // Programs believe it as long as it leads to where they are: ours may lead there by a link that is not there in
  // walls.
  if (command.working_directory.starts_with('/')) changes.push_back("PWD=" + command.working_directory);
  std::vector<std::string> environment = merged_environment(changes, command.unset);
  if (command.own) environment = environment_of_own(std::move(environment));
  const std::string& name = command.arguments.front();
  std::string program = command.own ? find_own_program(name) : find_program(name, environment);
  if (program.empty()) fail_to_start(command, ENOENT);
  std::vector<std::string> arguments(command.arguments.begin() + 1, command.arguments.end());
  if (!command.wrapper.empty()) {
    arguments.insert(arguments.begin(), std::exchange(program, command.wrapper.front()));
    arguments.insert(arguments.begin(), command.wrapper.begin() + 1, command.wrapper.end());
  }

  boost_process::process_stdio stdio{streams.input.get(), streams.output.get(), streams.errors.get()};
  boost_process::process_start_dir folder(command.working_directory.empty() ? "." : command.working_directory);

  std::vector<const char*> variables;
  variables.reserve(environment.size() + 1);
  for (const std::string& entry : environment) variables.push_back(entry.c_str());
  variables.push_back(nullptr);

  Launcher launcher;
  launcher.env = variables.data();
  error_code error;
  AllSignalsBlocked blocked;
  try {
    ChildProcess child = launcher(context.get_executor(), error, program, arguments, stdio, folder, ChildSetup{});
    if (!error) return child;
  } catch (const boost::system::system_error& no_descriptor) {
    // The child runs, but no pidfd could be had for it.
    if (launcher.pid > 0) ::kill(launcher.pid, SIGKILL);
    error = no_descriptor.code();
  }
  // Boost forgets a child that could not become the program; without this it stays a zombie.
  if (launcher.pid > 0) {
    while (::waitpid(launcher.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  fail_to_start(command, error.value());
}

// One of the child's output streams, read until it ends or, after the child has ended, until what is there is read.
class OutputStream {
public:
  OutputStream(asio::io_context& context, std::string& collected, std::size_t most)
    : pipe_(context), collected_(collected)
  {
    if (most != 0) bounded_.emplace(most / 4, most - most / 4); // the end of a log says what failed
  }

  void start(Fd fd, const std::function<void(std::string_view)>* listener)
  {
    listener_ = listener;
    pipe_.assign(fd.release());
    read();
  }

  // All that the child wrote is in the pipe now; more can only come from processes it left behind.
  void child_ended()
  {
    child_ended_ = true;
    // The pending read may have its bytes already: they come before what is left, so its completion does the rest.
    error_code ignored;
    if (pipe_.is_open()) pipe_.cancel(ignored);
  }

  // No more will come. How many bytes are missing in what was collected.
  std::uint64_t finish()
  {
    if (!bounded_) return 0;
    collected_ = bounded_->text();
    return bounded_->left_out();
  }

private:
  void read()
  {
    pipe_.async_read_some(asio::buffer(buffer_),
                          [this](error_code error, std::size_t size) { completed(error, size); });
  }

  void completed(error_code error, std::size_t size)
  {
    take(size);
    if (child_ended_) {
      drain();
    } else if (!error) {
      read();
      return;
    }
    error_code ignored;
    pipe_.close(ignored);
  }

  // Reads as much as was in the pipe at one moment, so that a writer left behind cannot keep us here.
  void drain()
  {
    int left = 0;
    if (::ioctl(pipe_.native_handle(), FIONREAD, &left) != 0) return;
    while (left > 0) {
      const ssize_t got =
        ::read(pipe_.native_handle(), buffer_.data(), std::min(buffer_.size(), static_cast<std::size_t>(left)));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return;
      take(static_cast<std::size_t>(got));
      left -= static_cast<int>(got);
    }
  }

  void take(std::size_t size)
  {
    if (size == 0) return;
    bounded_ ? bounded_->add({buffer_.data(), size}) : void(collected_.append(buffer_.data(), size));
    if (listener_ && *listener_) (*listener_)({buffer_.data(), size});
  }

  asio::readable_pipe pipe_;
  std::string& collected_;
  std::optional<Excerpt> bounded_;
  const std::function<void(std::string_view)>* listener_ = nullptr;
  std::array<char, k_read_size> buffer_;
  bool child_ended_ = false;
};

// One command from start to end, on one thread.
class Session {
public:
  explicit Session(const CommandLine& command)
    : command_(command), output_(context_, result_.output, command.most_output),
      errors_(context_, result_.errors, command.most_output), input_(context_), exit_(context_), stops_(context_),
      limit_(context_), grace_(context_)
  {
  }

  ~Session()
  {
    // Only when something threw (the listener, for one): nobody will wait for the command any more.
    if (child_ && child_->is_open()) ::kill(-child_->id(), SIGKILL);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  CommandResult run()
  {
    start();
    context_.run();
    result_.left_out = output_.finish() + errors_.finish();
    return std::move(result_);
  }

private:
  void start();
  void write_input(Fd fd);
  void watch_exit();
  void watch_stops();
  void watch_limit();
  void end_group();
  void child_ended();
  void reap();

  const CommandLine& command_;
  CommandResult result_;
  asio::io_context launch_context_; // see launch(): holds nothing before the child runs
  asio::io_context context_;
  std::optional<ChildProcess> child_;
  OutputStream output_;
  OutputStream errors_;
  asio::writable_pipe input_;
  asio::posix::stream_descriptor exit_;
  asio::posix::stream_descriptor stops_;
  asio::steady_timer limit_;
  asio::steady_timer grace_;
};

void Session::start()
{
  Pipe output = make_pipe();
  Pipe errors = command_.merge_errors ? Pipe{} : make_pipe();
  Pipe input = command_.input.empty() ? Pipe{open_null(), {}} : make_pipe();
  {
    Streams streams{std::move(input.read), std::move(output.write), std::move(errors.write)};
    if (command_.merge_errors) streams.errors = duplicate(streams.output);
    child_.emplace(launch(command_, launch_context_, streams));
  }
  watch_exit();
  watch_stops();
  watch_limit();
  output_.start(std::move(output.read), &command_.on_output);
  if (errors.read.valid()) errors_.start(std::move(errors.read), nullptr);
  if (input.write.valid()) write_input(std::move(input.write));
}

void Session::write_input(Fd fd)
{
  input_.assign(fd.release());
  asio::async_write(input_, asio::buffer(command_.input), [this](error_code, std::size_t) {
    // A program may end or close its input without reading all of it; that is its own affair.
    error_code ignored;
    input_.close(ignored);
  });
}

void Session::watch_exit()
{
  // Readable when the child is a zombie. Boost's own async_wait reaps at once, and then the group could be another's.
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, child_->id(), 0)));
  if (!pidfd.valid()) throw Error(ErrorKind::world, std::string("cannot watch a command: ") + std::strerror(errno));
  exit_.assign(pidfd.release());
  exit_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code) { child_ended(); });
}

void Session::watch_stops()
{
  Fd stops = watch_blocked_stops();
  if (!stops.valid()) return;
  stops_.assign(stops.release());
  stops_.async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
    if (error) return;
    result_.interrupted = true;
    end_group();
  });
}

void Session::watch_limit()
{
  if (!command_.time_limit) return;
  limit_.expires_after(*command_.time_limit);
  limit_.async_wait([this](error_code error) {
    if (error) return;
    result_.timed_out = true;
    end_group();
  });
}

void Session::end_group()
{
  if (!child_->is_open()) return;
  ::kill(-child_->id(), SIGTERM);
  grace_.expires_after(k_grace);
  grace_.async_wait([this](error_code error) {
    if (!error && child_->is_open()) ::kill(-child_->id(), SIGKILL);
  });
}

void Session::child_ended()
{
  // The zombie still holds the group's number, so this reaches its leftovers and nobody else.
  if (result_.timed_out || result_.interrupted) ::kill(-child_->id(), SIGKILL);
  reap();
  limit_.cancel();
  grace_.cancel();
  error_code ignored;
  stops_.close(ignored);
  input_.close(ignored);
  output_.child_ended();
  errors_.child_ended();
}

void Session::reap()
{
  error_code error;
  child_->wait(error);
  const int status = child_->native_exit_code();
  // A handle that still names the process would, when destroyed, kill a later child that got the same number.
  child_->detach();
  if (error) {
    throw Error(ErrorKind::world,
                fmt::format("cannot tell how {} ended: {}", command_.arguments.front(), error.message()),
                "do not ignore SIGCHLD around commands");
  }
  result_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  // A command that catches our signal and calls it success has not done what it was asked for.
  if (result_.exit_code == 0 && (result_.timed_out || result_.interrupted)) result_.exit_code = 128 + SIGTERM;
}

} // namespace

CommandResult run_command(const CommandLine& command)
{
  BrokenPipeBlocked broken_pipe;
  return Session(command).run();
}

} // namespace sluice::process
