#include "cli/records/run_log.h"

#include "model/entries.h"
#include "model/error.h"
#include "reports/event_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr const char* k_log_name = "events.ndjson";
constexpr std::size_t k_buffer = 64 << 10;

// Sorts by time; the random part keeps apart what starts in the same millisecond.
std::string new_id()
{
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{:%Y%m%d-%H%M%S}-{:03}{:02x}", fmt::gmtime(second), (now - second).count(),
                     std::random_device{}() & 0xff);
}

// Events that only announce: nothing is lost if they reach the disk together with the next one.
bool may_wait(const RunEvent& event)
{
  return std::holds_alternative<event::TestPlanned>(event.body) ||
         std::holds_alternative<event::TestStarted>(event.body) ||
         std::holds_alternative<event::BatchStarted>(event.body);
}

std::string log_of(const std::string& state, const std::string& id)
{
  return fmt::format("{}/runs/{}/{}", state, id, k_log_name);
}

bool is_locked(const std::string& path)
{
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return true;
  const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0;
  ::close(descriptor);
  return locked;
}

constexpr int k_attempts = 100;
constexpr const char* k_next = "check that .sluice can be written and the disk is not full";

// The id of a run whose folder was not there: one that was is another run's.
std::string with_new_folder(const std::string& runs)
{
  std::error_code failed;
  fs::create_directories(runs, failed);
  std::string folder;
  for (int attempt = 0; attempt < k_attempts; ++attempt) {
    std::string id = new_id();
    folder = runs + "/" + id;
    if (::mkdir(folder.c_str(), 0777) == 0) return id;
    if (errno != EEXIST) break;
  }
  throw Error(ErrorKind::world, fmt::format("cannot create {}: {}", folder, std::strerror(errno)), k_next);
}

} // namespace

RunLog::RunLog(const std::string& state)
  : id_(with_new_folder(state + "/runs")), directory_(fmt::format("{}/runs/{}", state, id_))
{
  std::error_code failed;
  fs::create_directory(directory_ + "/logs", failed);
  const std::string file = path(k_log_name), unlocked = file + ".new";
  descriptor_ = ::open(unlocked.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    throw Error(ErrorKind::world, fmt::format("cannot create {}: {}", unlocked, std::strerror(errno)), k_next);
  // Locked before anybody can see it: what is found unlocked counts as the log of a run that was killed.
  int locked = -1;
  while ((locked = ::flock(descriptor_, LOCK_EX)) != 0 && errno == EINTR) {
  }
  if (locked == 0 && ::rename(unlocked.c_str(), file.c_str()) == 0) return;
  const int error = errno;
  ::close(descriptor_);
  throw Error(ErrorKind::world, fmt::format("cannot lock {}: {}", file, std::strerror(error)),
              "keep .sluice on a file system that has locks");
}

RunLog::~RunLog()
{
  try {
    flush();
  } catch (const Error&) {
    // The run has already failed for the reason that this would repeat.
  }
  ::close(descriptor_);
}

void RunLog::append(const RunEvent& event)
{
  reports::encode(event, buffer_);
  unsettled_ = unsettled_ || !may_wait(event);
  if (buffer_.size() > k_buffer) flush();
}

void RunLog::settle()
{
  if (unsettled_) flush();
}

void RunLog::flush()
{
  std::string_view bytes = buffer_;
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      throw Error(ErrorKind::world, fmt::format("cannot write {}: {}", path(k_log_name), std::strerror(errno)),
                  "free disk space; the run cannot be judged without its log");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  unsettled_ = false;
}

std::int64_t RunLog::size() const
{
  return ::lseek(descriptor_, 0, SEEK_END);
}

void RunLog::cut_back(std::int64_t size)
{
  buffer_.clear();
  unsettled_ = false;
  if (::ftruncate(descriptor_, size) != 0)
    throw Error(ErrorKind::world, fmt::format("cannot write {}: {}", path(k_log_name), std::strerror(errno)),
                "remove the run's folder: its log says that it passed, and it did not");
}

std::vector<std::string> run_ids(const std::string& state)
{
  std::vector<std::string> ids;
  std::error_code failed, ignored;
  for (const auto& entry : entries(fs::directory_iterator(state + "/runs", failed), failed))
    if (fs::exists(entry.path() / k_log_name, ignored)) ids.push_back(entry.path().filename().string());
  std::sort(ids.begin(), ids.end());
  return ids;
}

bool is_running(const std::string& state, const std::string& run)
{
  return is_locked(log_of(state, run));
}

std::vector<FinishedLog> finished_logs(const std::string& state)
{
  std::vector<FinishedLog> logs;
  for (const std::string& id : run_ids(state))
    if (std::string path = log_of(state, id); !is_locked(path)) logs.push_back({id, std::move(path)});
  return logs;
}

std::string find_log(const std::string& state, const std::string& name)
{
  if (name.find('/') != std::string::npos || name.ends_with(".ndjson")) return name;
  const std::vector<std::string> ids = run_ids(state);
  if (ids.empty()) throw Error(ErrorKind::usage, "there is no run yet", "start one: sluice run");
  if (name.empty() || name == "latest") return log_of(state, ids.back());
  std::vector<std::string> matching;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(matching),
               [&](const std::string& id) { return id.starts_with(name); });
  if (matching.size() == 1) return log_of(state, matching.front());
  if (matching.empty())
    throw Error(ErrorKind::usage, fmt::format("there is no run \"{}\"", name),
                fmt::format("the latest is {}", ids.back()));
  throw Error(ErrorKind::usage, fmt::format("\"{}\" fits {} runs", name, matching.size()),
              fmt::format("the first two are {} and {}", matching[0], matching[1]));
}

} // namespace sluice::cli
