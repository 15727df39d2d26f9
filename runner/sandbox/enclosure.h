// The walls around a command that a change may have written itself: a configure step, a build, a program that lists its
// tests, a validator. They are lower than a test's: such a command writes to the tree and may need caches, the network
// and tools of the machine. It must reach neither the process that judges it nor what that process rests on.
// The command is not observed, and its output is its caller's business.
//
//   sluice ── starts ──► enclose() ── clone ──► first process of the namespaces ── fork ──► the command
//                        waits, passes SIGTERM on      mounts, reaps, ends with it            namespaces of its own
//
// The first process owns the mounts; the command runs in a child user namespace whose capabilities do not reach them.
// When the first process ends the kernel ends whatever the command left running.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sluice::sandbox {

// All paths are absolute; missing ones are ignored. Of nested places the inner one decides.
struct EnclosureSpec {
  std::vector<std::string> writable;  // folders; everything else can only be read
  std::vector<std::string> dropped;   // folders; what is written there is dropped afterwards, or writing fails
  std::vector<std::string> read_only; // files and folders inside writable ones
  std::vector<std::string> hidden;    // appear empty
  std::vector<std::string> unset;     // names of environment variables
  bool network = true;                // false: only a loopback of its own
  // Writable folders, each with the folder that is shown in its place.
  std::vector<std::pair<std::string, std::string>> replaced{};
  // Files, each with the file that is read in its place.
  std::vector<std::pair<std::string, std::string>> masked{};
};

// `--hide PATH ... --`: what enclose() takes before the command.
std::vector<std::string> enclosure_arguments(const EnclosureSpec& spec);

// Caches that builds keep below `home` or where the environment ("NAME=value") says. Of a tool's folder only what the
// tool fills by itself, not what directs it (settings, hooks, start-up scripts).
std::vector<std::string> places_of_caches(const std::string& home, const std::vector<std::string>& environment);

// Folders of tools that the environment names and that hold caches among other things.
std::vector<std::string> homes_of_tools(const std::vector<std::string>& environment);

// Exit code of enclose() if the walls cannot be made; the reason is on standard error, and nothing has run.
constexpr int k_no_enclosure = 125;

// Call it in a process that does nothing else. `arguments` are those of enclosure_arguments(), then a command (a path
// and its arguments); without a command the walls are only tried. Returns the command's exit code, or 128 + signal if a
// signal ended it. Never throws.
int enclose(std::span<char* const> arguments);

} // namespace sluice::sandbox
