#include "cli/terminal.h"

#include "reports/text.h"
#include "reports/workflow_commands.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace sluice::cli {

namespace {

// Set by coding agents for the commands that they run, and by CI services.
constexpr std::array<const char*, 10> k_terse_readers{
  "CI",          "CLAUDECODE", "CURSOR_AGENT",          "GEMINI_CLI", "CODEX_SANDBOX",
  "AIDER_MODEL", "OPENCODE",   "AMP_CURRENT_THREAD_ID", "AI_AGENT",   "CLINE_ACTIVE"};

bool is_set(const char* name)
{
  const char* value = std::getenv(name);
  return value && *value && std::string_view(value) != "false" && std::string_view(value) != "0";
}

bool reader_is_terse()
{
  for (const char* name : k_terse_readers)
    if (is_set(name)) return true;
  return false;
}

// Services that take lines of a log for commands ("::error::", "##vso[...]").
bool log_takes_commands()
{
  return is_set("GITHUB_ACTIONS") || is_set("TF_BUILD") || is_set("TEAMCITY_VERSION") || is_set("GITEA_ACTIONS");
}

// False where nobody can wait for it.
bool wait_for_room(int descriptor)
{
  pollfd room{descriptor, POLLOUT, 0};
  return ::poll(&room, 1, -1) >= 0 || errno == EINTR;
}

void write_all(int descriptor, std::string_view bytes)
{
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    // Whoever shares the pipe with us may have made it one that never waits: when it is full its reader is only slow.
    if (errno == EAGAIN ? !wait_for_room(descriptor) : errno != EINTR) return;
  }
}

// A change chooses what its files, tests, authors and settings are called, and messages quote them.
std::string harmless(std::string_view text)
{
  std::string clean = reports::clean_text(text);
  return log_takes_commands() ? reports::defuse_workflow_commands(clean) : clean;
}

int terminal_width()
{
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
  return 80;
}

} // namespace

reports::ConsoleOptions console_options(const Options& options)
{
  const char* term = std::getenv("TERM");
  const bool dumb = !term || std::string_view(term) == "dumb";
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  reports::ConsoleOptions console;
  console.width = terminal_width();
  console.defuse_commands = log_takes_commands();
  if (options.shown_output == "all") console.output = reports::ShownOutput::all;
  if (options.shown_output == "none") console.output = reports::ShownOutput::none;
  console.color = terminal && !dumb && !is_set("NO_COLOR");
  if (options.output == OutputMode::quiet) console.style = reports::ConsoleStyle::quiet;
  else if (options.output == OutputMode::plain) console.style = reports::ConsoleStyle::plain;
  else if (reader_is_terse()) console.style = reports::ConsoleStyle::quiet;
  else if (terminal && !dumb) console.style = reports::ConsoleStyle::live;
  else console.style = reports::ConsoleStyle::plain;
  return console;
}

void write_bytes(std::string_view bytes)
{
  write_all(STDOUT_FILENO, bytes);
}

void write_out(std::string_view text)
{
  write_all(STDOUT_FILENO, harmless(text));
}

void write_answer(const Options& options, std::string_view answer)
{
  options.json ? write_bytes(answer) : write_out(answer);
}

void write_error(std::string_view text)
{
  write_all(STDERR_FILENO, harmless(text));
}

} // namespace sluice::cli
