// The walls around a command that a change may have written itself: a configure step, a build, a program that lists its
// tests, a validator. They are lower than a test's: such a command writes to the tree and may need caches, the network
// and tools of the machine. It must reach neither the process that judges it nor what that one rests on.
// It is not observed, and what it prints is its caller's business.
//
//   sluice ── starts ──► enclose() ── clone ──► first process of the namespaces ── fork ──► the command
//                        waits, passes SIGTERM on      mounts, reaps, ends with it            namespaces of its own
//
// The first process owns the mounts; the command is in a user namespace below, where no right that it has there takes
// one of them away. When the first process ends the kernel ends all that the command has left.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sluice::sandbox {

// Absolute paths; those that are not there are left out. Of places in each other the inner one decides.
struct EnclosureSpec {
  std::vector<std::string> writable;  // folders; everything else can only be read
  std::vector<std::string> dropped;   // folders; what is written there is gone afterwards, or fails
  std::vector<std::string> read_only; // files and folders in writable ones
  std::vector<std::string> hidden;    // appear empty
  std::vector<std::string> unset;     // names of variables
  bool network = true;                // false: a loopback of its own
  // Folders that are written, each with the one that is shown in its place.
  std::vector<std::pair<std::string, std::string>> replaced{};
  // Files, each with the one that is read in its place.
  std::vector<std::pair<std::string, std::string>> masked{};
};

// `--hide PATH ... --`: what enclose() takes before the command.
std::vector<std::string> enclosure_arguments(const EnclosureSpec& spec);

// Caches that builds keep below `home` or where the environment ("NAME=value") says: of the folders of tools only what
// a tool fills by itself, not what it is told by (its settings, hooks and start-up scripts).
std::vector<std::string> places_of_caches(const std::string& home, const std::vector<std::string>& environment);

// Folders of tools that the environment names and that hold caches among other things.
std::vector<std::string> homes_of_tools(const std::vector<std::string>& environment);

// What enclose() ends with when there are no walls to be had; the reason is on standard error, and nothing has run.
constexpr int k_no_enclosure = 125;

// Carries out `arguments` (as enclosure_arguments() gives them, then a command: a path and its arguments; without one
// the walls are only tried) in a process of its own that does nothing else, and returns the command's exit code, 128 +
// signal if a signal ended it. Never throws.
int enclose(std::span<char* const> arguments);

} // namespace sluice::sandbox
