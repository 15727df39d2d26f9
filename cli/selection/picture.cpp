#include "cli/selection/picture.h"

#include "adapters/facts/configured_files.h"
#include "cli/selection/listing_lane.h"
#include "cli/walls/command_walls.h"

#include "model/error.h"
#include "model/path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <unistd.h>

namespace sluice::cli {

namespace {

// Built files that no running test can depend on without a fact: lists of tests, which are compared as definitions, and
// what only a linker or compiler reads.
constexpr std::array<const char*, 6> k_harmless_outputs{"*_tests.cmake", "*.o", "*.obj", "*.a", "*.gch", "*.pch"};

// Repository-relative where it is below the root, else as it is.
std::string below_root(const std::string& root, const std::string& path)
{
  if (path.size() > root.size() && path.starts_with(root) && path[root.size()] == '/')
    return path.substr(root.size() + 1);
  return path;
}

bool is_native(const std::string& path)
{
  constexpr std::string_view k_magic = "\177ELF";
  std::string head(k_magic.size(), '\0');
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed)) return false; // a pipe would be waited for
  return std::ifstream(path, std::ios::binary).read(head.data(), static_cast<std::streamsize>(head.size())) &&
         head == k_magic;
}

// Where all that the build makes is known, a native program that lies in its folder and is not of that comes from an
// earlier build. (A script may be what the configure step wrote.)
bool is_left_over(const Project& project, const facts::BuildFacts& build, const std::string& path)
{
  const std::string absolute = std::filesystem::path(place_of(project, path)).lexically_normal().string();
  if (build.facts.recipes.empty() || !build.gaps.empty() || !lies_in(absolute, project.build_directory)) return false;
  if (!is_native(absolute)) return false;
  PathId id{};
  return !build.facts.find(below_root(project.root, absolute), id) ||
         (!build.facts.recipes.contains(id) && !build.target_names.contains(id));
}

frameworks::ListingContext listing_context(const Project& project, const Picture& picture, cache::Store& store,
                                           cache::FileDigests& digests, ListingWitness& witness, BuildState state)
{
  frameworks::ListingContext context;
  context.root = project.root;
  context.environment = picture.environment;
  context.wrapper = [&project](const std::string& written) {
    return written.empty() ? command_wrapper(project) : command_wrapper(project, written);
  };
  context.files.reserve(picture.tree.files.size());
  for (const git::TreeFile& file : picture.tree.files) context.files.push_back(file.path);
  context.digest = [&digests](const std::string& path) { return digests.of(path, cache::DigestOf::loaded); };
  context.built_later = project.config.build && state == BuildState::unknown;
  context.left_over = [&project, &picture](const std::string& path) {
    return is_left_over(project, picture.build, path);
  };
  context.lane = [&witness] { return witness.make_lane(); };
  context.holds = [&witness](std::string_view rests_on) { return witness.holds(rests_on); };
  context.remembered = [&store](std::string_view purpose, const Digest& key) { return store.remembered(purpose, key); };
  context.remember = [&store](std::string_view purpose, const Digest& key, std::string_view value) {
    store.remember(purpose, key, value);
  };
  return context;
}

cache::LoaderSettings loader_settings(const Program& program)
{
  cache::LoaderSettings settings;
  settings.working_directory = program.launch.working_directory;
  const auto value_of = [&](std::string_view name) {
    const char* inherited = std::getenv(std::string(name).c_str());
    std::string value = inherited ? inherited : "";
    for (const EnvironmentChange& change : program.launch.environment)
      if (change.name == name) value = change.action == EnvironmentChange::Action::set ? change.value : "";
    return value;
  };
  settings.library_path = value_of("LD_LIBRARY_PATH");
  settings.preload = value_of("LD_PRELOAD");
  return settings;
}

// What a program loads decides its outcome as much as it does itself, and so does what it would load instead if it were
// there. Libraries below the root are edges too: one that is only found at run time is known from the program alone.
void add_loaded_libraries(const Project& project, cache::Store& store, cache::FileDigests& digests,
                          Catalogue& catalogue, Facts& facts)
{
  cache::LibraryFinder finder(store, digests);
  for (Program& program : catalogue.programs) {
    if (!program.closed || program.launch.arguments.empty()) continue;
    const std::string& executable = program.launch.arguments.front();
    cache::LoadedLibraries loaded = finder.find(executable, loader_settings(program));
    if (!loaded.native || !loaded.complete) {
      program.closed = false;
      continue;
    }
    program.libraries = std::move(loaded.paths);
    for (const std::string& library : program.libraries)
      facts.add(below_root(project.root, library), below_root(project.root, executable), FactSource::loaded);
    program.libraries.insert(program.libraries.end(), loaded.absent.begin(), loaded.absent.end());
  }
  finder.save();
}

} // namespace

