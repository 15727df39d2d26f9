#include "adapters/frameworks/remembered.h"

#include "adapters/frameworks/byte_stream.h"
#include "adapters/frameworks/catalogue_codec.h"

#include <chrono>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_map>
#include <unordered_set>

namespace sluice::frameworks {

namespace {

constexpr std::string_view k_header = "sluice-remembered 1\n";
// A file that changed so short a time ago may change again without its stamp telling (git's racy-timestamp rule).
constexpr std::int64_t k_racy = 100'000'000;

void write_stamp(ByteWriter& out, const Stamp& stamp)
{
  out.number(stamp.mode);
  out.number(stamp.inode);
  out.number(stamp.size);
  out.signed_number(stamp.modified);
  out.signed_number(stamp.changed);
}

Stamp read_stamp(ByteReader& in)
{
  Stamp stamp;
  stamp.mode = in.number();
  stamp.inode = in.number();
  stamp.size = in.number();
  stamp.modified = in.signed_number();
  stamp.changed = in.signed_number();
  return stamp;
}

void write_inputs(ByteWriter& out, const ListingInputs& inputs)
{
  out.number(inputs.files.size());
  for (const auto& [path, digest] : inputs.files) {
    out.raw(path);
    out.raw(digest.view());
  }
  out.number(inputs.environment.size());
  for (const auto& [name, value] : inputs.environment) {
    out.raw(name);
    out.raw(value);
  }
  out.number(inputs.newer.size());
  for (const auto& [first, second] : inputs.newer) {
    out.raw(first);
    out.raw(second);
  }
}

// Reads the inputs and compares each with the world.
bool inputs_hold(ByteReader& in, const ListingContext& context)
{
  for (std::size_t i = in.count(); i > 0 && in.good(); --i) {
    const std::string path(in.raw());
    const auto recorded = digest_from_bytes(in.raw());
    if (!recorded || context.digest(path) != *recorded) return false;
  }
  for (std::size_t i = in.count(); i > 0 && in.good(); --i) {
    const std::string_view name = in.raw();
    if (environment_value(context.environment, name) != in.raw()) return false;
  }
  for (std::size_t i = in.count(); i > 0 && in.good(); --i) {
    const std::string first(in.raw());
    if (!is_newer(first, std::string(in.raw()))) return false;
  }
  return in.good();
}

// Stamps of many paths, most of them neighbours: the folder is looked up once for a row of them. What was absent is
// absent still as long as its folder is unchanged, which saves a look at every argument that is no file.
class NeighbourStamps {
public:
  NeighbourStamps() = default;
  ~NeighbourStamps() { close(); }
  NeighbourStamps(const NeighbourStamps&) = delete;
  NeighbourStamps& operator=(const NeighbourStamps&) = delete;

  // Folders whose stamps are as recorded; all are told before the first question.
  void unchanged_folder(std::string_view folder) { unchanged_.insert(folder); }

  bool still(const std::string& path, const Stamp& recorded)
  {
    const std::string_view folder = folder_of(path);
    if (recorded.absent() && unchanged_.contains(folder)) return true;
    if (folder != folder_) enter(folder);
    if (fd_ < 0) return recorded == stamp_of(path);
    return recorded == stamp_at(fd_, path.c_str() + folder.size() + 1);
  }

