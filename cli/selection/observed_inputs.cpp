#include "cli/selection/observed_inputs.h"

#include "adapters/frameworks/python/collector.h"
#include "adapters/frameworks/python/listing_name.h"
#include "model/glob.h"
#include "model/path.h"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>

namespace sluice::cli {

namespace {

using frameworks::Collector;
using frameworks::ListingName;
using frameworks::sources_of_bytecode;

// File systems stamp with a clock that runs up to one tick of the kernel behind.
constexpr std::int64_t k_clock_step = 10'000'000;
constexpr std::int64_t k_coarse_step = 2'000'000'000; // where stamps are whole seconds

std::int64_t nanoseconds(const timespec& time)
{
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::int64_t newest(const struct stat& status)
{
  return std::max(nanoseconds(status.st_mtim), nanoseconds(status.st_ctim));
}

// At the path itself or, where this user may not go in, at the folder that keeps it out: tests are kept out as well.
bool look_as_far_as_allowed(std::string path, struct stat& status)
{
  while (::lstat(path.c_str(), &status) != 0) {
    const std::size_t slash = path.rfind('/');
    if (errno != EACCES || slash == 0 || slash == std::string::npos) return false;
    path.resize(slash);
  }
  return true;
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

// See Batch::written.
template <typename Names> bool is_in(const Names& written, std::string_view name)
{
  if (written.empty()) return false;
  if (written.contains(name)) return true;
  for (std::size_t slash = name.rfind('/'); slash != std::string_view::npos && slash > 0;
       slash = name.rfind('/', slash - 1))
    if (written.contains(name.substr(0, slash + 1))) return true;
  return false;
}

template <typename Values> void sort_out(Values& values)
{
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

bool is_in_list(const std::vector<std::string>& sorted, const std::string& path)
{
  return std::binary_search(sorted.begin(), sorted.end(), path);
}

// Something that was there, of which the lists say nothing but that it was written: neither its content nor its size
// matters then, but a folder or a dangling link in its place does.
bool is_only_overwritten(const Observation& seen, const std::string& path)
{
  return !is_in_list(seen.absent, path) && !is_in_list(seen.looked, path) && !is_in_list(seen.read, path);
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
  batch.observed = observation && observation->watched;
  batch.complete = is_complete(observation);
  const Catalogue& catalogue = picture_.catalogue;
  if (!batch.complete) return;
  batch.used = work_out(*observation, catalogue.program_of(catalogue.test(tests.front())));
  for (const std::string& path : observation->written) {
    const bool made = is_in_list(observation->absent, path);
    if (made) batch.written.push_back(name_in(project_.root, path) + "/");
    // What was looked at or read first may only have got another mode, or more content.
    if (made || is_only_overwritten(*observation, path)) batch.written.push_back(name_in(project_.root, path));
  }
}

const InputSet* ObservedInputs::of(TestIndex test, CurrentInputs& inputs, const Digest& environment)
{
  if (is_like_last(test, inputs)) {
    last_.front().name = picture_.catalogue.test(test).id.value;
    last_.front().digest = inputs.definition(test);
    return &last_;
  }
  last_test_.reset();
  last_.clear();
  last_.push_back({InputKind::configuration, "sluice.toml", inputs.digest(InputKind::configuration, "sluice.toml")});
  last_.push_back({InputKind::environment, "", environment});
  if (!add_uses(test, inputs, last_)) return nullptr;
  for (const TestIndex foundation : inputs.stands_on(test))
    if (!add_uses(foundation, inputs, last_)) return nullptr;
  sort_out(last_);
  if (inputs.stands_on(test).empty()) last_test_ = test;
  last_inputs_ = &inputs;
  return &last_;
}

// It ran in the same processes, and rests on nothing else. Digests are of one look at the world (CurrentInputs), and
// what a use was found to be stays so: asking again would say the same.
bool ObservedInputs::is_like_last(TestIndex test, const CurrentInputs& inputs) const
{
  if (!last_test_ || last_inputs_ != &inputs || !inputs.stands_on(test).empty()) return false;
  const Catalogue& catalogue = picture_.catalogue;
  if (catalogue.test(test).program != catalogue.test(*last_test_).program) return false;
  const auto mine = batches_of_.find(test), its = batches_of_.find(*last_test_);
  if (mine == batches_of_.end() || its == batches_of_.end() || mine->second != its->second) return false;
  return last_.front().kind == InputKind::definition;
}

std::optional<InputSet> ObservedInputs::of_process(const std::shared_ptr<const Observation>& observation,
                                                   const Program& program, CurrentInputs& inputs)
{
  InputSet set;
  if (!is_complete(observation) || !add_used(work_out(*observation, program), {}, inputs, set)) return std::nullopt;
  sort_out(set);
  return set;
}

bool ObservedInputs::is_complete(const std::shared_ptr<const Observation>& observation) const
{
  // What came from a device is in no list.
  const auto is_device = [](const Finding& finding) { return finding.kind == FindingKind::device; };
  return observation && observation->complete() &&
         std::none_of(observation->findings.begin(), observation->findings.end(), is_device);
}

ObservedInputs::Names ObservedInputs::written_by(const std::vector<TestIndex>& tests) const
{
  Names names;
  for (const TestIndex test : tests) {
    const auto found = batches_of_.find(test);
    if (found == batches_of_.end()) continue;
    for (const std::size_t at : found->second) names.insert(batches_[at].written.begin(), batches_[at].written.end());
  }
  return names;
}

bool ObservedInputs::add_used(const std::vector<std::uint32_t>& used, const Names& made, CurrentInputs& inputs,
                              InputSet& set)
{
  for (const std::uint32_t number : used) {
    Use& each = uses_[number];
    if (is_in(made, each.name)) continue;
    if (!is_settled(each)) return false;
    const Digest digest = inputs.digest(each.kind, each.name);
    if (each.seen != Seen::either && digest.absent() != (each.seen == Seen::absent)) return false;
    set.push_back({each.kind, each.name, digest});
  }
  return true;
}

bool ObservedInputs::add_uses(TestIndex test, CurrentInputs& inputs, InputSet& set)
{
  const auto found = batches_of_.find(test);
  if (found == batches_of_.end()) return false;
  const Catalogue& catalogue = picture_.catalogue;
  const Program& program = catalogue.program_of(catalogue.test(test));
  // What those that it stands on have made for it follows from what they rest on.
  const Names made = written_by(inputs.stands_on(test));
  for (const std::size_t at : found->second) {
    if (!batches_[at].complete) return false;
    if (!add_used(batches_[at].used, made, inputs, set)) return false;
  }
  for (const std::string& glob : program.declared_inputs)
    set.push_back({InputKind::matched_files, glob, inputs.digest(InputKind::matched_files, glob)});
  set.push_back({InputKind::definition, catalogue.test(test).id.value, inputs.definition(test)});
  return true;
}

bool ObservedInputs::observed(TestIndex test) const
{
  const auto found = batches_of_.find(test);
  return found != batches_of_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](std::size_t at) { return batches_[at].observed; });
}

std::vector<std::uint32_t> ObservedInputs::work_out(const Observation& seen, const Program& program)
{
  std::vector<std::uint32_t> used;
  const Collector collector = frameworks::collector_of(project_.root, project_.config.tests, program, seen);
  const auto add = [&](InputKind kind, const std::string& path, const std::string& settled, Seen there = Seen::either) {
    if (!is_kept_bytecode(picture_.tree, name_in(project_.root, path)))
      used.push_back(use(kind, name_in(project_.root, path), settled, there));
  };
  add_read(seen, program, used);
  for (const std::string& path : seen.links) add(InputKind::content, path, path, Seen::present);
  // Of a folder a test is only told that it is there: its own date and size are what the file system makes of them.
  // The date of a file tells make, git and others that it is still what they knew, so its content counts; where that is
  // not git's, its size has to do.
  // What sluice.toml says cannot matter may be looked at as long as it is not read.
  for (const std::string& path : seen.looked) {
    const std::string name = name_in(project_.root, path);
    if (collector.is_another_test(name)) continue;
    const bool kind_only = is_folder(path) || first_match(project_.config.ignore, name);
    if (kind_only) add(InputKind::entry, path, {}, Seen::present);
    else if (!collector.only_scans(name) && file_of(picture_.tree, name))
      add(InputKind::content, path, path, Seen::present);
    else add(InputKind::metadata, path, path, Seen::present);
  }
  // Bytecode that is not there may come with a later change, so its absence counts.
  for (const std::string& path : seen.absent)
    used.push_back(use(InputKind::entry, name_in(project_.root, path), {}, Seen::absent));
  for (const std::string& path : seen.listed) {
    used.push_back(use(InputKind::listing, ListingName{name_in(project_.root, path), collector.other_tests}.text(),
                       path, Seen::present));
    // A test file that would be found before a module that was found elsewhere.
    for (const std::string& name : collector.stand_ins_in(project_.root, path))
      used.push_back(use(InputKind::entry, name, {}));
  }
  for (const std::string& path : seen.written)
    if (is_only_overwritten(seen, path)) add(InputKind::entry, path, {}, Seen::present);
  sort_out(used);
  return used;
}

// Of its program and libraries a test sees what the loader maps, unless a program is executed that can read the rest.
void ObservedInputs::add_read(const Observation& seen, const Program& program, std::vector<std::uint32_t>& used)
{
  std::vector<const std::string*> mapped;
  bool alone = true;
  const auto add = [&](InputKind kind, const std::string& path) {
    const std::string name = name_in(project_.root, path);
    if (is_kept_bytecode(picture_.tree, name)) return;
    used.push_back(use(kind, name, path, Seen::present));
    alone = alone && !is_program(uses_[used.back()]);
  };
  for (const std::string& path : seen.read) {
    // Python reads bytecode instead of the source when the source's date says that it may; a build can have written it.
    if (std::string name = name_in(project_.root, path); is_kept_bytecode(picture_.tree, name)) {
      for (const std::string& source : sources_of_bytecode(path)) add(InputKind::content, source);
      used.push_back(use(InputKind::content, std::move(name), path, Seen::present));
      continue;
    }
    // A file that the program is given as an argument is one that it may read: its debug sections count.
    const bool started =
      program.closed && !program.files.empty() && program.files.front() == name_in(project_.root, path);
    if (started || contains(program.libraries, path)) mapped.push_back(&path);
    else add(InputKind::content, path);
  }
  const InputKind kind = alone ? InputKind::loaded : InputKind::content;
  for (const std::string* path : mapped) used.push_back(use(kind, name_in(project_.root, *path), *path, Seen::present));
}

// Whether it may have been executed: a file that may be, and that is no library by its name.
bool ObservedInputs::is_program(Use& use) const
{
  if (use.program == Use::Answer::unknown) {
    const std::string name = std::string(last_component(use.path)) + ".";
    struct stat status {};
    const bool executable = ::lstat(use.path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
                            (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
    use.program = executable && name.find(".so.") == std::string::npos ? Use::Answer::yes : Use::Answer::no;
  }
  return use.program == Use::Answer::yes;
}

std::uint32_t ObservedInputs::use(InputKind kind, std::string name, const std::string& path, Seen seen)
{
  std::string key{static_cast<char>(kind), static_cast<char>(seen)};
  const auto [at, fresh] = numbers_.try_emplace(key.append(name), static_cast<std::uint32_t>(uses_.size()));
  if (fresh) uses_.push_back({kind, std::move(name), path, seen, Use::Answer::unknown, Use::Answer::unknown});
  return at->second;
}

// False if the file or folder has changed since the run began, or cannot be looked at any more.
bool ObservedInputs::is_settled(Use& use) const
{
  if (use.path.empty()) return true;
  if (use.settled == Use::Answer::unknown) {
    struct stat status {};
    const bool there = look_as_far_as_allowed(use.path, status);
    const std::int64_t step = status.st_ctim.tv_nsec == 0 ? k_coarse_step : k_clock_step;
    const bool settled = there && newest(status) < begin_ - step;
    use.settled = settled ? Use::Answer::yes : Use::Answer::no;
  }
  return use.settled == Use::Answer::yes;
}

} // namespace sluice::cli
