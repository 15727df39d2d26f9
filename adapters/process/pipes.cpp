#include "adapters/process/pipes.h"

#include "model/error.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace sluice::process {

namespace {

[[noreturn]] void fail(const char* what)
{
  throw Error(ErrorKind::world, std::string(what) + ": " + std::strerror(errno),
              "close other programs or raise the limit of open files (ulimit -n)");
}

Fd above_standard_streams(Fd fd)
{
  return fd.get() > STDERR_FILENO ? std::move(fd) : duplicate(fd);
}

} // namespace

Fd duplicate(const Fd& fd)
{
  Fd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!copy.valid()) fail("cannot duplicate a descriptor");
  return copy;
}

Pipe make_pipe()
{
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("cannot make a pipe");
  Fd read(ends[0]);
  Fd write(ends[1]);
  return {above_standard_streams(std::move(read)), above_standard_streams(std::move(write))};
}

Fd open_null()
{
  Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.valid()) fail("cannot open /dev/null");
  return above_standard_streams(std::move(null));
}

} // namespace sluice::process
