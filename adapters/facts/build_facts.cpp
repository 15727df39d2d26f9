#include "adapters/facts/build_facts.h"

#include "adapters/facts/cmake_model.h"
#include "adapters/facts/disk.h"
#include "adapters/facts/makefile_facts.h"
#include "adapters/facts/ninja_facts.h"
#include "adapters/facts/path_names.h"

#include <algorithm>
#include <filesystem>
#include <unordered_set>

namespace sluice::facts {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_ninja = "Ninja";
constexpr std::string_view k_makefiles = "Makefiles"; // every flavour ends so

template <typename T> void sort_unique(std::vector<T>& values)
{
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// build.ninja, and of a multi-configuration folder one more manifest for each configuration.
std::vector<std::string> top_manifests(const std::string& directory)
{
  std::vector<std::string> manifests{"build.ninja"};
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    if (name.starts_with("build-") && name.ends_with(".ninja")) manifests.push_back(std::move(name));
  }
  std::sort(manifests.begin() + 1, manifests.end());
  return manifests;
}

void add_configure_input(BuildFacts& facts, const std::string& input, const std::string& output)
{
  facts.configure_inputs.push_back(input);
  facts.facts.add(input, output, FactSource::configure);
}

// Presets decide how a folder is configured, but no generator lists them among what it reads.
void add_presets(BuildFacts& facts, PathNames& names, const std::string& source_folder, std::string_view product)
{
  for (const std::string& file : preset_files(source_folder)) {
    add_configure_input(facts, names.name(file), names.name(product));
  }
}

void read_ninja(BuildFacts& facts, PathNames& names, bool several_configurations, const StepListener& on_step)
{
  NinjaFacts ninja(facts, names, on_step);
  const std::vector<std::string> manifests =
    several_configurations ? top_manifests(names.directory()) : std::vector<std::string>{"build.ninja"};
  for (const std::string& manifest : manifests) ninja.add_manifest(manifest);
  ninja.add_deps_log();
}

void read_makefiles(BuildFacts& facts, PathNames& names, const StepListener& on_step)
{
  const CMakeModel model = read_cmake_model(names.directory());
  facts.gaps.insert(facts.gaps.end(), model.problems.begin(), model.problems.end());
  MakefileFacts(facts, names, model, on_step).add_targets();
  const std::string product = names.name("Makefile");
  for (const std::string& input : model.inputs) {
    add_configure_input(facts, names.name_from(model.source_folder, input), product);
  }
}

// A link in the repository and the file behind it are two paths that git can report; whoever reads one reads both.
void follow_links(Facts& facts, PathNames& names)
{
  std::vector<bool> is_output(facts.paths.size());
  std::vector<bool> is_input(facts.paths.size());
  for (const Facts::Edge& edge : facts.edges) {
    is_output[static_cast<std::size_t>(edge.output)] = true;
    is_input[static_cast<std::size_t>(edge.input)] = true;
  }
  // What a link leads to comes at the end, unless it is known already.
  for (std::size_t i = 0; i < facts.paths.size(); ++i) {
    if (i < is_output.size() && (!is_input[i] || is_output[i])) continue;
    const std::optional<std::string> target = names.link_target_of_name(facts.paths[i]);
    if (target) facts.edges.push_back({facts.intern(*target), static_cast<PathId>(i), FactSource::ninja_graph});
  }
}

void finish(BuildFacts& facts, PathNames& names)
{
  follow_links(facts.facts, names);
  sort_unique(facts.configure_inputs);
  sort_unique(facts.manifests);
  sort_unique(facts.unbuilt);
  sort_unique(facts.on_demand);
  sort_unique(facts.facts.groups);
}

} // namespace

BuildFacts read_build_facts(const std::string& root, const std::string& directory, const StepListener& on_step)
{
  BuildFacts facts;
  PathNames names(root, directory);
  const std::optional<std::string> cache = read_file(directory + "/CMakeCache.txt");
  std::error_code ignored;
  const bool has_ninja = fs::is_regular_file(directory + "/build.ninja", ignored);
  facts.generator = cache ? cache_entry(*cache, "CMAKE_GENERATOR").value_or("") : has_ninja ? std::string(k_ninja) : "";
  const bool makefiles = facts.generator.ends_with(k_makefiles);
  if (has_ninja && !makefiles) {
    read_ninja(facts, names, facts.generator != k_ninja, on_step);
  } else if (makefiles) {
    read_makefiles(facts, names, on_step);
  } else {
    facts.gaps.push_back(names.name(directory) + (cache ? " is configured, but its build graph is missing or of a kind "
                                                          "that is not understood"
                                                        : " is not a configured build folder"));
  }
  if (cache) {
    const std::string sources = cache_entry(*cache, "CMAKE_HOME_DIRECTORY").value_or("");
    if (!sources.empty()) add_presets(facts, names, sources, makefiles ? "Makefile" : "build.ninja");
  }
  finish(facts, names);
  return facts;
}

std::vector<std::string> targets_of(const BuildFacts& facts, const std::string& root, const std::string& directory,
                                    const std::vector<std::string>& outputs)
{
  const PathNames names(root, directory);
  const bool makefiles = facts.generator.ends_with(k_makefiles);
  std::vector<std::string> targets;
  for (const std::string& output : outputs) {
    PathId id{};
    if (!facts.facts.find(output, id)) continue;
    if (const auto named = facts.target_names.find(id); named != facts.target_names.end()) {
      targets.push_back(named->second);
      continue;
    }
    const bool made =
      facts.facts.recipes.contains(id) || std::binary_search(facts.facts.groups.begin(), facts.facts.groups.end(), id);
    if (makefiles || !made) continue;
    if (auto inside = names.relative_to_directory(output)) targets.push_back(std::move(*inside));
  }
  sort_unique(targets);
  return targets;
}

} // namespace sluice::facts
