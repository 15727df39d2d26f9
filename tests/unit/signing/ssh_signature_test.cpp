#include "adapters/signing/ssh_signature.h"

#include "model/error.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace sluice::signing {
namespace {

// As where the disk is full: no file can be written.
class NoRoom {
public:
  NoRoom()
  {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &usual_);
    rlimit none = usual_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoRoom() { ::setrlimit(RLIMIT_FSIZE, &usual_); }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

private:
  rlimit usual_{};
};

TEST(SshSignature, IsNotCalledBadWhereItCouldNotBeWritten)
{
  EXPECT_FALSE(ssh_verify("signers", "ada", "sluice", "text", "no signature"));
  const NoRoom disk;
  EXPECT_THROW(ssh_verify("signers", "ada", "sluice", "text", "no signature"), Error);
}

} // namespace
} // namespace sluice::signing
