#include "adapters/facts/cmake_model.h"

#include "adapters/facts/build_facts.h"
#include "adapters/facts/disk.h"
#include "adapters/process/fd.h"
#include "model/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace sluice::facts {

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::string_view k_api = "/.cmake/api/v1";
constexpr std::string_view k_query =
  R"({"requests":[{"kind":"codemodel","version":2},{"kind":"cmakeFiles","version":1}]})";
constexpr const char* k_query_file = "query.json";
constexpr std::size_t k_most_presets = 100;

// Access that takes any shape of document: what is not there or of another kind is empty.
const Json& member(const Json& object, std::string_view name)
{
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::string text(const Json& object, std::string_view name)
{
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

Json parse_file(const std::string& path)
{
  const std::optional<std::string> bytes = read_file(path);
  return bytes ? Json::parse(*bytes, nullptr, false) : Json(Json::value_t::discarded);
}

CMakeTarget read_target(const Json& json)
{
  CMakeTarget target;
  target.id = text(json, "id");
  target.name = text(json, "name");
  target.type = text(json, "type");
  target.build_folder = text(member(json, "paths"), "build");
  for (const Json& artifact : member(json, "artifacts")) target.artifacts.push_back(text(artifact, "path"));
  for (const Json& source : member(json, "sources")) {
    target.sources.push_back({text(source, "path"), !member(source, "compileGroupIndex").is_null()});
  }
  for (const Json& dependency : member(json, "dependencies")) target.dependencies.push_back(text(dependency, "id"));
  return target;
}

// The reply's index is the one whose name sorts last; CMake removes older ones.
std::optional<std::string> newest_index(const std::string& folder)
{
  std::string newest;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (name.starts_with("index-") && name.ends_with(".json")) newest = std::max(newest, std::move(name));
  }
  return newest.empty() ? std::nullopt : std::optional(folder + "/" + newest);
}

class ReplyReader {
public:
  ReplyReader(std::string folder, CMakeModel& model) : folder_(std::move(folder)), model_(model) {}

  void read(const std::string& index_file)
  {
    const Json index = parse_file(index_file);
    bool have_model = false;
    bool have_files = false;
    for (const Json& object : member(index, "objects")) {
      const Json& major = member(member(object, "version"), "major");
      if (!major.is_number_integer()) continue;
      const std::string file = folder_ + "/" + text(object, "jsonFile");
      const std::string kind = text(object, "kind");
      if (kind == "codemodel" && major.get<int>() == 2) have_model = codemodel(parse_file(file));
      if (kind == "cmakeFiles" && major.get<int>() == 1) have_files = cmake_files(parse_file(file));
    }
    if (!have_model) model_.problems.emplace_back("CMake's reply has no code model (configure again)");
    if (!have_files) model_.problems.emplace_back("CMake's reply does not list its inputs (configure again)");
  }

private:
  bool codemodel(const Json& json)
  {
    if (!json.is_object()) return false;
    model_.source_folder = text(member(json, "paths"), "source");
    for (const Json& configuration : member(json, "configurations")) {
      for (const Json& target : member(configuration, "targets")) {
        const Json details = parse_file(folder_ + "/" + text(target, "jsonFile"));
        if (details.is_object()) model_.targets.push_back(read_target(details));
        else model_.problems.push_back("CMake's reply about target " + text(target, "name") + " cannot be read");
      }
    }
    return true;
  }

  bool cmake_files(const Json& json)
  {
    if (!json.is_object()) return false;
    for (const Json& input : member(json, "inputs")) model_.inputs.push_back(text(input, "path"));
    return true;
  }

  std::string folder_;
  CMakeModel& model_;
};

void add_presets(const std::string& file, std::vector<std::string>& found)
{
  if (found.size() >= k_most_presets || std::find(found.begin(), found.end(), file) != found.end()) return;
  const std::optional<std::string> bytes = read_file(file);
  if (!bytes) return;
  found.push_back(file);
  const Json json = Json::parse(*bytes, nullptr, false, true);
  for (const Json& include : member(json, "include")) {
    if (!include.is_string()) continue;
    const fs::path path = include.get<std::string>();
    add_presets(((path.is_absolute() ? fs::path() : fs::path(file).parent_path()) / path).lexically_normal().string(),
                found);
  }
}

// A folder that is made if it is missing; none where something else has its name. What a build folder holds can come
// with the change, and what is written through a link in it would be written wherever the author likes.
process::Fd folder_in(const process::Fd& outer, const char* name)
{
  ::mkdirat(outer.get(), name, 0777);
  return process::Fd(::openat(outer.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool write_query(const process::Fd& folder)
{
  struct stat before {};
  if (::fstatat(folder.get(), k_query_file, &before, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(before.st_mode)) {
    errno = ELOOP;
    return false;
  }
  const std::string unfinished = fmt::format("{}.{}", k_query_file, ::getpid());
  ::unlinkat(folder.get(), unfinished.c_str(), 0);
  const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const process::Fd file(::openat(folder.get(), unfinished.c_str(), flags, 0644));
  return file.valid() && ::write(file.get(), k_query.data(), k_query.size()) == std::ssize(k_query) &&
         ::renameat(folder.get(), unfinished.c_str(), folder.get(), k_query_file) == 0;
}

} // namespace

CMakeModel read_cmake_model(const std::string& directory)
{
  CMakeModel model;
  const std::string folder = directory + std::string(k_api) + "/reply";
  const std::optional<std::string> index = newest_index(folder);
  if (!index) {
    model.problems.emplace_back("CMake has not written its code model (configure again)");
    return model;
  }
  ReplyReader(folder, model).read(*index);
  return model;
}

std::optional<std::string> cache_entry(std::string_view cache, std::string_view name)
{
  while (!cache.empty()) {
    const std::size_t end = std::min(cache.find('\n'), cache.size());
    std::string_view line = cache.substr(0, end);
    cache.remove_prefix(std::min(end + 1, cache.size()));
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ':') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    line.remove_prefix(equals + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return std::string(line);
  }
  return std::nullopt;
}

std::vector<std::string> preset_files(const std::string& source_folder)
{
  std::vector<std::string> found;
  add_presets(source_folder + "/CMakePresets.json", found);
  add_presets(source_folder + "/CMakeUserPresets.json", found);
  return found;
}

void request_codemodel(const std::string& directory)
{
  std::error_code failed;
  fs::create_directories(directory, failed);
  process::Fd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const char* name : {".cmake", "api", "v1", "query", "client-sluice"})
    if (folder.valid()) folder = folder_in(folder, name);
  if (folder.valid() && read_file(fmt::format("/proc/self/fd/{}/{}", folder.get(), k_query_file)) == k_query) return;
  if (folder.valid() && write_query(folder)) return;
  const int error = errno;
  throw Error(
    ErrorKind::world,
    fmt::format("cannot write {}{}/query/client-sluice/{}: {}", directory, k_api, k_query_file, std::strerror(error)),
    "make the build folder writable, and let no link lead out of its .cmake");
}

} // namespace sluice::facts
