// A program that makes path calls by the C library's functions, one scenario for each name on its command line, in the
// folder it is started in; prints what the calls said, so that two runs can be compared. Run with the fast path and
// without by fast_path_test.cpp. It is linked to nothing of ours but knows where the shared memory lies.
#include "runner/sandbox/fast_path/fast_protocol.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <iterator>
#include <sched.h>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace sluice::sandbox;

void say(const char* what, long result)
{
  std::printf("%s %ld %d\n", what, result, result < 0 ? errno : 0);
}

bool looks(const char* name)
{
  struct stat status {};
  return ::lstat(name, &status) == 0;
}

long reads(const char* name)
{
  const int file = ::open(name, O_RDONLY);
  if (file >= 0) ::close(file);
  return file < 0 ? -1 : 0;
}

FastMemory& memory()
{
  return *reinterpret_cast<FastMemory*>(k_fast_memory);
}

int results()
{
  struct stat status {};
  char text[PATH_MAX + 16];
  const std::string long_name(5000, 'x'), long_path = [] {
    std::string path;
    while (path.size() < 1500) path += "./";
    return path + "file";
  }();
  const char* const names[] = {"file",
                               "missing",
                               "file/below",
                               "link",
                               "loop",
                               "sub",
                               "sub/",
                               "sub/inner",
                               "sublink/inner",
                               "",
                               ".",
                               "..",
                               "/",
                               "//etc//passwd",
                               "/proc/self/exe",
                               "closed/x",
                               long_name.c_str(),
                               long_path.c_str(),
                               "../x/../none"};
  for (const char* name : names) {
    say("stat", ::stat(name, &status));
    say("lstat", ::lstat(name, &status));
    say("access", ::access(name, R_OK));
    say("faccessat", ::faccessat(AT_FDCWD, name, R_OK, AT_EACCESS));
    say("readlink", ::readlink(name, text, sizeof text));
    say("open", reads(name));
    say("path only", ::close(::open(name, O_PATH)));
    say("no follow", ::close(::open(name, O_RDONLY | O_NOFOLLOW)));
    say("real", ::realpath(name, text) ? std::printf("%s ", text) : -1);
    say("folder", ::opendir(name) ? 0 : -1);
    say("stream", ::fopen(name, "re") ? 0 : -1);
    say("bad folder", ::fstatat(12345, name, &status, 0));
  }
  const char* volatile none = nullptr;
  say("null stat", ::stat(none, &status));
  say("null access", ::access(none, F_OK));
  say("null open", ::open(none, O_RDONLY));
  say("null real", ::realpath(nullptr, nullptr) ? 0 : -1);
  say("descriptor", ::fstat(-5, &status));
  say("written", ::close(::open("made", O_CREAT | O_WRONLY, 0640)));
  say("mode", ::stat("made", &status) == 0 ? static_cast<long>(status.st_mode) : -1);
  say("stream mode", ::fopen("made", "r+x") ? 0 : -1);
  say("stream write", ::fopen("made2", "w") ? 0 : -1);
  say("bad mode", ::fopen("made", "q") ? 0 : -1);
  say("exclusive", ::open("made", O_CREAT | O_EXCL | O_WRONLY, 0600));
  const int sub = ::open("sub", O_RDONLY | O_DIRECTORY);
  say("at", ::fstatat(sub, "inner", &status, 0));
  say("empty", ::fstatat(sub, "", &status, AT_EMPTY_PATH));
  return 0;
}

int folders()
{
  DIR* folder = ::opendir("many");
  long middle = 0;
  int count = 0;
  std::size_t letters = 0;
  while (const dirent* entry = ::readdir(folder)) {
    letters += std::strlen(entry->d_name);
    if (++count == 700) middle = ::telldir(folder);
  }
  std::printf("%d %zu\n", count, letters);
  ::seekdir(folder, middle);
  for (count = 0; ::readdir(folder); ++count) continue;
  std::printf("after %d\n", count);
  ::rewinddir(folder);
  for (count = 0; ::readdir64(folder); ++count) continue;
  std::printf("again %d\n", count);
  struct stat status {};
  say("descriptor", ::fstat(::dirfd(folder), &status));
  say("close", ::closedir(folder));
  const int file = ::open("file", O_RDONLY);
  say("no folder", ::fdopendir(file) ? 0 : -1);
  say("closed", ::fdopendir(999) ? 0 : -1);
  folder = ::fdopendir(::open("sub", O_RDONLY | O_DIRECTORY));
  errno = 7;
  for (count = 0; ::readdir(folder); ++count) continue;
  std::printf("sub %d errno %d\n", count, errno);
  ::closedir(folder);
  dirent** list = nullptr;
  say("scan", ::scandir("sub", &list, nullptr, alphasort));
  return 0;
}

