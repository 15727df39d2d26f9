// What a sandbox shall be: a plain value made from configuration, before anything is known of the machine. It does not
// know mounts or namespaces; lane_plan.h turns it into steps.
#pragma once

#include "model/sandbox.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::sandbox {

enum class TreeMode {
  copy_on_write, // a test may write anywhere in the trees; what it wrote is dropped afterwards
  read_only,     // writing in the trees fails
  writable,      // writes stay
};

enum class NetworkMode {
  none, // the loopback of the lane, nothing else
  host, // as outside
};

// 0: no limit, but for the processes and the memory that the machine has.
struct SandboxLimits {
  std::uint64_t memory = 0;             // bytes, of all processes of a test together where control groups can say so
  std::uint64_t processes = 0;          // processes and threads of a test
  std::uint64_t disk = 1024ull << 20;   // bytes of the private folders and of what is written to copied trees
  std::uint64_t disk_files = 1'000'000; // files there
  std::uint64_t file_size = 0;          // bytes of one file
  std::uint64_t cpu_seconds = 0;        // of one process
  friend bool operator==(const SandboxLimits&, const SandboxLimits&) = default;
};

using sluice::SandboxLevel;

struct SandboxSpec {
  std::vector<std::string> trees; // source tree first, then build folders outside of it; absolute
  TreeMode tree_mode = TreeMode::copy_on_write;
  std::string home;                // becomes private; empty: the test has /tmp
  std::vector<std::string> hidden; // files and folders that appear empty; those that are not there do not matter
  std::vector<std::pair<std::string, std::string>> masked; // files, each with the one that is read in its place
  std::vector<std::string> shown;    // what stays visible, read-only, inside folders that become private
  std::vector<std::string> writable; // what a test may write for good
  std::vector<std::string> shared;   // the same, for tests that work with others (Command::shares)
  std::vector<std::string> devices;  // besides null, zero, full, random, urandom and tty
  NetworkMode network = NetworkMode::none;
  SandboxLimits limits;
  SandboxLevel least = SandboxLevel::none; // a lane that cannot have this level is not made
  SandboxLevel most = SandboxLevel::full;  // nothing better is tried; for tests of the lower levels
  std::string folders;                     // existing host folder for what level `bare` keeps on disk
  bool observe = false;
  bool keep_written = false; // what a program that ends badly wrote to copied trees is copied to its exchange folder
  bool fast_paths = false;   // with the library of the fast path, but in programs that make few path calls
  bool fast_paths_always = false; // in these, too: for tests and measuring
};

// Places where sockets of agents and daemons, and credentials, usually lie, as far as `home` and the environment
// ("NAME=value") tell. Private folders hide most of them anyway; here stands what must be hidden whatever is shown.
std::vector<std::string> places_of_secrets(const std::string& home, const std::vector<std::string>& environment);

// Toolchains in a home folder, and what the environment names there (PATH, VIRTUAL_ENV, PYTHONPATH ...): what tests
// need of it.
std::vector<std::string> places_of_tools(const std::string& home, const std::vector<std::string>& environment);

} // namespace sluice::sandbox
