// The pipes between a command and its caller. Every descriptor is close-on-exec, so that a program that another thread
// starts at the same moment cannot keep a pipe open, and above 2, so that none is in the way of the child's own
// streams.
#pragma once

#include "adapters/process/fd.h"

namespace sluice::process {

struct Pipe {
  Fd read;
  Fd write;
};

// Throws Error{world} when the system is out of descriptors.
Pipe make_pipe();

// Another descriptor of the same stream. Throws Error{world}.
Fd duplicate(const Fd& fd);

// /dev/null, open for reading and writing. Throws Error{world}.
Fd open_null();

} // namespace sluice::process
