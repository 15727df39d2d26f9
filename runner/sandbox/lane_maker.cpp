#include "runner/sandbox/lane_maker.h"

#include "model/error.h"
#include "runner/sandbox/fast_path/fast_protocol.h"
#include "runner/sandbox/observe/path_filter.h"
#include "runner/sandbox/wall_filter.h"
#include "runner/sandbox/zygote/zygote_image.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <sched.h>
#include <sys/random.h>
#include <unistd.h>

namespace sluice::sandbox {

namespace {

// Twenty-four bytes of chance for one lane.
Pass new_pass()
{
  Pass pass{};
  if (::getrandom(pass.data(), sizeof pass, 0) != static_cast<ssize_t>(sizeof pass))
    throw Error(ErrorKind::world, fmt::format("no random numbers: {}", std::strerror(errno)));
  return pass;
}

// What a link leads to there would be opened to tests: a program that ran before may have put one.
bool may_be_shared(const std::string& exchange)
{
  std::error_code failed;
  return exchange.empty() || std::filesystem::is_directory(std::filesystem::symlink_status(exchange, failed));
}

} // namespace

MadeLane::~MadeLane()
{
  if (lane) lane->kill();
  watch.reset();
  lane.reset();
  group.reset();
  std::error_code ignored;
  for (const std::string& folder : folders) std::filesystem::remove_all(folder, ignored);
}

LaneMaker::LaneMaker(SandboxSpec spec)
  : spec_(std::move(spec)), image_(make_zygote_image()),
    fast_images_(spec_.fast_paths ? make_fast_images() : FastImages{}), host_(read_host_facts())
{
  ControlGroup::remove_old();
}

LaneOrFailure LaneMaker::make(const std::string& exchange, bool shares)
{
  return level_ ? another(exchange, shares) : first(exchange, shares);
}

LaneOrFailure LaneMaker::first(const std::string& exchange, bool shares)
{
  std::string refused;
  if (spec_.most == SandboxLevel::full) {
    LaneOrFailure made = at_level(SandboxLevel::full, exchange, shares);
    if (const auto* lane = std::get_if<std::unique_ptr<MadeLane>>(&made)) {
      note(**lane, SandboxLevel::full, {});
      return made;
    }
    if (!std::get<LaneFailure>(made).essential_step) return made;
    refused = std::get<LaneFailure>(made).what;
  }
  LaneOrFailure made = at_level(SandboxLevel::bare, exchange, shares);
  if (const auto* lane = std::get_if<std::unique_ptr<MadeLane>>(&made))
    note(**lane, SandboxLevel::bare, std::move(refused));
  return made;
}

LaneOrFailure LaneMaker::another(const std::string& exchange, bool shares)
{
  LaneOrFailure made = at_level(*level_ == SandboxLevel::partial ? SandboxLevel::full : *level_, exchange, shares);
  const auto* lane = std::get_if<std::unique_ptr<MadeLane>>(&made);
  if (!lane) return made;
  // What this run is said to have run in is what its first lane had.
  for (const std::string& loss : (*lane)->lane->losses())
    if (std::find(state_.losses.begin(), state_.losses.end(), loss) == state_.losses.end())
      return LaneFailure{fmt::format("its sandbox would lack what others of this run have: {}", loss), EAGAIN, true};
  return made;
}

LaneOrFailure LaneMaker::at_level(SandboxLevel level, const std::string& exchange, bool shares)
{
  if (!may_be_shared(exchange)) return LaneFailure{exchange + " is no folder of its own", ENOTDIR, false};
  auto made = std::make_unique<MadeLane>();
  made->number = ++last_;
  const std::string name = fmt::format("sluice-{}-{}", ::getpid(), made->number);
  SandboxSpec spec = spec_;
  if (shares) spec.writable.insert(spec.writable.end(), spec.shared.begin(), spec.shared.end());
  LanePlan plan = plan_lane(spec, host_, level, exchange, name);
  std::error_code ignored;
  for (const std::string& folder : plan.host_folders) std::filesystem::create_directories(folder, ignored);
  made->folders = plan.host_folders;
  LaneOptions options;
  options.image = image_.get();
  options.walls = wall_filter();
  std::unique_ptr<FastLog> fast = spec_.fast_paths && spec_.observe ? FastLog::make(fast_images_) : nullptr;
  if (spec_.observe) {
    options.pass = new_pass();
    FilterOptions filter{{}, options.pass};
    if (fast) {
      filter.control_calls = {k_fast_call};
      filter.fast_page = k_fast_page;
    }
    options.observation = path_filter(filter);
  }
  options.before_walls = [&](pid_t zygote) { made->group = ControlGroup::make(spec_.limits, name, zygote); };
  auto lane = Lane::make(plan, options);
  if (auto* failed = std::get_if<LaneFailure>(&lane)) return std::move(*failed);
  made->lane = std::move(std::get<std::unique_ptr<Lane>>(lane));
  if (made->lane->lost_copy_on_write() && spec_.tree_mode == TreeMode::copy_on_write) {
    if (level_) return LaneFailure{"its trees would not be copied as those of others of this run", EAGAIN, true};
    state_.losses.push_back("trees are read-only instead of copied on write: this kernel has no overlays for users");
    spec_.tree_mode = TreeMode::read_only;
    made.reset();
    return at_level(level, exchange, shares);
  }
  if ((made->lane->namespaces() & CLONE_NEWNET) == 0) plan.view.own_network = false;
  made->fast = fast && made->lane->has_listener();
  if (made->lane->has_listener())
    made->watch =
      std::make_unique<LaneWatch>(made->lane->take_listener(), made->lane->zygote(), plan.view, std::move(fast));
  return made;
}

void LaneMaker::note(const MadeLane& made, SandboxLevel level, std::string refused)
{
  for (const std::string& loss : made.lane->losses()) state_.losses.push_back(loss);
  if (level == SandboxLevel::full && !state_.losses.empty()) {
    level = SandboxLevel::partial;
    refused = state_.losses.front();
  }
  if (level == SandboxLevel::bare) {
    state_.losses.insert(state_.losses.begin(),
                         {"tests see the host's processes and could signal those of the same user",
                          "tests reach the host's network", "trees are not copied on write",
                          "the store and credentials can be read"});
  }
  state_.level = level;
  state_.refused = std::move(refused);
  state_.observed = made.watch != nullptr;
  state_.fast_paths = made.fast;
  state_.limits = made.group ? made.group->kind() : "resource limits";
  level_ = level;
}

} // namespace sluice::sandbox
