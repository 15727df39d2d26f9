// Tokens that a checkout leaves where git finds them for its next fetch, and in the environment of the job: what the
// change has built and run is not to have them.
#include "tests/support/shell_project.h"

#include <gmock/gmock.h>

namespace sluice::tests {

namespace {

using testing::HasSubstr;

// Attack: a checkout keeps the job's token where git looks for it, also in files that it includes.
TEST(Tokens, ThatGitKeepsAreHidden)
{
  const ShellProject project;
  project.configure("[build]\ncommand = [\"sh\", \"build.sh\"]\n");
  project.write("build.sh", "exit 0\n");
  project.commit("A build");
  const SluiceResult first = project.run({"--all"});
  if (first.out.find("sandbox  ") != std::string::npos) GTEST_SKIP() << "this machine has no full sandboxes";
  project.TempRepo::run({"checkout", "-q", "-b", "change"});
  project.write("build.sh", "git config --list > stolen; cat .git/config .git/more >> stolen; env >> stolen\n");
  project.test("one", "git config user.name; git config --list | grep S3CRET && exit 1; ! grep S3CRET .git/*\n");
  project.write(".gitignore", "/stolen\n");
  project.commit("A change");
  project.TempRepo::run({"config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic S3CRET"});
  project.TempRepo::run({"config", "include.path", "more"});
  project.TempRepo::run({"config", "-f", ".git/more", "remote.origin.url", "https://ci:S3CRET@host/a.git"});
  const SluiceResult run = project.sluice()
                             .with("CI_REPOSITORY_URL", "https://ci:S3CRET@host/a.git")
                             .with("CI_JOB_JWT_V2", "S3CRET")
                             .with("https_proxy", "http://ada:needed@proxy")
                             .run({"--base", "refs/heads/main", "--head", "HEAD"});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(project.read("stolen"), HasSubstr("remote.origin.url=https://host/a.git")) << "settings stay";
  EXPECT_THAT(project.read("stolen"), HasSubstr("ada:needed@proxy"));
  EXPECT_THAT(project.read("stolen"), testing::Not(HasSubstr("S3CRET")));
  EXPECT_THAT(project.sluice().command({"doctor"}).out, HasSubstr(".git/config (http.extraheader)"));
  const SluiceResult open = project.run({"--all", "--no-sandbox"});
  EXPECT_THAT(open.err, HasSubstr(".git/more (remote.url)")) << "nobody hides it there";
}

} // namespace

} // namespace sluice::tests
