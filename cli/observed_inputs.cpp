#include "cli/observed_inputs.h"

#include "model/glob.h"

#include <algorithm>
#include <sys/stat.h>

namespace sluice::cli {

namespace {

// File systems stamp with a clock that runs up to one tick of the kernel behind.
constexpr std::int64_t k_clock_step = 10'000'000;

std::int64_t nanoseconds(const timespec& time)
{
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

bool is_folder(const std::string& path)
{
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool contains(const std::vector<std::string>& names, const std::string& name)
{
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

ObservedInputs::ObservedInputs(const Project& project, const Picture& picture,
                               std::chrono::system_clock::time_point begin)
  : project_(project), picture_(picture),
    begin_(std::chrono::duration_cast<std::chrono::nanoseconds>(begin.time_since_epoch()).count())
{
}

void ObservedInputs::add(std::span<const TestIndex> tests, const std::shared_ptr<const Observation>& observation)
{
  if (tests.empty()) return;
  for (const TestIndex test : tests) batches_of_[test].push_back(batches_.size());
  Batch& batch = batches_.emplace_back();
  batch.complete = observation && observation->complete();
  const Catalogue& catalogue = picture_.catalogue;
  if (batch.complete) batch.used = work_out(*observation, catalogue.program_of(catalogue.test(tests.front())));
}

std::optional<InputSet> ObservedInputs::of(TestIndex test, CurrentInputs& inputs)
{
  InputSet set;
  for (const InputKind kind : {InputKind::configuration, InputKind::environment}) {
    const std::string name = kind == InputKind::configuration ? "sluice.toml" : "";
    set.push_back({kind, name, inputs.digest(kind, name)});
  }
  if (!add_uses(test, inputs, set)) return std::nullopt;
  for (const TestIndex foundation : inputs.stands_on(test))
    if (!add_uses(foundation, inputs, set)) return std::nullopt;
  std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
  return set;
}

bool ObservedInputs::add_uses(TestIndex test, CurrentInputs& inputs, InputSet& set)
{
  const auto found = batches_of_.find(test);
  if (found == batches_of_.end()) return false;
  const Catalogue& catalogue = picture_.catalogue;
  const Program& program = catalogue.program_of(catalogue.test(test));
  for (const std::size_t at : found->second) {
    if (!batches_[at].complete) return false;
    for (const std::uint32_t number : batches_[at].used) {
      Use& used = uses_[number];
      if (!is_settled(used)) return false;
      set.push_back({used.kind, used.name, inputs.digest(used.kind, used.name)});
    }
  }
  for (const std::string& glob : program.declared_inputs)
    set.push_back({InputKind::matched_files, glob, inputs.digest(InputKind::matched_files, glob)});
  set.push_back({InputKind::definition, catalogue.test(test).id.value, inputs.definition(test)});
  return true;
}

std::vector<std::uint32_t> ObservedInputs::work_out(const Observation& seen, const Program& program)
{
  std::vector<std::uint32_t> used;
  for (const std::string& path : seen.read) {
    const std::string name = name_of(path);
    const bool mapped = contains(program.files, name) || contains(program.libraries, path);
    used.push_back(use(mapped ? InputKind::loaded : InputKind::content, name, path));
  }
  for (const std::string& path : seen.links) used.push_back(use(InputKind::content, name_of(path), path));
  // What a test asks about a file (its size, whether it is newer) changes with its content; of a folder it is only told
  // that it is there.
  for (const std::string& path : seen.looked)
    used.push_back(is_folder(path) ? use(InputKind::entry, name_of(path), {})
                                   : use(InputKind::content, name_of(path), path));
  for (const std::string& path : seen.absent) used.push_back(use(InputKind::entry, name_of(path), {}));
  for (const std::string& path : seen.listed) {
    std::string name = name_of(path);
    for (const std::string& glob : unlisted(program, path, seen)) name += "\n" + glob;
    used.push_back(use(InputKind::listing, std::move(name), path));
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

std::uint32_t ObservedInputs::use(InputKind kind, std::string name, const std::string& path)
{
  const auto [at, fresh] =
    numbers_.try_emplace(static_cast<char>(kind) + name, static_cast<std::uint32_t>(uses_.size()));
  if (fresh) uses_.push_back({kind, std::move(name), path, Use::Settled::unknown});
  return at->second;
}

// False if the file or folder has changed since the run began, or cannot be looked at any more.
bool ObservedInputs::is_settled(Use& use) const
{
  if (use.path.empty()) return true;
  if (use.settled == Use::Settled::unknown) {
    struct stat status {};
    const bool settled = ::lstat(use.path.c_str(), &status) == 0 &&
                         std::max(nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)) < begin_ - k_clock_step;
    use.settled = settled ? Use::Settled::yes : Use::Settled::no;
  }
  return use.settled == Use::Settled::yes;
}

// A runner that collects its tests lists the folders in which they lie. Where it opened no other test file there, the
// names of the others decide nothing for this one: adding a test file must not run all of them again.
std::vector<std::string> ObservedInputs::unlisted(const Program& program, const std::string& folder,
                                                  const Observation& observation) const
{
  std::vector<std::string> globs;
  const bool collects = std::any_of(program.launch.arguments.begin(), program.launch.arguments.end(),
                                    [](const std::string& word) { return word.find("pytest") != std::string::npos; });
  if (!collects) return globs;
  for (const TestsConfig& entry : project_.config.tests) {
    if (entry.framework != FrameworkKind::command) continue;
    for (const std::string& glob : entry.files) {
      const auto others = std::count_if(observation.read.begin(), observation.read.end(), [&](const std::string& path) {
        return path.starts_with(folder + "/") && glob_matches(glob, name_of(path)) &&
               !contains(program.files, name_of(path));
      });
      if (others == 0) globs.push_back(glob);
    }
  }
  std::sort(globs.begin(), globs.end());
  globs.erase(std::unique(globs.begin(), globs.end()), globs.end());
  return globs;
}

std::string ObservedInputs::name_of(const std::string& path) const
{
  const std::string& root = project_.root;
  const bool below = path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/';
  return below ? path.substr(root.size() + 1) : path;
}

} // namespace sluice::cli
