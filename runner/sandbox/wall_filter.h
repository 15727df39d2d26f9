// The seccomp filter of what no test may do whatever its rights are: reach the lane's first process, which has the same
// user, or leave something in the lane that the next test would find. It observes nothing (path_filter.h does).
// A pure function; calls that it does not name are decided by number alone and stay free.
#pragma once

#include <linux/filter.h>
#include <vector>

namespace sluice::sandbox {

std::vector<sock_filter> wall_filter();

} // namespace sluice::sandbox
