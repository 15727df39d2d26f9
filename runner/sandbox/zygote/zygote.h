// The inside of a zygote, shared by its few source files: PID 1 of a lane, a static program of its own that makes the
// lane's walls by the steps it is given and then starts, reaps and cleans up after one test at a time.
// No C++ library, no allocation, no locale: everything here must also work in a child that shares our memory. It
// decides nothing about tests; what it cannot restore it reports, and the lane is made anew.
#pragma once

#include "runner/sandbox/zygote/zygote_protocol.h"

#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/types.h>

namespace sluice::sandbox::zygote {

extern int slots[k_most_slots]; // -1: empty
inline bool is_dot(const char* name)
{
  return name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0));
}

extern bool own_processes; // a PID namespace of our own

// zygote_steps.cpp: does one step; 0 or errno.
int do_step(const StepRecord& step);
int drop_rights();
// The folder `path` below `base`, made with all that leads to it (or the empty file at its end); a descriptor, or -1.
int make_below(int base, const char* path, unsigned mode, bool watched, bool file);

// zygote_clean.cpp: remembers what the private folders look like now; afterwards restores that state.
void watch_scratch(int descriptor);
bool watch_folder(int slot, int group); // false: there are too many
// What was to be watched and is not: the lane is made anew after each test.
void lack_a_watch();
void watch_host_folder(const char* path);
void watch_message_queues(int slot);
void take_baseline();
// Flags of ZygoteReport.
std::uint32_t restore(const LaneOrders& orders);

// The entry of the folder and all below it; true if it is not there (any more).
bool remove_entry(int folder, const char* name);

// zygote_keep.cpp: copies what a test has written to copied trees to `written` in the host's folder; true if there was
// any.
bool keep_written(const LaneOrders& orders, const char* folder);

// zygote_tree.cpp: the processes below us.
void signal_tree(int signal);
// Ends and reaps all that is left. `names` gets the programs that were still running.
bool sweep(char* names, std::size_t size, std::uint64_t& cpu);
std::uint64_t cpu_of(const rusage& usage);

} // namespace sluice::sandbox::zygote
