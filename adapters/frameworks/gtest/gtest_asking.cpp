#include "adapters/frameworks/gtest/gtest_asking.h"

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/environment.h"
#include "adapters/process/command.h"
#include "adapters/process/fd.h"
#include "model/error.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>

namespace sluice::frameworks {

namespace {

constexpr std::chrono::seconds k_limit{60};
constexpr std::size_t k_largest_list = 256u << 20;
constexpr std::string_view k_flag_file = "GTEST_FLAGFILE="; // what it names would win over the arguments

std::vector<std::string> question(const std::string& path, const std::string& list)
{
  return {path, "--gtest_list_tests", "--gtest_filter=*", "--gtest_output=json:" + list};
}

// What the program says of its failure, in one line: where both streams are one, the list itself may stand before it.
std::string first_complaint(std::string_view text)
{
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const bool listed = line.starts_with("  ") || (line.ends_with('.') && line.find(' ') == std::string_view::npos);
    if (!line.empty() && !listed && !line.starts_with("Running main() from")) return std::string(line);
  }
  return {};
}

void require_success(const std::string& path, int exit_code, bool timed_out, const std::string& complaint)
{
  if (exit_code == 0 && !timed_out) return;
  // What a shell says of a file that it was given for want of anything better.
  const char* const next =
    exit_code == 126 || exit_code == 127
      ? "it is damaged, made for another machine, or a library that it needs is missing: build it again"
      : "run it with --gtest_list_tests; if it is no GoogleTest program, narrow the glob";
  throw Error(ErrorKind::world,
              path + (timed_out ? " does not end when asked for its tests"
                                : fmt::format(" fails to list its tests: exit code {}{}{}", exit_code,
                                              complaint.empty() ? "" : ": ", complaint)),
              next);
}

} // namespace

// Where programs put their lists: for a lane, to which it belongs, or for one command. The place can be written by
// every command of the change, which may put a link where it was; so nothing is done there by its name that would
// follow one. What this object holds is the folder that it made, wherever that is by now.
class GtestAsker::ExchangeFolder {
public:
  ExchangeFolder() : path_((std::filesystem::canonical(std::filesystem::temp_directory_path()) / k_pattern).string())
  {
    const bool made = ::mkdtemp(path_.data());
    if (made) folder_ = process::Fd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder_.valid())
      throw Error(ErrorKind::world, "cannot make a folder in " + std::filesystem::temp_directory_path().string(),
                  "free space there, or set TMPDIR");
  }
  ~ExchangeFolder()
  {
    std::error_code ignored;
    empty();
    std::filesystem::remove_all(path_, ignored); // a link goes itself
  }
  ExchangeFolder(const ExchangeFolder&) = delete;
  ExchangeFolder& operator=(const ExchangeFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string list() const { return path_ + "/" + k_list; }

  // What one program leaves there is nothing that the next one may find.
  void empty() const
  {
    std::error_code failed;
    for (std::filesystem::directory_iterator at(held(folder_), failed), end; !failed && at != end; at.increment(failed))
      std::filesystem::remove_all(at->path(), failed);
  }

  // Throws Error{world} if something else is there: a sandbox would open it to whatever is listed next.
  void require_in_place() const
  {
    struct stat made = {}, there = {};
    if (::fstat(folder_.get(), &made) == 0 && ::lstat(path_.c_str(), &there) == 0 && made.st_ino == there.st_ino &&
        made.st_dev == there.st_dev)
      return;
    throw Error(ErrorKind::world, path_ + " has been replaced by a program that was asked for its tests",
                "look at what programs of the change do when they are started with --gtest_list_tests");
  }

  std::optional<std::vector<GtestName>> names() const
  {
    const process::Fd file(::openat(folder_.get(), k_list, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const auto json = file.valid() ? read_whole_file(held(file), k_largest_list) : std::nullopt;
    return json ? parse_gtest_list_file(*json) : std::nullopt;
  }

private:
  static constexpr const char* k_pattern = "sluice-list-XXXXXX";
  static constexpr const char* k_list = "list.json";

  // Leads to what is open, past all names.
  static std::string held(const process::Fd& open) { return fmt::format("/proc/self/fd/{}", open.get()); }

  std::string path_;
  process::Fd folder_;
};

GtestAsker::GtestAsker(const ListingContext& context) : context_(context) {}

GtestAsker::~GtestAsker()
{
  lane_ = nullptr; // before its folder
}

GtestAnswer GtestAsker::ask(const std::string& path, const Launch& launch)
{
  if (auto answer = ask_in_lane(path, launch)) return std::move(*answer);
  lane_ = nullptr; // nothing else may be started while it lives
  exchange_.reset();
  return ask_as_command(path, launch);
}

std::optional<GtestAnswer> GtestAsker::ask_in_lane(const std::string& path, const Launch& launch)
{
  if (no_lane_ || !context_.lane) return std::nullopt;
  if (!lane_) {
    lane_ = context_.lane();
    no_lane_ = !lane_;
    if (no_lane_) return std::nullopt;
    exchange_ = std::make_unique<ExchangeFolder>();
  }
  exchange_->require_in_place();
  exchange_->empty();
  runner::Command command;
  command.arguments = question(path, exchange_->list());
  command.working_directory = launch.working_directory;
  command.environment = environment_for(context_.environment, launch.environment);
  std::erase_if(command.environment, [](const std::string& variable) { return variable.starts_with(k_flag_file); });
  command.exchange = exchange_->path();
  std::optional<LaneAnswer> answer = lane_(command, k_limit);
  if (!answer) return std::nullopt;
  require_success(path, answer->exit_code, answer->timed_out, first_complaint(answer->output));
  // A printed list can be read only where complaints do not stand between its lines.
  auto names = exchange_->names();
  if (!names) return std::nullopt;
  return GtestAnswer{std::move(*names), std::move(answer->rests_on)};
}

GtestAnswer GtestAsker::ask_as_command(const std::string& path, const Launch& launch)
{
  const ExchangeFolder exchange; // of this question alone: what the program makes of it is nobody else's
  process::CommandLine line;
  line.arguments = question(path, exchange.list());
  if (context_.wrapper) line.wrapper = context_.wrapper(exchange.path());
  line.working_directory = launch.working_directory;
  line.environment = environment_for(context_.environment, launch.environment);
  line.environment.emplace_back(k_flag_file);
  line.time_limit = k_limit;
  line.most_output = k_largest_list;
  const process::CommandResult result = process::run_command(line);
  require_success(path, result.exit_code, result.timed_out, result.errors.substr(0, result.errors.find('\n')));
  if (auto names = exchange.names()) return {std::move(*names), std::nullopt};
  if (result.left_out > 0)
    throw Error(ErrorKind::world, path + " prints a list of more than 256 MB",
                "run it with --gtest_list_tests and look at what it prints");
  return {parse_gtest_list(result.output), std::nullopt};
}

} // namespace sluice::frameworks