// Every way that a working folder moves. Each step asks for a name that no other asks for, twice, since the folder is
// remembered from the first to the second.
int moves()
{
  const auto ask = [](const char* what, const char* first, const char* second) {
    say(what, reads(first));
    say(what, reads(second));
  };
  ask("here", "file", "other");
  const int c = ::open("c", O_PATH);
  ::chdir("a");
  ask("a", "1", "../b/1");
  int status = 0;
  const pid_t child = ::vfork();
  if (child == 0) {
    ::chdir("../b");
    struct stat there {};
    ::_exit(::stat("2", &there) == 0 && ::stat("3", &there) == 0 ? 0 : 1);
  }
  ::waitpid(child, &status, 0);
  say("child in our memory", status);
  ask("still a", "2", "3");
  std::thread([&] {
    ::unshare(CLONE_FS);
    ::chdir("../b");
    ask("apart", "4", "5");
  }).join();
  ask("not moved", "4", "5");
  std::thread([] { ::chdir("../d"); }).join();
  ask("moved by a thread", "1", "2");
  if (::fork() == 0) {
    ::chdir("../b");
    ::_exit(reads("6") == 0 && reads("7") == 0 ? 0 : 1);
  }
  ::wait(&status);
  say("child", status);
  ask("still d", "3", "4");
  ::fchdir(c);
  ask("c", "1", "2");
  return 0;
}

// The same by ways that the library does not see. What the kernel then says is asked for at once, before the observer
// hears of us again.
int raw_moves()
{
  looks("file");
  ::syscall(SYS_chdir, "a");
  say("a", reads("1"));
  say("a", reads("2"));
  const int b = ::open("../b", O_PATH);
  ::syscall(SYS_fchdir, b);
  say("b", reads("1"));
  say("b", reads("2"));
  ::mkdir("../own", 0755);
  ::mkdir("../own/x", 0755);
  ::chdir("../own/x");
  say("own", reads("../../file"));
  ::syscall(SYS_rename, "../../own/x", "../../e/x");
  say("moved with its folder", reads("../1"));
  ::rename("../../e/x", "../../c/x");
  say("and again", reads("../1"));
  return 0;
}

// What was read before it was written is an input, what was written before it was read is not.
int writes()
{
  say("missing", looks("new"));
  ::close(::open("new", O_CREAT | O_WRONLY, 0600));
  say("made", reads("new"));
  say("read", reads("file"));
  ::unlink("file");
  say("gone", looks("file"));
  ::unlink("other");
  ::close(::open("other", O_CREAT | O_WRONLY, 0600));
  say("own now", reads("other"));
  ::mkdir("made-folder", 0755);
  ::symlink("../sub", "made-folder/way");
  say("by an own link", reads("made-folder/way/inner"));
  say("before", reads("a/1"));
  ::rename("a/1", "a/moved");
  say("moved", reads("a/moved"));
  ::unlink("sublink");
  ::symlink("b", "sublink");
  say("elsewhere", reads("sublink/1"));
  say("same name again", reads("sublink/2"));
  say("not there yet", reads("later/1"));
  ::symlink("d", "later");
  say("there by now", reads("later/1"));
  // What is seen there is the test's own; below it nothing was.
  ::mkdir("own", 0755);
  ::close(::open("own/f", O_CREAT | O_WRONLY, 0600));
  ::rename("own", "hollow");
  say("own in an old folder", looks("hollow/f"));
  return 0;
}

// As above, without a link of the test's own, after which nothing is believed anyway.
int covers()
{
  say("read before another takes its name", reads("e/1"));
  ::rename("e/2", "e/1");
  say("read before it is emptied", reads("emptied"));
  ::close(::open("emptied", O_WRONLY | O_TRUNC));
  ::unlink("way");
  ::mkdir("way", 0755);
  ::close(::open("way/own", O_CREAT | O_WRONLY, 0600));
  say("own in place of a link", looks("way/own"));
  ::mkdir("own", 0755);
  ::close(::open("own/f", O_CREAT | O_WRONLY, 0600));
  ::rename("own", "hollow");
  say("own in an old folder", looks("hollow/f"));
  return 0;
}

int children()
{
  for (int i = 0; i < 20; ++i)
    if (::fork() == 0) {
      for (int j = 0; j < 50; ++j) looks(("child-" + std::to_string(i) + "-" + std::to_string(j)).c_str());
      ::_exit(0);
    }
  std::thread threads[8];
  for (std::size_t i = 0; i < std::size(threads); ++i)
    threads[i] = std::thread([i] {
      for (int j = 0; j < 200; ++j) looks(("thread-" + std::to_string(i) + "-" + std::to_string(j)).c_str());
    });
  for (std::thread& thread : threads) thread.join();
  while (::wait(nullptr) > 0) continue;
  return 0;
}

