#include "cli/build/dead_outputs.h"

#include "adapters/facts/build_facts.h"
#include "cache/hashing.h"
#include "cli/build/built_sources.h"
#include "model/entries.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_state_purpose = "no-dead-outputs-1";
constexpr std::string_view k_outputs_purpose = "outputs-1";  // "NAME\0" for each
constexpr std::string_view k_reply = "/.cmake/api/v1/reply"; // CMake gives its index another name each time

Digest key_of(const Project& project)
{
  return cache::sha256(project.build_directory);
}

std::string ninja_state(const Project& project, cache::FileDigests& digests)
{
  cache::Sha256 hash;
  std::set<std::string> files{"build.ninja", ".ninja_log"};
  std::error_code failed;
  for (const auto& entry : entries(fs::directory_iterator(project.build_directory + "/CMakeFiles", failed), failed))
    if (entry.path().extension() == ".ninja") files.insert("CMakeFiles/" + entry.path().filename().string());
  for (const std::string& name : files)
    hash.add_field(digests.of(project.build_directory + "/" + name, cache::DigestOf::content).view());
  return to_hex(hash.finish());
}

std::string makefile_state(const Project& project)
{
  std::set<std::string> names;
  std::error_code failed;
  for (const auto& entry :
       entries(fs::directory_iterator(project.build_directory + std::string(k_reply), failed), failed))
    names.insert(entry.path().filename().string());
  std::string state;
  for (const std::string& name : names) state += name + '\n';
  return state;
}

// Nothing where not all is known.
std::optional<std::set<std::string>> outputs_by_facts(const Project& project)
{
  const facts::BuildFacts build = facts::read_build_facts(project.root, project.build_directory);
  if (build.generator.empty() || !build.gaps.empty()) return std::nullopt;
  std::set<std::string> outputs;
  for (const auto& [id, recipe] : build.facts.recipes) outputs.insert(build.facts.name(id));
  for (const auto& [id, target] : build.target_names) outputs.insert(build.facts.name(id));
  return outputs;
}

// By the outputs that there were when this was last asked. False if it is not known what there is now.
bool remove_gone(const Project& project, cache::Store& store)
{
  const auto now = outputs_by_facts(project);
  if (!now) return false;
  const std::string before = store.remembered(k_outputs_purpose, key_of(project)).value_or("");
  std::vector<std::string> gone;
  for (std::size_t at = 0; at < before.size();) {
    const std::size_t end = std::min(before.find('\0', at), before.size());
    std::string name = before.substr(at, end - at);
    if (!now->contains(name)) gone.push_back(std::move(name));
    at = end + 1;
  }
  remove_outputs(project, gone);
  std::string kept;
  for (const std::string& name : *now) kept.append(name).push_back('\0');
  store.remember(k_outputs_purpose, key_of(project), kept);
  return true;
}

} // namespace

void remove_dead_outputs(const Project& project, const build::BuildRequest& request, cache::Store& store,
                         cache::FileDigests& digests)
{
  const bool ninja = fs::exists(project.build_directory + "/build.ninja");
  const auto state = [&] { return ninja ? ninja_state(project, digests) : makefile_state(project); };
  std::string now = state();
  if (store.remembered(k_state_purpose, key_of(project)) == now) return;
  const bool by_ninja = ninja && build::remove_dead_outputs(request);
  if (by_ninja) now = state();                   // its log is written anew
  else if (!remove_gone(project, store)) return; // and is asked again: nobody knows what lies there
  store.remember(k_state_purpose, key_of(project), now);
}

} // namespace sluice::cli
