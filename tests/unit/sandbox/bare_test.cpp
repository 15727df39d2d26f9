// Lanes without namespaces: what the kernel does not take away with them is taken away by us.
#include "tests/unit/sandbox/lane_fixture.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

namespace sluice::sandbox {

namespace {

class BareLane : public LaneFixture {
protected:
  BareLane()
  {
    spec_.most = SandboxLevel::bare;
    make();
  }
};

TEST_F(BareLane, ItsFoldersCanBeWritten)
{
  EXPECT_EQ(run_script("mkdir $HOME/folder && echo x >$TMPDIR/file").ended->exit_code, 0);
  EXPECT_EQ(run_script("ls -A $HOME $TMPDIR | grep -c '^f'").output, "0\n");
}

TEST_F(BareLane, WhatResistsRemovalTakesTheLaneWithIt)
{
  EXPECT_EQ(run_script("cd $TMPDIR; for i in $(seq 300); do mkdir d && cd d || exit 1; done").ended->exit_code, 0);
  EXPECT_EQ(run_script("ls -A $TMPDIR $HOME | grep -c '^d'").output, "0\n");
}

// Root may do everything, and so shows nothing.
TEST_F(BareLane, WhatAnOrdinaryUserHasLockedIsRemovedAndNoLinkIsFollowed)
{
  folder_.write("tree/precious/file", "x");
  const std::string precious = folder_ / "tree/precious";
  ASSERT_EQ(std::system(("chmod -R a+rwX " + folder_.path() + "; chmod 0750 " + precious).c_str()), 0);
  const pid_t user = ::fork();
  if (user == 0) {
    if (::getuid() == 0 && (::chown(precious.c_str(), 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0))
      ::_exit(2);
    make();
    run_script("mkdir -p $HOME/a/b; ln -s " + precious + " $HOME/a/link; chmod 0 $HOME/a/b; chmod 0500 $HOME/a");
    const bool removed = run_script("ls -A $HOME").output.empty();
    executor_.reset();
    ::_exit(removed && std::filesystem::is_empty(folder_ / "bare") ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(user, &status, 0), user);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(std::filesystem::status(precious).permissions(), std::filesystem::perms{0750});
}

TEST_F(BareLane, NothingRunsWhenTheExecutorIsGone)
{
  start(script("setsid sh -c 'echo $$ >pid; exec sleep 300' & wait"));
  const pid_t daemon = pid_in("tree/pid");
  executor_.reset();
  EXPECT_FALSE(alive(daemon));
}

} // namespace

} // namespace sluice::sandbox
