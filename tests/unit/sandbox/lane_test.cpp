#include "model/error.h"
#include "runner/sandbox/lane_plan.h"
#include "tests/unit/sandbox/lane_fixture.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

namespace sluice::sandbox {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

#define NEED_FULL()                                                                                                    \
  if (!make_full()) GTEST_SKIP() << "this machine has no full sandboxes"

class LaneTest : public LaneFixture {};

TEST_F(LaneTest, OutputAndEndAreThoseOfTheProgram)
{
  NEED_FULL();
  const Result result = run_script("echo one; echo two >&2; exit 7");
  EXPECT_EQ(result.output, "one\ntwo\n");
  EXPECT_EQ(result.ended->exit_code, 7);
  EXPECT_EQ(result.ended->signal, 0);
  EXPECT_FALSE(result.ended->left_processes);
  EXPECT_EQ(run_script("kill -9 $$").ended->signal, SIGKILL);
}

TEST_F(LaneTest, AllOfALongOutputComesBeforeTheEnd)
{
  NEED_FULL();
  EXPECT_EQ(run_script("head -c 5000000 /dev/zero").output.size(), 5'000'000u);
  EXPECT_EQ(run_script("echo next").output, "next\n") << "nothing of one program reaches the next";
}

// Lines that follow each other fast are read together, but not only when something else happens.
TEST_F(LaneTest, LinesOfARunningProgramAreToldBeforeItEnds)
{
  make();
  const ProcessId process = start(script("for line in 1 2 3 4 5 6 7 8; do echo $line; sleep 0.001; done; sleep 1000"));
  wait_for_output(process, "8\n");
  EXPECT_EQ(results_[process].output, "1\n2\n3\n4\n5\n6\n7\n8\n");
  EXPECT_FALSE(results_[process].ended);
  executor_->end(process, Ending::kill);
  finish(process);
}

TEST_F(LaneTest, WhatCannotBeExecutedIsToldAsSuch)
{
  NEED_FULL();
  const Result missing = run(command({"/nonexistent/program"}));
  ASSERT_TRUE(missing.ended->not_started);
  EXPECT_EQ(missing.ended->not_started->error, ENOENT);
  Command elsewhere = command({"/bin/true"});
  elsewhere.working_directory = "/nonexistent";
  EXPECT_THAT(run(elsewhere).ended->not_started->message, HasSubstr("cannot enter"));
  EXPECT_EQ(run_script("exit 0").ended->exit_code, 0);
}

TEST_F(LaneTest, ACommandLongerThanTheKernelTakesIsToldAsSuch)
{
  NEED_FULL();
  EXPECT_EQ(start_failing(command({"/bin/echo", std::string(20u << 20, 'x')})).error, E2BIG);
  const Result long_word = run(command({"/bin/echo", std::string(200'000, 'x')}));
  ASSERT_TRUE(long_word.ended->not_started);
  EXPECT_EQ(long_word.ended->not_started->error, E2BIG);
}

TEST_F(LaneTest, TheTestIsNotTheFirstProcessAndHasNoRights)
{
  NEED_FULL();
  const Result result = run_script("test $$ -gt 1 && grep -q 'CapEff:.0000000000000000' /proc/self/status &&"
                                   " grep -q 'NoNewPrivs:.1' /proc/self/status && ls /proc/self/fd | wc -l");
  EXPECT_EQ(result.ended->exit_code, 0);
  EXPECT_EQ(result.output, "4\n") << "0, 1, 2 and the folder that ls reads";
}

TEST_F(LaneTest, TreesAreCopiedOnWriteAndDropped)
{
  NEED_FULL();
  EXPECT_EQ(run_script("echo changed >file.txt; rm -rf ../tree/*; cat file.txt; mkdir -p a/b; echo x >a/b/c").output,
            "cat: file.txt: No such file or directory\n");
  EXPECT_EQ(run_script("cat file.txt; ls | wc -l").output, "source\n1\n");
  EXPECT_EQ(folder_.read("tree/file.txt"), "source\n");
}

TEST_F(LaneTest, AReadOnlyTreeRefusesAndAWritableOneKeeps)
{
  spec_.tree_mode = TreeMode::read_only;
  NEED_FULL();
  EXPECT_NE(run_script("echo x >new").ended->exit_code, 0);
  executor_.reset();
  spec_.tree_mode = TreeMode::writable;
  make();
  EXPECT_EQ(run_script("echo x >new").ended->exit_code, 0);
  EXPECT_EQ(folder_.read("tree/new"), "x\n");
}

TEST_F(LaneTest, TheExchangedFolderIsSharedWithTheStarter)
{
  std::filesystem::create_directories(folder_ / "tree/.sluice/lane");
  spec_.hidden = {folder_ / "tree/.sluice"};
  NEED_FULL();
  Command writes = script("echo result >.sluice/lane/out; ls -A .sluice");
  writes.exchange = folder_ / "tree/.sluice/lane";
  EXPECT_EQ(run(writes).output, "lane\n");
  EXPECT_EQ(folder_.read("tree/.sluice/lane/out"), "result\n");
}

TEST_F(LaneTest, LanesRunSideBySide)
{
  NEED_FULL();
  std::vector<ProcessId> running;
  for (const char* name : {"a", "b", "c"}) {
    std::filesystem::create_directories(folder_ / name);
    Command each = script("sleep 0.2; ls /proc | grep -c '^[0-9]'");
    each.exchange = folder_ / name;
    running.push_back(start(each));
  }
  for (const ProcessId process : running) EXPECT_EQ(finish(process).ended->exit_code, 0);
}

// --- what a failed test wrote

class KeptTest : public LaneFixture {
protected:
  Ended run_keeping(const std::string& text, bool keep = true)
  {
    spec_.keep_written = keep;
    make();
    std::filesystem::create_directories(exchange_);
    Command command = script(text);
    command.exchange = exchange_;
    return *run(command).ended;
  }
  std::string kept(const std::string& name) const
  {
    return "exchange/written" + (folder_ / "tree/") + name;
  } // in folder_
  std::string exchange_ = folder_ / "exchange";
};

TEST_F(KeptTest, FilesOfTheTreeAreThereWhenItFailed)
{
  NEED_FULL();
  const Ended ended =
    run_keeping("mkdir -p a/b; echo made > a/b/c; echo more >> file.txt; echo x > /tmp/private; exit 3");
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_EQ(ended.written, exchange_ + "/written");
  EXPECT_EQ(folder_.read(kept("a/b/c")), "made\n");
  EXPECT_EQ(folder_.read(kept("file.txt")), "source\nmore\n");
  EXPECT_FALSE(std::filesystem::exists(exchange_ + "/written/tmp/private"));
  EXPECT_EQ(folder_.read("tree/file.txt"), "source\n");
  EXPECT_EQ(run_script("ls a; cat file.txt").output, "ls: cannot access 'a': No such file or directory\nsource\n");
}

TEST_F(KeptTest, NothingIsThereWhenItPassedOrWroteNothingOrNobodyAsked)
{
  NEED_FULL();
  EXPECT_EQ(run_keeping("echo x > made").written, "");
  EXPECT_EQ(run_keeping("exit 1").written, "");
  EXPECT_EQ(run_keeping("echo x > made; exit 1", false).written, "");
  EXPECT_FALSE(std::filesystem::exists(exchange_ + "/written"));
}

TEST_F(KeptTest, WhatTheTestItselfPutThereIsNot)
{
  NEED_FULL();
  const std::string forge = "E=" + (folder_ / "exchange") +
                            "; mkdir -p $E/written; echo x > $E/written/forged; "
                            "ln -s /etc $E/written/link; ";
  EXPECT_EQ(run_keeping(forge + "echo x > made; exit 1").written, exchange_ + "/written");
  EXPECT_EQ(folder_.read(kept("made")), "x\n");
  EXPECT_FALSE(std::filesystem::exists(exchange_ + "/written/forged"));
  EXPECT_FALSE(std::filesystem::is_symlink(exchange_ + "/written/link"));
  EXPECT_EQ(run_keeping("ln -s /var/tmp " + exchange_ + "/written; echo x > made; exit 1").written,
            exchange_ + "/written");
  EXPECT_FALSE(std::filesystem::is_symlink(exchange_ + "/written"));
}

TEST_F(KeptTest, LinksPipesAndDeletionsAreLeftOut)
{
  NEED_FULL();
  EXPECT_EQ(run_keeping("ln -s /etc/passwd link; mkfifo pipe; rm file.txt; echo x > made; exit 1").exit_code, 1);
  EXPECT_TRUE(std::filesystem::exists(folder_ / kept("made")));
  for (const char* name : {"link", "pipe", "file.txt"})
    EXPECT_EQ(std::filesystem::symlink_status(folder_ / kept(name)).type(), std::filesystem::file_type::not_found)
      << name;
}

TEST_F(KeptTest, NoMoreIsCopiedThanThereIsRoomFor)
{
  NEED_FULL();
  run_keeping("head -c 70000000 /dev/zero > large; i=0; while [ $i -lt 1200 ]; do : > f$i; i=$((i+1)); done; exit 1");
  EXPECT_FALSE(std::filesystem::exists(folder_ / kept("large")));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(exchange_ + "/written"))
    files += entry.is_regular_file() ? 1u : 0u;
  EXPECT_EQ(files, 1000u);
}

TEST_F(LaneTest, LeftProcessesAreEndedAndNamed)
{
  NEED_FULL();
  const Result result =
    run_script("setsid sleep 300 & (setsid sh -c 'trap \"\" TERM; sleep 301' &) ; kill -STOP $!; exit 0");
  EXPECT_EQ(result.ended->exit_code, 0);
  EXPECT_TRUE(result.ended->left_processes);
  ASSERT_TRUE(result.ended->observation);
  EXPECT_THAT(result.ended->observation->findings.front().detail,
              ::testing::AnyOf(HasSubstr("sleep"), HasSubstr("setsid"), HasSubstr("sh"))); // as far as they had come
  EXPECT_FALSE(result.ended->observation->watched); // nobody looked: this is known without
  EXPECT_FALSE(result.ended->observation->complete());
  EXPECT_EQ(run_script("pgrep -c sleep").output, "0\n");
}

TEST_F(LaneTest, EndingReachesTheWholeTreeWhateverItDoes)
{
  NEED_FULL();
  for (const char* text : {"echo begun; sleep 300", "trap '' TERM HUP INT; echo begun; while :; do sleep 300; done",
                           "setsid sh -c 'trap \"\" TERM; echo begun; sleep 300; sleep 300' & wait",
                           "echo begun; kill -STOP $$", "sh -c 'f() { f | f & }; f' & echo begun; exec sleep 300"}) {
    const ProcessId process = start(script(text));
    wait_for_output(process, "begun");
    executor_->end(process, Ending::terminate);
    hear(100ms);
    executor_->end(process, Ending::kill);
    EXPECT_NE(finish(process).ended->signal, 0) << text;
  }
  EXPECT_EQ(run_script("exit 3").ended->exit_code, 3);
}

TEST_F(LaneTest, TerminatingAsksFirst)
{
  NEED_FULL();
  const ProcessId process = start(script("trap 'echo asked; exit 9' TERM; echo begun; while :; do sleep 0.05; done"));
  wait_for_output(process, "begun");
  executor_->end(process, Ending::terminate);
  const Result result = finish(process);
  EXPECT_THAT(result.output, HasSubstr("asked"));
  EXPECT_EQ(result.ended->exit_code, 9);
}

TEST_F(LaneTest, ARequestToEndIsNotLostHoweverEarlyItComes)
{
  NEED_FULL();
  for (int i = 0; i < 100; ++i) {
    const ProcessId process = start(script("exec sleep 60"));
    if (i % 2 != 0) std::this_thread::sleep_for(std::chrono::microseconds(37 * i));
    executor_->end(process, Ending::terminate);
    EXPECT_EQ(finish(process).ended->signal, SIGTERM) << i;
  }
  EXPECT_EQ(run_script("sleep 0.01; echo all").output, "all\n") << "a request meant for an earlier test";
}

// The zygote may be late to take a signal: by then the next test is ordered, and the request does not mean it.
TEST_F(LaneTest, ARequestThatComesTooLateEndsNoOtherTest)
{
  NEED_FULL();
  const ProcessId first = start(script("exit 0"));
  const std::vector<pid_t> before = zygotes();
  ASSERT_EQ(before.size(), 1u);
  std::this_thread::sleep_for(200ms); // ended, and not heard of
  ::kill(before[0], SIGSTOP);
  executor_->end(first, Ending::kill);
  EXPECT_EQ(finish(first).ended->exit_code, 0);
  const ProcessId second = start(script("sleep 0.2; echo all"));
  ::kill(before[0], SIGCONT);
  EXPECT_EQ(finish(second).output, "all\n");
  EXPECT_EQ(zygotes(), before) << "it was another lane";
}

TEST_F(LaneTest, LimitsAreFindings)
{
  spec_.limits.disk = 8 << 20;
  spec_.limits.file_size = 4 << 20;
  NEED_FULL();
  const Result result = run_script("trap '' XFSZ; head -c 30000000 /dev/zero >/tmp/a");
  EXPECT_NE(result.ended->exit_code, 0);
  const Result full = run_script("for i in 1 2 3 4; do head -c 3000000 /dev/zero >/tmp/$i || exit 1; done");
  EXPECT_EQ(full.ended->exit_code, 1);
  ASSERT_TRUE(full.ended->observation);
  EXPECT_THAT(full.ended->observation->findings.front().detail, HasSubstr("disk"));
}

std::vector<Finding> outside_writes(const std::shared_ptr<const Observation>& seen)
{
  std::vector<Finding> found;
  for (const Finding& each : seen ? seen->findings : std::vector<Finding>{})
    if (each.kind == FindingKind::outside_write) found.push_back(each);
  return found;
}

TEST_F(LaneTest, WritingWhereItMayNotIsAFindingAndWritingWhereItMayIsNone)
{
  folder_.write("kept/old", "x");
  spec_.writable = {folder_ / "kept"};
  spec_.observe = true;
  NEED_FULL();
  const std::string outside = "/usr/sluice-outside"; // folder_ lies in /tmp, which is private
  EXPECT_THAT(outside_writes(run_script("echo x >inside; echo x >/tmp/x; echo x >$HOME/x; echo x >/dev/null; mkdir d; "
                                        "touch file.txt; echo x >/dev/shm/x")
                               .ended->observation),
              IsEmpty());
  EXPECT_THAT(outside_writes(run_script("echo x >" + outside + "; exit 0").ended->observation),
              ElementsAre(Finding{FindingKind::outside_write, outside, false}));
  EXPECT_THAT(outside_writes(run_script("echo x >" + folder_ / "kept/new").ended->observation),
              ElementsAre(Finding{FindingKind::outside_write, folder_ / "kept/new", true}));
}

TEST_F(LaneTest, ATreeThatMayOnlyBeReadIsOutside)
{
  spec_.tree_mode = TreeMode::read_only;
  spec_.observe = true;
  NEED_FULL();
  const Result result = run_script("echo x >inside");
  EXPECT_THAT(outside_writes(result.ended->observation),
              ElementsAre(Finding{FindingKind::outside_write, folder_ / "tree/inside", false}));
  EXPECT_TRUE(result.ended->observation->watched);
}

TEST_F(LaneTest, WithoutNamespacesWritingElsewhereIsAFindingToo)
{
  spec_.most = SandboxLevel::bare;
  spec_.observe = true;
  make();
  const Result result =
    run_script("echo x >inside; echo x >$TMPDIR/x; echo x >/dev/shm/sluice-x; rm -f /dev/shm/sluice-x; "
               "echo x >" +
               folder_ / "outside");
  EXPECT_THAT(outside_writes(result.ended->observation),
              ElementsAre(Finding{FindingKind::outside_write, folder_ / "outside", false}));
}

TEST_F(LaneTest, NothingIsLeftOfTheExecutor)
{
  NEED_FULL();
  const std::size_t before = open_descriptors();
  run_script("echo x >/tmp/x");
  EXPECT_EQ(open_descriptors(), before);
  executor_.reset();
  EXPECT_THAT(zygotes(), IsEmpty());
}

// More folders lead to the tree than are watched.
TEST_F(LaneTest, WhatIsTooDeepToBeWatchedIsNotLeftToTheNextTest)
{
  std::string deep = "home";
  for (int i = 0; i < 120; ++i) deep += "/d";
  folder_.write(deep + "/tree/file.txt", "source\n");
  spec_.trees.push_back(folder_ / deep + "/tree");
  NEED_FULL();
  const std::string mode = "stat -c %a '" + folder_ / deep + "'";
  const std::string before = run_script(mode).output;
  EXPECT_NE(run_script("chmod 0711 '" + folder_ / deep + "'; " + mode).output, before) << "the test shows nothing";
  EXPECT_EQ(run_script(mode).output, before);
}

TEST_F(LaneTest, WithoutNamespacesFoldersArePrivateAndTheTreeOfProcessesEnds)
{
  spec_.most = SandboxLevel::bare;
  const SandboxState state = make().prepare();
  EXPECT_EQ(state.level, SandboxLevel::bare);
  EXPECT_FALSE(state.losses.empty());
  EXPECT_EQ(run_script("echo x >$TMPDIR/x; echo x >$HOME/x; setsid sleep 300 & exit 4").ended->exit_code, 4);
  const Result next = run_script("ls -A $TMPDIR $HOME | grep -c '^x'; pgrep -f '[s]leep 300' | wc -l");
  EXPECT_THAT(next.output, HasSubstr("0\n"));
  EXPECT_TRUE(run_script("setsid sleep 300 & exit 0").ended->left_processes);
}

TEST_F(LaneTest, WithoutNamespacesLandlockRefusesToWriteElsewhere)
{
  spec_.most = SandboxLevel::bare;
  for (const std::string& loss : make().prepare().losses)
    if (loss.find("can write wherever") != std::string::npos) GTEST_SKIP() << loss;
  EXPECT_NE(run_script("echo x >" + folder_ / "outside").ended->exit_code, 0);
  EXPECT_EQ(run_script("echo x >inside; cat " + folder_ / "tree/file.txt").output, "source\n");
}

TEST_F(LaneTest, ADemandedLevelThatCannotBeHadIsAnErrorOfTheWorld)
{
  spec_.most = SandboxLevel::bare;
  spec_.least = SandboxLevel::full;
  EXPECT_THROW(make().prepare(), Error);
}

} // namespace

} // namespace sluice::sandbox
