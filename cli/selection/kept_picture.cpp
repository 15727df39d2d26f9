#include "cli/selection/kept_picture.h"

#include "cache/hashing.h"
#include "cli/records/atomic_file.h"
#include "cli/version.h"
#include "impact/kept_graph.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_alignment = 8;

std::string file_of(const Project& project)
{
  return project.state + "/graph";
}

// Ninja's own records change with every step that it takes.
constexpr std::array<std::string_view, 4> k_build_records{"build.ninja", ".ninja_deps", ".ninja_log", "CMakeCache.txt"};

bool can_be_kept(const Project& project, const Picture& picture)
{
  if (project.build_directory.empty() || !fs::exists(project.build_directory + "/.ninja_log")) return false;
  const auto& tests = project.config.tests;
  // Which files a glob matches is known by looking at the whole tree alone.
  const bool built = std::all_of(tests.begin(), tests.end(), [](const TestsConfig& entry) {
    return entry.framework == FrameworkKind::ctest || entry.framework == FrameworkKind::gtest;
  });
  return built && picture.not_built.empty() && picture.build.gaps.empty() && picture.build.unbuilt.empty();
}

// The files that decide which tests there are and what the build knows, besides the sources.
std::vector<std::string> witnesses_of(const Project& project, const Picture& picture)
{
  std::vector<std::string> files;
  for (const std::string_view name : k_build_records)
    files.push_back(fmt::format("{}/{}", project.build_directory, name));
  std::error_code ignored;
  for (fs::recursive_directory_iterator at(project.build_directory, ignored), end; at != end; at.increment(ignored)) {
    const std::string name = at->path().filename().string();
    if (at->is_directory(ignored) && (name == "CMakeFiles" || name.starts_with('.'))) at.disable_recursion_pending();
    else if (name.ends_with(".cmake")) files.push_back(at->path().string());
  }
  for (const Program& program : picture.catalogue.programs)
    for (const std::string& file : program.files) {
      PathId known{};
      if (!picture.build.facts.find(file, known))
        files.push_back(file.starts_with('/') ? file : project.root + "/" + file);
    }
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

std::string stamp_of(const std::string& file)
{
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return "absent";
  return fmt::format("{} {} {} {}.{}", status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                     status.st_mtim.tv_nsec);
}

std::string key_of(const Project& project, const std::vector<std::string>& witnesses)
{
  cache::Sha256 sum;
  sum.add_field(k_version);
  sum.add_field(project.root);
  sum.add_field(project.config_text);
  for (const std::string& file : witnesses) {
    sum.add_field(file);
    sum.add_field(stamp_of(file));
  }
  return to_hex(sum.finish());
}

// Texts without NUL, each followed by one.
void add_texts(std::string& to, const std::vector<std::string>& texts)
{
  to += std::to_string(texts.size()) + '\0';
  for (const std::string& text : texts) to.append(text.c_str(), text.size() + 1);
}

std::optional<std::string> take_text(std::string_view& from)
{
  const std::size_t end = from.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  std::string text(from.substr(0, end));
  from.remove_prefix(end + 1);
  return text;
}

std::optional<std::vector<std::string>> take_texts(std::string_view& from)
{
  const std::optional<std::string> count_text = take_text(from);
  std::size_t count = 0;
  if (!count_text) return std::nullopt;
  const auto [stopped, error] = std::from_chars(count_text->data(), count_text->data() + count_text->size(), count);
  if (error != std::errc{} || count > from.size()) return std::nullopt;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::optional<std::string> text = take_text(from);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

// The file's bytes where the kernel has them.
struct Mapped {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

std::optional<Mapped> map(const std::string& path)
{
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0 && status.st_size > 0;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const memory = known ? ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
  ::close(file);
  if (memory == MAP_FAILED) return std::nullopt;
  return Mapped{std::shared_ptr<const void>(memory, [size](const void* at) { ::munmap(const_cast<void*>(at), size); }),
                {static_cast<const char*>(memory), size}};
}

// What stands before the graph.
struct Head {
  std::string key, tree;
  std::vector<std::string> witnesses, differed;
};

std::string encode(const Head& head)
{
  std::string fields;
  add_texts(fields, {head.key, head.tree});
  add_texts(fields, head.witnesses);
  add_texts(fields, head.differed);
  fields.resize((fields.size() + k_alignment - 1) / k_alignment * k_alignment);
  const std::uint64_t size = fields.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof size) + fields;
}

// Takes it off the front of `bytes`.
std::optional<Head> take_head(std::string_view& bytes)
{
  std::uint64_t size = 0;
  if (bytes.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  if (size > bytes.size() || size % k_alignment != 0) return std::nullopt;
  std::string_view fields = bytes.substr(0, size);
  bytes.remove_prefix(size);
  auto names = take_texts(fields), witnesses = take_texts(fields), differed = take_texts(fields);
  if (!names || names->size() != 2 || !witnesses || !differed) return std::nullopt;
  return Head{std::move(names->front()), std::move(names->back()), std::move(*witnesses), std::move(*differed)};
}

// True if what is kept would be written again as it is.
bool is_kept(const Project& project, const Change& change)
{
  const std::optional<Mapped> file = map(file_of(project));
  if (!file) return false;
  std::string_view bytes = file->bytes;
  const std::optional<Head> head = take_head(bytes);
  return head && head->tree == change.set.head_tree && head->differed == change.uncommitted &&
         head->key == key_of(project, head->witnesses);
}

} // namespace

void keep_picture(const Project& project, const Picture& picture, const Change& change)
{
  std::error_code ignored;
  if (!can_be_kept(project, picture) || change.set.head_tree.empty()) {
    fs::remove(file_of(project), ignored);
    return;
  }
  if (is_kept(project, change)) return;
  Head head{{}, change.set.head_tree, witnesses_of(project, picture), change.uncommitted};
  head.key = key_of(project, head.witnesses);
  write_atomically(file_of(project),
                   encode(head) + impact::encode(picture.graph, picture.catalogue, picture.reach_options.on_demand));
}

std::optional<KeptPicture> recall_picture(const Project& project)
{
  std::optional<Mapped> file = map(file_of(project));
  if (!file) return std::nullopt;
  std::string_view bytes = file->bytes;
  std::optional<Head> head = take_head(bytes);
  if (!head || head->key != key_of(project, head->witnesses)) return std::nullopt;
  auto kept = impact::decode(file->owner, bytes);
  if (!kept) return std::nullopt;
  KeptPicture picture{std::move(kept->catalogue), reach_options_of(project), std::move(kept->graph),
                      std::move(head->tree), std::move(head->differed)};
  picture.reach_options.on_demand = std::move(kept->on_demand);
  return picture;
}

} // namespace sluice::cli
