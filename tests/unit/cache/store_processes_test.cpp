// Several real processes and one store.
#include "tests/unit/cache/store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace sluice::tests {
namespace {

// store_client with a pipe from its standard output.
class Client {
public:
  explicit Client(std::vector<std::string> arguments)
  {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    output_ = ends[0];
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    arguments.insert(arguments.begin(), STORE_CLIENT);
    std::vector<char*> raw;
    for (std::string& argument : arguments) raw.push_back(argument.data());
    raw.push_back(nullptr);
    if (::posix_spawn(&pid_, raw[0], &actions, nullptr, raw.data(), environ) != 0) pid_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
  }
  ~Client()
  {
    if (pid_ > 0) kill_and_wait();
    ::close(output_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  int wait()
  {
    int status = -1;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return status;
  }
  void wait_for_output()
  {
    char byte = 0;
    EXPECT_EQ(::read(output_, &byte, 1), 1);
  }
  int kill_and_wait()
  {
    ::kill(pid_, SIGKILL);
    return wait();
  }

private:
  pid_t pid_ = -1;
  int output_ = -1;
};

class ProcessesTest : public StoreTest {
protected:
  void expect_sound()
  {
    cache::Statement verdict(store_.handle(), "PRAGMA integrity_check");
    ASSERT_TRUE(verdict.step());
    EXPECT_EQ(verdict.text(0), "ok");
  }
  static std::string new_folder(const TempDir& dir) { return dir / "fresh"; }
};

TEST_F(ProcessesTest, RecordingAtOnceLosesNothing)
{
  const std::string fresh = new_folder(dir_); // its creation is raced for too
  std::vector<std::unique_ptr<Client>> clients;
  for (const char* name : {"a", "b", "c", "d", "e"})
    clients.push_back(std::make_unique<Client>(std::vector<std::string>{"record", fresh, name, "12"}));
  for (const auto& client : clients) EXPECT_EQ(client->wait(), 0);
  store_ = cache::Store::open(fresh);
  EXPECT_EQ(store_.notice(), "");
  EXPECT_EQ(count("SELECT count(*) FROM runs"), 60);
  EXPECT_EQ(count("SELECT count(*) FROM outcomes"), 60 * 200);
  EXPECT_EQ(count("SELECT count(*) FROM remembered"), 60);
  EXPECT_EQ(count("SELECT count(*) FROM tests"), 200);
  EXPECT_EQ(count("SELECT count(*) FROM input_sets"), 1);
  expect_sound();
}

TEST_F(ProcessesTest, ReadingGoesOnWhileAnotherProcessWrites)
{
  record(RunBuilder("before").passed("t").finish(), {content("a", "1")});
  set(content("a", "1"));
  Client writer({"hang", folder(), "50", "40"});
  writer.wait_for_output();
  EXPECT_EQ(state("t"), ProofState::Kind::holds);
  EXPECT_EQ(store_.history().size(), 1u);
}

TEST_F(ProcessesTest, AProcessKilledWhileRecordingLeavesNothing)
{
  record(RunBuilder("before").passed("t0").finish(), {content("a", "1")});
  Client writer({"hang", folder(), "5000", "4990"});
  writer.wait_for_output();
  const int status = writer.kill_and_wait();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(store_.knows_run("killed"));
  EXPECT_EQ(count("SELECT count(*) FROM tests"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM outcomes"), 1);
  record(RunBuilder("after").passed("t1").finish(), {content("a", "1")});
  EXPECT_TRUE(cache::Store::open(folder()).knows_run("after"));
  expect_sound();
}

TEST_F(ProcessesTest, KilledAtAnyMomentARunIsThereWhollyOrNotAtAll)
{
  for (int i = 0; i < 12; ++i) {
    const std::string fresh = dir_ / ("kill" + std::to_string(i));
    Client writer({"record", fresh, "x", "1000"});
    ::usleep(static_cast<useconds_t>(3'000 + i * 7'000));
    writer.kill_and_wait();
    store_ = cache::Store::open(fresh);
    EXPECT_EQ(store_.notice(), "");
    EXPECT_EQ(count("SELECT count(*) FROM outcomes"), 200 * count("SELECT count(*) FROM runs"));
    expect_sound();
  }
}

TEST_F(ProcessesTest, DamageIsSetAsideOnceHoweverManyOpen)
{
  store_ = cache::Store::open(dir_ / "elsewhere");
  std::ofstream(folder() + "/store.db", std::ios::binary | std::ios::trunc) << std::string(50'000, 'x');
  std::vector<std::unique_ptr<Client>> clients;
  for (const char* name : {"a", "b", "c", "d"})
    clients.push_back(std::make_unique<Client>(std::vector<std::string>{"record", folder(), name, "3"}));
  std::vector<int> statuses;
  for (const auto& client : clients) statuses.push_back(client->wait());
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 3 << 8), 1) << testing::PrintToString(statuses);
  const auto all = files();
  EXPECT_EQ(
    std::count_if(all.begin(), all.end(), [](const auto& name) { return name.starts_with("store.db.damaged"); }), 1);
  EXPECT_EQ(cache::Store::open(folder()).history().size(), 200u);
}

// Whoever would set the store aside waits for the lock, and then looks again: here it finds a sound one.
TEST_F(ProcessesTest, SettingAsideWaitsForTheLock)
{
  store_ = cache::Store::open(dir_ / "elsewhere");
  const std::string file = folder() + "/store.db";
  const std::string sound = dir_.read("store/store.db");
  std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(50'000, 'x');
  const int lock = ::open((folder() + "/store.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  Client client({"record", folder(), "a", "1"});
  ::usleep(300'000);
  std::ofstream(file, std::ios::binary | std::ios::trunc) << sound;
  ::close(lock);
  EXPECT_EQ(client.wait(), 0) << "it set aside what another process had mended";
  EXPECT_EQ(cache::Store::open(folder()).history().size(), 200u);
}

} // namespace
} // namespace sluice::tests
