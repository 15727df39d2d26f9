// The libraries of the fast path (fast_library.h) as files in memory that the loader of a test can map: they are part
// of this program and lie nowhere on disk.
#pragma once

#include "runner/sandbox/fd.h"

namespace sluice::sandbox {

struct FastImages {
  Fd library;
  Fd nothing;        // defines nothing, for processes that must be left as they are
  Fd nothing_compat; // for 32-bit processes; empty where this was built without a 32-bit linker
};

// Empty descriptors where there is no memory for them.
FastImages make_fast_images();

} // namespace sluice::sandbox