  static std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

private:
  void enter(std::string_view folder)
  {
    close();
    folder_ = folder;
    fd_ = folder_.empty() ? -1 : ::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  }
  void close()
  {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  std::unordered_set<std::string_view> unchanged_;
  std::string folder_;
  int fd_ = -1;
};

// A stamp that is compared later: one that cannot be trusted then equals nothing.
Stamp lasting_stamp(const std::string& path, std::int64_t racy)
{
  Stamp stamp = stamp_of(path);
  // A link's own stamp says nothing of what it leads to.
  if (stamp.changed > racy || stamp.modified > racy || S_ISLNK(stamp.mode)) stamp.mode = ~std::uint64_t{0};
  return stamp;
}

// The paths that launches name, each once with its stamp, the folders of those that do not exist, and for each program
// which paths it names.
void write_looked_at(ByteWriter& out, const std::vector<std::vector<std::string>>& looked_at, std::int64_t racy)
{
  std::unordered_map<std::string_view, std::size_t> numbers;
  std::vector<const std::string*> paths;
  for (const auto& program : looked_at) {
    for (const std::string& path : program) {
      if (numbers.try_emplace(path, paths.size()).second) paths.push_back(&path);
    }
  }
  // The folders' stamps are taken first: what appears in one meanwhile changes it.
  std::set<std::string_view> folders;
  for (const std::string* path : paths) folders.insert(NeighbourStamps::folder_of(*path));
  out.number(folders.size());
  for (const std::string_view folder : folders) {
    out.raw(folder);
    write_stamp(out, lasting_stamp(std::string(folder), racy));
  }
  out.number(paths.size());
  for (const std::string* path : paths) {
    out.raw(*path);
    write_stamp(out, lasting_stamp(*path, racy));
  }
  out.number(looked_at.size());
  for (const auto& program : looked_at) {
    out.number(program.size());
    for (const std::string& path : program) out.number(numbers.at(path));
  }
}

// For each program whether something that its launch names is not as it was.
std::vector<bool> changed_programs(ByteReader& in)
{
  NeighbourStamps stamps;
  std::string path;
  for (std::size_t i = in.count(); i > 0 && in.good(); --i) {
    const std::string_view folder = in.raw();
    path = folder;
    if (read_stamp(in) == stamp_of(path)) stamps.unchanged_folder(folder);
  }
  std::vector<bool> differs(in.count());
  for (std::size_t i = 0; i < differs.size() && in.good(); ++i) {
    path = in.raw();
    const Stamp stamp = read_stamp(in);
    differs[i] = !stamps.still(path, stamp);
  }
  std::vector<bool> changed(in.count());
  for (std::size_t i = 0; i < changed.size() && in.good(); ++i) {
    for (std::size_t left = in.count(); left > 0 && in.good(); --left) {
      const std::uint64_t number = in.number();
      if (number >= differs.size()) in.fail();
      else if (differs[number]) changed[i] = true;
    }
  }
  return changed;
}

} // namespace

std::int64_t wall_clock_in_nanoseconds()
{
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::string text_of(const TestsConfig& entry, const std::string& root)
{
  ByteWriter out;
  out.raw(root);
  out.number(static_cast<std::uint8_t>(entry.framework));
  for (const std::string* text : {&entry.name, &entry.directory, &entry.configuration}) out.raw(*text);
  for (const auto* texts : {&entry.programs, &entry.files, &entry.command, &entry.inputs, &entry.labels}) {
    out.number(texts->size());
    for (const std::string& text : *texts) out.raw(text);
  }
  out.number(entry.environment.size());
  for (const EnvironmentChange& change : entry.environment) {
    out.number(change.action == EnvironmentChange::Action::unset ? 1 : 0);
    out.raw(change.name);
    out.raw(change.value);
  }
  out.signed_number(entry.time_limit ? entry.time_limit->count() : -1);
  out.number(static_cast<std::uint8_t>(entry.isolation));
  return out.finish({});
}

std::string environment_value(const std::vector<std::string>& environment, std::string_view name)
{
  for (const std::string& entry : environment) {
    if (entry.size() > name.size() && entry[name.size()] == '=' && entry.starts_with(name))
      return entry.substr(name.size() + 1);
  }
  return {};
}

bool is_newer(const std::string& first, const std::string& second)
{
  const Stamp one = stamp_of(first);
  const Stamp other = stamp_of(second);
  return one.absent() || other.absent() || one.modified >= other.modified;
}

void remember_listing(const ListingContext& context, const ListingKey& key, const ListingInputs& inputs,
                      const Listing& listing, const std::vector<std::vector<std::string>>& looked_at)
{
  if (!context.remember) return;
  const std::string encoded = encode_listing(listing);
  ByteWriter out;
  out.raw(key.entry);
  write_inputs(out, inputs);
  write_looked_at(out, looked_at, inputs.started - k_racy);
  out.raw(encoded);
  context.remember(key.purpose, key.digest, out.finish(k_header));
}

std::optional<Listing> recall_listing(const ListingContext& context, const ListingKey& key, LaunchFacts& facts)
{
  if (!context.remembered) return std::nullopt;
  const auto value = context.remembered(key.purpose, key.digest);
  if (!value) return std::nullopt;
  ByteReader in(*value, k_header);
  if (in.raw() != key.entry || !inputs_hold(in, context)) return std::nullopt;
  const std::vector<bool> changed = changed_programs(in);
  const std::string_view encoded = in.raw();
  if (!in.at_end()) return std::nullopt;
  auto listing = decode_listing(encoded);
  if (!listing || listing->catalogue.programs.size() != changed.size()) return std::nullopt;
  for (std::size_t i = 0; i < changed.size(); ++i) {
    if (!changed[i]) continue;
    Program& program = listing->catalogue.programs[i];
    facts.settle(program);
    const std::string& path = program.launch.arguments.front();
    if (stamp_of(path).absent()) listing->not_built.push_back(facts.named(path));
  }
  return listing;
}

} // namespace sluice::frameworks
