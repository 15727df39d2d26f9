// The seccomp filter that refuses what no test may do whatever its rights: reach the lane's first process, which runs
// as the same user, or leave something in the lane for the next test to find. It observes nothing (path_filter.h does).
// A pure function. Calls that it does not name are decided by number alone and cost nothing.
#pragma once

#include <linux/filter.h>
#include <vector>

namespace sluice::sandbox {

std::vector<sock_filter> wall_filter();

} // namespace sluice::sandbox
