// The zygote's program, which is part of this one: a sealed file in memory to execute.
// It does not know what the program does.
#pragma once

#include "runner/sandbox/fd.h"

namespace sluice::sandbox {

// An empty descriptor, and errno, when the kernel will not have it.
Fd make_zygote_image();

} // namespace sluice::sandbox
