// What the process tree of one batch was seen to use while it ran.
// These are raw facts, as the kernel was asked for them; cache/ and cli/ decide which of them a proof rests on. Paths
// are absolute, normal ("." and ".." resolved), bytes as the kernel has them, and in the view of the host: where the
// sandbox shows a file elsewhere, the path here is the file's own. Each list is sorted and unique.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// Something outside the file system that a test used, or behaviour its author should hear about. A finding never fails
// a test by itself; a policy rule may.
enum class FindingKind : std::uint8_t {
  network,         // tried to reach an address outside the sandbox; detail: the address
  device,          // opened a device other than the harmless ones (null, zero, full, random, urandom, tty)
  outside_write,   // tried to write where it may not; detail: the path
  left_processes,  // processes of its tree outlived it; detail: the names of their programs
  limit,           // ran into a limit of the sandbox; detail: which one
  order_dependent, // ended otherwise alone than among other tests; comes from attempts (model/conduct.h)
  flaky,           // failed, and passed when it was tried again; comes from attempts
};
inline constexpr std::array k_finding_kinds{
  FindingKind::network, FindingKind::device,          FindingKind::outside_write, FindingKind::left_processes,
  FindingKind::limit,   FindingKind::order_dependent, FindingKind::flaky};

// The most findings of one kind that an observation holds; with more it is incomplete.
inline constexpr std::size_t k_most_observed_findings = 1000;

// How the detail of a network finding begins where a socket of the file system was called: whoever listens there runs
// outside of the sandbox.
inline constexpr std::string_view k_unix_socket = "unix:";

struct Finding {
  FindingKind kind{};
  std::string detail;
  // sluice.toml allows it ([sandbox] network, writable, devices), so its author need not hear of it. It is kept because
  // the author of a change may edit sluice.toml, and a policy need not believe that author.
  bool declared = false;
  friend bool operator==(const Finding&, const Finding&) = default;
  friend auto operator<=>(const Finding&, const Finding&) = default;
};

// Value of `incomplete` when the process was not observed at all (Observation::watched). Words for people.
inline constexpr std::string_view k_not_observed = "not observed";

struct Observation {
  // Why something may be missing ("io_uring", "unreadable program /x/y"); empty: complete. An incomplete observation
  // proves nothing.
  std::string incomplete;
  bool watched = true; // false: nobody looked; only findings that need no looking (a limit) are known

  std::vector<std::string> read;   // existing files that were opened to read, mapped or executed
  std::vector<std::string> looked; // existing paths that were only asked about (stat, access, O_PATH): kind, size, mode
  std::vector<std::string> links;  // symbolic links that were followed or read; their targets are in the other lists
  std::vector<std::string> absent; // looked for and not there; for a path below an absent folder, that folder
  std::vector<std::string> listed; // folders whose entries were asked for
  std::vector<std::string> written; // created, changed, renamed or removed outside the private folders
  std::vector<Finding> findings;

  bool complete() const { return incomplete.empty(); }
  friend bool operator==(const Observation&, const Observation&) = default;
};

// Whether something outside of the sandbox was called by a socket of the file system, or may have been among calls that
// were too many to keep. What it did for the test is not observed.
bool called_a_daemon(const Observation& observation);

std::string_view to_string(FindingKind kind); // "network", "outside_write", ...

} // namespace sluice