std::string padded(int number)
{
  std::string name;
  while (name.size() < 1000) name += "./";
  return name + "n" + std::to_string(number);
}

// More text than there is room for.
int full()
{
  for (int i = 0; i < 17'500; ++i) looks(padded(i).c_str());
  return 0;
}

int without_environment(const char* self)
{
  char* const arguments[] = {const_cast<char*>(self), const_cast<char*>("look"), nullptr};
  char* const none[] = {nullptr};
  ::execve(self, arguments, none);
  return 1;
}

int look()
{
  return reads("file") == 0 && !looks("missing") ? 0 : 1;
}

// --- lies and accidents: only with the fast path

// Something that was noted is changed afterwards.
int forge(std::string_view how)
{
  look();
  FastMemory& all = memory();
  FastSlot* last = nullptr;
  for (FastSlot& slot : all.slots) {
    if (slot.check == 0) break;
    if (slot.intent != k_fast_folder) last = &slot;
  }
  if (!last) return 3;
  if (how == "text") all.text[last->text] ^= 1;
  else if (how == "size") last->size = static_cast<std::uint16_t>(last->size - 1);
  else if (how == "intent") last->intent ^= k_fast_no_follow;
  else if (how == "folder") last->folder += 1;
  else if (how == "wild offset") last->text = 0xffffff00;
  else if (how == "check") last->check ^= 2;
  else if (how == "wiped slot") *last = {};
  else if (how == "wiped") std::memset(static_cast<void*>(&all), 0, sizeof(FastHeader));
  else if (how == "all wiped") std::memset(static_cast<void*>(&all), 0, offsetof(FastMemory, large));
  else if (how == "fewer") all.header.slots_taken -= 1;
  else if (how == "more") all.header.slots_taken += 1;
  else if (how == "many more") all.header.slots_taken = 0xffffffff;
  else if (how == "stamp") all.header.stamp += 1;
  else if (how == "swapped") std::swap(all.slots[0], all.slots[1]);
  else return 4;
  return 0;
}

// As a process that was killed between taking its place and filling it.
int half_done()
{
  look();
  __atomic_fetch_add(&memory().header.slots_taken, 1, __ATOMIC_ACQ_REL);
  ::kill(::getpid(), SIGKILL);
  return 0;
}

// The two instructions, used by somebody else for what they are not for. Each must be notified all the same.
long by_page(long number, long a, long b = 0, long c = 0, long d = 0)
{
  long result = 0;
  register long r10 asm("r10") = d;
  register long page asm("r11") = static_cast<long>(k_fast_page);
  asm volatile("lea -128(%%rsp), %%rsp\n\tcall *%%r11\n\tlea 128(%%rsp), %%rsp"
               : "=a"(result), "+r"(page)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
               : "rcx", "memory");
  return result;
}

int other_calls_by_page()
{
  if (!looks("file")) return 1; // and so it is there
  const auto text = [](const char* name) { return reinterpret_cast<long>(name); };
  by_page(SYS_open, text("written"), O_CREAT | O_WRONLY, 0600);
  by_page(SYS_openat, AT_FDCWD, text("other"), O_RDWR);
  by_page(SYS_openat, AT_FDCWD, text("emptied"), O_RDONLY | O_TRUNC);
  by_page(SYS_mkdir, text("folder"), 0700);
  by_page(SYS_rename, text("sub/inner"), text("sub/renamed"));
  by_page(SYS_unlink, text("b/1"));
  by_page(SYS_chdir, text("c"));
  struct {
    unsigned long flags = O_RDONLY, mode = 0, resolve = 0;
  } how;
  by_page(437, AT_FDCWD, text("1"), reinterpret_cast<long>(&how), sizeof how);
  return 0;
}

int run(std::string_view what, const char* self)
{
  if (what == "results") return results();
  if (what == "folders") return folders();
  if (what == "moves") return moves();
  if (what == "raw_moves") return raw_moves();
  if (what == "writes") return writes();
  if (what == "covers") return covers();
  if (what == "children") return children();
  if (what == "full") return full();
  if (what == "look") return look();
  if (what == "without-environment") return without_environment(self);
  if (what == "half-done") return half_done();
  if (what == "by-page") return other_calls_by_page();
  return forge(what);
}

} // namespace

int main(int argc, char** argv)
{
  return argc == 2 ? run(argv[1], argv[0]) : 2;
}
