#include "cache/loaded_libraries.h"

#include "cache/dynamic_section.h"
#include "cache/file_digests.h"
#include "cache/known_sections.h"
#include "cache/library_folders.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>

#include <unordered_map>
#include <unordered_set>

namespace sluice::cache {

namespace {

namespace fs = std::filesystem;

// Below each folder the loader prefers builds for newer processors, newest first.
constexpr std::array<std::string_view, 3> k_variants{"glibc-hwcaps/x86-64-v4", "glibc-hwcaps/x86-64-v3",
                                                     "glibc-hwcaps/x86-64-v2"};

bool is_folder(const std::string& path)
{
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_file(const std::string& path)
{
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_loader(std::string_view name)
{
  const std::string_view base = name.substr(name.rfind('/') + 1);
  return base.starts_with("ld-linux") || base.starts_with("ld64.so") || base.starts_with("ld.so");
}

} // namespace

struct KnownLibraries {
  std::unordered_map<std::string, DynamicSection> sections;
  std::map<std::pair<int, int>, std::vector<std::string>> system_folders; // by machine and width
  std::unordered_map<std::string, bool> variants;                         // folders that have builds for processors
  std::optional<std::vector<std::string>> preload;

  std::optional<KnownSections> known_sections; // by content; absent: every file is opened
  FileDigests* digests = nullptr;

  const DynamicSection& section(const std::string& path)
  {
    const auto [at, fresh] = sections.try_emplace(path);
    if (!fresh) return at->second;
    if (!known_sections) return at->second = read_dynamic_section(path);
    const Digest content = digests->once(path, DigestOf::loaded);
    if (const DynamicSection* known = known_sections->find(content)) return at->second = *known;
    at->second = read_dynamic_section(path);
    // The same content still: the file was not replaced between the two looks.
    if (!content.absent() && digests->of(path, DigestOf::loaded) == content) known_sections->add(content, at->second);
    return at->second;
  }
  const std::vector<std::string>& folders(int machine, int width)
  {
    const auto [at, fresh] = system_folders.try_emplace({machine, width});
    if (fresh) at->second = system_library_folders(machine, width);
    return at->second;
  }
  bool has_variants(const std::string& folder)
  {
    const auto [at, fresh] = variants.try_emplace(folder, false);
    if (fresh) at->second = is_folder(folder + "/glibc-hwcaps");
    return at->second;
  }
};

namespace {

// One program's search: breadth first, as the loader does it, each library once.
class Search {
public:
  Search(KnownLibraries& known, const LoaderSettings& settings) : known_(known), settings_(settings) {}
  LoadedLibraries run(const std::string& path);

private:
  struct Object {
    std::string path;
    const DynamicSection* section = nullptr;
    std::ptrdiff_t loader = -1; // the object that asked for it
  };
  enum class Missing { matters, is_fine };
  enum class Take { first, every };
  enum class Misfit { counts, is_fine }; // a library for another machine

  void add_preloaded();
  void follow(std::size_t object);
  void want(const std::string& name, std::size_t object, Missing missing);
  bool find(const std::string& name, std::size_t object);
  bool find_in(const std::vector<std::string>& folders, const std::string& name, std::size_t object, Take take);
  bool try_file(const std::string& path, std::size_t object, Misfit misfit);
  std::vector<std::string> folders_of(std::string_view text, std::string_view separators, const Object& object);
  void add(const std::string& path, std::ptrdiff_t loader);
  std::string origin_of(const Object& object) const;

  KnownLibraries& known_;
  const LoaderSettings& settings_;
  LoadedLibraries result_;
  std::vector<Object> objects_;
  std::unordered_set<std::string> names_; // as asked for, and as libraries call themselves
  std::unordered_set<std::string> paths_;
  std::unordered_set<std::string> absent_;
};

// The folder that $ORIGIN means. The kernel names the program without links, the loader a library as it found it.
std::string Search::origin_of(const Object& object) const
{
  if (&object != objects_.data()) return fs::path(object.path).parent_path().string();
  std::error_code error;
  const fs::path real = fs::canonical(object.path, error);
  return (error ? fs::path(object.path) : real).parent_path().string();
}

void Search::add(const std::string& path, std::ptrdiff_t loader)
{
  const DynamicSection& section = known_.section(path);
  objects_.push_back({path, &section, loader});
  if (!section.soname.empty()) names_.insert(section.soname);
  if (section.malformed || section.audited) result_.complete = false;
}

LoadedLibraries Search::run(const std::string& path)
{
  add(path, -1);
  const DynamicSection& program = *objects_.front().section;
  result_.native = program.native;
  if (!program.native) return std::move(result_);
  // Another loader than glibc's searches by other rules.
  if (!program.interpreter.empty() && !is_loader(program.interpreter)) result_.complete = false;
  const bool dynamic = !program.interpreter.empty() || !program.needed.empty();
  if (dynamic) add_preloaded();
  for (std::size_t i = 0; i < objects_.size(); ++i) follow(i);
  return std::move(result_);
}

void Search::add_preloaded()
{
  if (!known_.preload) known_.preload = system_preload();
  for (const std::string& name : split(settings_.preload, " :"))
    if (!name.empty()) want(name, 0, Missing::matters);
  for (const std::string& name : *known_.preload) want(name, 0, Missing::matters);
}

void Search::follow(std::size_t object)
{
  // A copy of the pointer: `objects_` grows meanwhile, the sections stay where they are.
  const DynamicSection* section = objects_[object].section;
  for (const std::string& name : section->needed) want(name, object, Missing::matters);
  for (const std::string& name : section->optional) want(name, object, Missing::is_fine);
}

void Search::want(const std::string& name, std::size_t object, Missing missing)
{
  if (is_loader(name) || !names_.insert(name).second) return;
  if (!find(name, object) && missing == Missing::matters) result_.complete = false;
}

std::vector<std::string> Search::folders_of(std::string_view text, std::string_view separators, const Object& object)
{
  const std::string origin = text.find('$') == std::string_view::npos ? std::string() : origin_of(object);
  SearchPath path = expand_search_path(text, separators, origin, object.section->machine, object.section->width);
  if (!path.exact) result_.complete = false;
  return std::move(path.folders);
}

bool Search::find(const std::string& name, std::size_t object)
{
  if (name.find('/') != std::string::npos) {
    const std::string path = name.front() == '/' ? name : settings_.working_directory + "/" + name;
    if (name.front() != '/' && settings_.working_directory.empty()) return false;
    if (try_file(path, object, Misfit::counts)) return true;
    if (absent_.insert(path).second) result_.absent.push_back(path);
    return false;
  }
  const DynamicSection& section = *objects_[object].section;
  if (!section.has_runpath) {
    for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(object); at >= 0;) {
      const Object& asking = objects_[static_cast<std::size_t>(at)];
      at = asking.loader;
      if (find_in(folders_of(asking.section->rpath, ":", asking), name, object, Take::first)) return true;
    }
  }
  const Object& program = objects_.front();
  if (find_in(folders_of(settings_.library_path, ":;", program), name, object, Take::first)) return true;
  if (section.has_runpath && find_in(folders_of(section.runpath, ":", objects_[object]), name, object, Take::first)) {
    return true;
  }
  // Which of the standard folders such an object still sees depends on the loader's cache.
  if (section.no_defaults) result_.complete = false;
  return find_in(known_.folders(section.machine, section.width), name, object, Take::every);
}

bool Search::find_in(const std::vector<std::string>& folders, const std::string& name, std::size_t object, Take take)
{
  // The standard folders of other machines are no part of the search; in a named folder a library that does not fit
  // decides by not fitting.
  const Misfit misfit = take == Take::every ? Misfit::is_fine : Misfit::counts;
  bool found = false;
  for (const std::string& element : folders) {
    std::string folder = element;
    if (folder.empty() || folder.front() != '/') {
      if (settings_.working_directory.empty()) {
        result_.complete = false;
        continue;
      }
      folder = settings_.working_directory + (folder.empty() ? "" : "/") + folder;
    }
    // Which variant is taken depends on the processor, so each that exists counts beside the plain one.
    bool here = false;
    if (known_.has_variants(folder))
      for (const std::string_view variant : k_variants)
        here |= try_file(folder + "/" + std::string(variant) + "/" + name, object, misfit);
    const std::string path = folder + "/" + name;
    if (try_file(path, object, misfit)) here = true;
    else if (absent_.insert(path).second) result_.absent.push_back(path);
    found |= here;
    if (here && take == Take::first) return true;
  }
  return found;
}

// True if this is a library that the object can load: of the same machine and width.
bool Search::try_file(const std::string& path, std::size_t object, Misfit misfit)
{
  if (!is_file(path)) return false;
  const DynamicSection& wanted = *objects_[object].section;
  const DynamicSection& section = known_.section(path);
  const bool fits = section.native && section.machine == wanted.machine && section.width == wanted.width;
  if ((!fits && misfit == Misfit::is_fine) || !paths_.insert(path).second) return fits;
  result_.paths.push_back(path);
  if (fits) add(path, static_cast<std::ptrdiff_t>(object));
  return fits;
}

} // namespace

LibraryFinder::LibraryFinder() : known_(std::make_unique<KnownLibraries>()) {}

LibraryFinder::LibraryFinder(Store& store, FileDigests& digests) : LibraryFinder()
{
  known_->known_sections.emplace(store);
  known_->digests = &digests;
}

void LibraryFinder::save()
{
  if (known_->known_sections) known_->known_sections->save();
}

LibraryFinder::~LibraryFinder() = default;

LoadedLibraries LibraryFinder::find(const std::string& path, const LoaderSettings& settings)
{
  return Search(*known_, settings).run(path);
}

LoadedLibraries loaded_libraries(const std::string& path, const std::string& library_path)
{
  LoaderSettings settings;
  settings.library_path = library_path;
  return LibraryFinder().find(path, settings);
}

} // namespace sluice::cache