TreeFiles tree_of(const Project& project, std::vector<git::TreeFile> files)
{
  const std::string build =
    project.build_directory.empty() ? "" : below_root(project.root, project.build_directory) + "/";
  const auto is_own = [&](const git::TreeFile& file) {
    if (file.tracked) return false;
    return (!build.empty() && file.path.starts_with(build)) || file.path.starts_with(".sluice/") ||
           project.own_reports.contains(file.path);
  };
  TreeFiles tree;
  for (git::TreeFile& file : files) {
    if (file.tracked && (file.path == ".sluice" || file.path.starts_with(".sluice/")))
      throw Error(ErrorKind::usage,
                  fmt::format("git tracks {}: a store that comes with a change proves nothing", file.path),
                  "take it out of the repository: git rm -r --cached .sluice");
    if (is_own(file)) tree.left_out.insert(std::move(file.path));
    else tree.files.push_back(std::move(file));
  }
  for (const git::TreeFile& file : tree.files) {
    if (!file.repository) continue;
    auto inner = project.repository.files_in(file);
    std::move(inner.begin(), inner.end(), std::back_inserter(tree.inner));
  }
  return tree;
}

TreeFiles read_tree(const Project& project)
{
  return tree_of(project, project.repository.files());
}

namespace {

// The first file whose name is not before `name`.
std::vector<git::TreeFile>::const_iterator first_from(const TreeFiles& tree, const std::string& name)
{
  return std::lower_bound(tree.files.begin(), tree.files.end(), name,
                          [](const git::TreeFile& file, const std::string& wanted) { return file.path < wanted; });
}

} // namespace

const git::TreeFile* file_of(const TreeFiles& tree, const std::string& name)
{
  const auto at = first_from(tree, name);
  return at != tree.files.end() && at->path == name ? &*at : nullptr;
}

bool holds_files(const TreeFiles& tree, const std::string& folder)
{
  const auto at = first_from(tree, folder + "/");
  return at != tree.files.end() && at->path.starts_with(folder + "/");
}

Digest content_of(const Project& project, const TreeFiles& tree, cache::FileDigests& digests, const std::string& name)
{
  if (const git::TreeFile* file = file_of(tree, name); file && !file->digest.absent()) return file->digest;
  return digests.once(name.starts_with('/') ? name : project.root + "/" + name, cache::DigestOf::content);
}

bool is_kept_bytecode(const TreeFiles& tree, const std::string& name)
{
  constexpr std::string_view k_folder = "__pycache__";
  if (name.starts_with('/')) return false;
  std::size_t at = name.find(k_folder);
  const auto is_component = [&] {
    const std::size_t end = at + k_folder.size();
    return (at == 0 || name[at - 1] == '/') && (end == name.size() || name[end] == '/');
  };
  while (at != std::string::npos && !is_component()) at = name.find(k_folder, at + 1);
  if (at == std::string::npos) return false;
  const bool below = at + k_folder.size() < name.size();
  if (below && !name.ends_with(".pyc") && name.find(".pyc.") == std::string::npos) return false;
  return !file_of(tree, name) && !holds_files(tree, name);
}

impact::ReachOptions reach_options_of(const Project& project)
{
  impact::ReachOptions options;
  options.ignore = project.config.ignore;
  options.compared = {"/sluice.toml", "/sluice.policy.toml"};
  options.harmless_outputs.assign(k_harmless_outputs.begin(), k_harmless_outputs.end());
  return options;
}

Picture take_picture(const Project& project, TreeFiles tree, cache::Store& store, cache::FileDigests& digests,
                     BuildState state)
{
  const auto begin = std::chrono::system_clock::now();
  digests.look_again();
  facts::BuildFacts build;
  if (!project.build_directory.empty()) build = facts::read_build_facts(project.root, project.build_directory);

  Picture picture{std::move(tree), std::move(build), {}, {}, {}, test_environment(project.config, environ), {}, {}};
  ListingWitness witness(project, picture, digests, begin);
  frameworks::Listing listing =
    frameworks::list(project.config.tests, listing_context(project, picture, store, digests, witness, state));
  picture.catalogue = std::move(listing.catalogue);
  picture.not_built = std::move(listing.not_built);
  add_loaded_libraries(project, store, digests, picture.catalogue, picture.build.facts);

  picture.reach_options = reach_options_of(project);
  // A command of the project's own may name any target, so nothing is known to be left alone.
  if (!project.config.build || project.config.build->command.empty())
    picture.reach_options.on_demand = picture.build.on_demand;
  picture.reach_options.configured =
    state == BuildState::current ||
    facts::is_configured_from(project.root, project.build_directory, picture.build.configure_inputs);
  picture.graph = impact::ImpactGraph(picture.build.facts, picture.catalogue);
  return picture;
}

facts::Ages ages_of(const Project& project, const Picture& picture)
{
  return {project.root, picture.build.facts, picture.build.unbuilt, picture.rewritten};
}

std::vector<std::string> stale_programs(const Picture& picture, facts::Ages& ages)
{
  std::vector<std::string> by_program;
  by_program.reserve(picture.catalogue.programs.size());
  for (const Program& program : picture.catalogue.programs) {
    std::string why;
    for (const std::string& file : program.files)
      if (why.empty()) why = ages.why_stale(file);
    by_program.push_back(std::move(why));
  }
  std::vector<std::string> by_test;
  by_test.reserve(picture.catalogue.tests.size());
  for (const TestCase& test : picture.catalogue.tests)
    by_test.push_back(by_program[static_cast<std::size_t>(test.program)]);
  return by_test;
}

} // namespace sluice::cli
