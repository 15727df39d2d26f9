// What a lane's zygote and the big process say to each other: plain memory, no pointers but those into the shared
// region, which the zygote maps at a fixed address so that the big process can write the argument vectors of execve()
// ready for use. The zygote is a small static program of its own; it knows steps and commands, not why they are asked
// for. Both sides are built from the same sources; the version only guards against a mistake.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::sandbox {

constexpr std::uint32_t k_zygote_version = 0x5a590008;

// Descriptors of a zygote when it starts; 0 is /dev/null, 1 and 2 are the output of its tests.
constexpr int k_control_descriptor = 3;
constexpr int k_region_descriptor = 4;

constexpr std::uintptr_t k_region_address = 0x50'0000'0000;
constexpr std::size_t k_region_size = std::size_t{8} << 20;  // sparse; execve() takes at most 6 MiB
constexpr std::size_t k_tests_offset = std::size_t{1} << 20; // the lane's own orders stay before it
constexpr std::size_t k_most_slots = 256;

// What a step does. Slots hold descriptors; a step whose slot is empty (the file is not there) is left out.
enum class StepKind : std::uint32_t {
  private_propagation, // mounts made here do not show on the host, nor the host's here
  keep,                // slot = open(text, O_PATH)
  protect,             // mount attributes `number` on everything mounted at and below text
  scratch,             // tmpfs at text with options text2; slot = its root
  scratch_folder,   // slot = folder `text` (mode number, owner number2 - 1 if any: user, group << 32) in the folder of
                    // slot `other`; made, and restored after tests
  mount_point,      // folder `text` below the folder of slot `other`, with its parents
  mount_point_file, // the same, an empty file
  attach,           // slot's file or folder at text, attributes set: number, cleared: number2
  overlay,          // copy-on-write at text: lower = slot, upper = other, work = other + 1
  proc,             // a /proc of this PID namespace
  device_folder,    // a tmpfs at text for devices; slot = its root
  device_terminals, // new devpts at text
  link,             // symbolic link text -> text2
  loopback,         // the loopback interface comes up
  write,            // text2 is written into file text
  host_name,        // text
  message_queues,   // slot = root of the IPC namespace's message queues, mounted at text for a moment
  write_only_below, // Landlock: writing is allowed below slot and below every other slot of such a step
  landlock,         // Landlock: all other writing is refused
  limit,            // resource limit number = number2
  drop_rights,      // no capability for tests, no way to gain one
};

constexpr std::uint32_t k_step_essential = 1; // the lane cannot be at its level without
constexpr std::uint32_t k_step_recursive = 2;
constexpr std::uint32_t k_step_again = 4; // done again when the copy-on-write folder `group` is renewed

struct StepRecord {
  StepKind kind{};
  std::uint32_t flags = 0;
  std::int32_t slot = -1, other = -1;
  std::int32_t group = -1;
  std::uint32_t unused = 0;
  std::uint64_t number = 0, number2 = 0;
  const char* text = nullptr; // in the region
  const char* text2 = nullptr;
};

struct FilterProgram {
  const void* instructions = nullptr; // sock_filter
  std::uint32_t length = 0;
};

// At the start of the region when a lane is made.
struct LaneOrders {
  std::uint32_t version = 0;
  std::uint32_t namespaces = 0; // CLONE_NEW...; 0: none
  const char* user_map = nullptr;
  const char* group_map = nullptr;
  std::uint32_t deny_setgroups = 0;
  std::uint32_t step_count = 0;
  const StepRecord* steps = nullptr;
  std::int32_t* errors = nullptr;      // one for each step, filled by the zygote
  FilterProgram walls;                 // installed first: what no test may call
  FilterProgram observation;           // with a listener; length 0: none
  const char* private_folders[8] = {}; // without namespaces: host folders that are emptied after each test
  std::uint64_t pass[3] = {};          // see path_filter.h
};

// At k_tests_offset of the region, for each test.
struct TestOrders {
  const char* const* candidates = nullptr; // null-terminated
  char** arguments = nullptr;              // arguments[-1] is a spare place
  char* const* environment = nullptr;
  const char* directory = nullptr; // or null
  std::uint64_t cpu_seconds = 0;   // 0: no limit
  const char* keep = nullptr;      // folder for what it writes to copied trees, if it ends badly; or null
  std::uint32_t end = 0;           // an EndRequest, written while it runs
  bool told = false;               // the observer knows of folder and program; there is one candidate
};

// How a test is asked to end: by TestOrders::end, then by a signal that only says "look". A test can send the lane's
// first process signals with any content; it cannot write to the memory that the process shares with us.
constexpr int k_look_signal = 40;
enum class EndRequest : std::uint32_t { none, terminate, kill };

enum class Order : std::uint32_t { make, go, run };

enum class Report : std::uint32_t { born, failed, ready, ended };

enum class StartStage : std::int32_t { none, directory, program, clone };

constexpr std::uint32_t k_ended_left_processes = 1;
constexpr std::uint32_t k_ended_touched = 2; // wrote to its private folders
constexpr std::uint32_t k_ended_renew = 4;   // the lane could not be restored: make a new one
constexpr std::uint32_t k_ended_full = 8;    // its private folders were full when it ended
constexpr std::uint32_t k_ended_kept = 16;   // what it wrote lies in `written` of TestOrders::keep

struct ZygoteReport {
  Report kind{};
  std::int32_t error = 0;       // failed, ended: errno
  std::int32_t step = -1;       // failed: which step; -1: namespaces, -2: filters
  std::uint32_t namespaces = 0; // born: those that it has
  std::int32_t pid = 0;         // born: of the zygote, as the host counts
  std::int32_t status = 0;      // ended: of wait4()
  StartStage not_started{};     // ended: nothing ran, and why
  std::uint32_t flags = 0;      // ended
  std::uint64_t cpu = 0;        // ended: microseconds of the whole tree
  char left[96] = {};           // ended: programs that were left, by name
};

} // namespace sluice::sandbox
