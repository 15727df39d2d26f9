#include "cli/build/configure_step.h"

#include "cache/hashing.h"
#include "cli/build/dead_outputs.h"
#include "cli/build/steady_build.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

namespace sluice::cli {

namespace {

constexpr std::string_view k_purpose = "configured-as-1";

// "1": values of the folder stayed although what they stem from may have changed since.
constexpr std::string_view k_stayed_purpose = "kept-values-1";

// Files that CMake reads because they are there.
constexpr std::array<const char*, 2> k_presets{"CMakePresets.json", "CMakeUserPresets.json"};

Digest key_of(const Project& project)
{
  return cache::sha256(project.build_directory);
}

// The command by which sluice.toml has the folder configured, the presets that it may name, and the scripts of the tree
// among its words: what they say does not reach a folder that is configured "again, as it is".
Digest digest_of_command(const Project& project)
{
  cache::FileDigests digests(nullptr);
  cache::Sha256 hash;
  const auto add = [&](const std::string& file) {
    hash.add_field(digests.of(project.root + "/" + file, cache::DigestOf::content).view());
  };
  for (const std::string& word : project.config.build->configure) {
    hash.add_field(word);
    std::error_code failed;
    if (std::filesystem::is_regular_file(project.root + "/" + word, failed)) add(word);
  }
  for (const char* file : k_presets) add(file);
  return hash.finish();
}

// A command that is no call of CMake itself may do anything, and read any file. So may one with scripts (-C, -P), whose
// values moreover do not replace those that the folder keeps.
bool is_plain_cmake(const Project& project)
{
  const std::vector<std::string>& words = project.config.build->configure;
  if (words.empty()) return true;
  return std::filesystem::path(words.front()).filename() == "cmake" &&
         std::none_of(words.begin(), words.end(),
                      [](const std::string& word) { return word.starts_with("-C") || word.starts_with("-P"); });
}

bool reads_any(const Picture& picture, const std::vector<ChangedPath>& changes)
{
  const std::vector<std::string>& inputs = picture.build.configure_inputs;
  return std::any_of(changes.begin(), changes.end(), [&](const ChangedPath& change) {
    return std::binary_search(inputs.begin(), inputs.end(), change.path);
  });
}

} // namespace

Configured configure(const Project& project, const build::BuildRequest& request, KeptValues kept, TreeFiles tree,
                     cache::Store& store, cache::FileDigests& digests)
{
  Configured made;
  bool configured = false;
  const auto carry_out = [&](build::BuildResult result) {
    if (!result.ok) {
      made.outcome = outcome_of(std::move(result), {});
      return false;
    }
    if (result.command.empty()) return true;
    configured = made.outcome.attempted = true;
    made.outcome.duration += result.duration;
    tree = read_tree(project); // configuring may write among the sources
    return true;
  };
  const Digest told = digest_of_command(project);
  const bool told_otherwise = store.remembered(k_purpose, key_of(project)) != to_hex(told);
  if (!carry_out(build::configure_if_needed(request))) return made;
  const bool is_new = configured;
  const auto as_told = kept == KeptValues::go ? build::configure_anew : build::configure_as_told;
  if (told_otherwise && !configured && !carry_out(as_told(request))) return made;
  if (configured) store.remember(k_stayed_purpose, key_of(project), is_new || kept == KeptValues::go ? "0" : "1");
  if (!carry_out(build::write_codemodel(request))) return made;
  if (told_otherwise) store.remember(k_purpose, key_of(project), to_hex(told));

  build::require_plain_files(project.build_directory); // as the configure step left them
  remove_dead_outputs(project, request, store, digests);
  made.picture = take_picture(project, std::move(tree), store, digests, BuildState::unknown);
  made.since.emplace(project, made.picture->tree, store, digests);
  made.sources.emplace(project, *made.picture, store, digests);
  made.since->begin(project, store);
  if (configured) return made;
  const bool unseen = !seen_by_configuring(*made.since, *made.picture).empty();
  const bool others = reads_any(*made.picture, made.since->changes()) || (unseen && !is_plain_cmake(project));
  const bool stayed = store.remembered(k_stayed_purpose, key_of(project)) == "1";
  const bool other_defaults = kept == KeptValues::go && (others || stayed);
  if (kept == KeptValues::stay && others && !stayed) store.remember(k_stayed_purpose, key_of(project), "1");
  if (!other_defaults && made.since->is_known() && !unseen && !made.sources->configured_from_others()) return made;
  if (other_defaults && !carry_out(build::configure_anew(request))) return made;
  if (other_defaults) store.remember(k_stayed_purpose, key_of(project), "0");
  // Where nobody remembers what changed, only CMake is known to write no more than what differs.
  if (!configured && made.since->is_known() && unseen && !carry_out(build::configure_as_told(request))) return made;
  const auto how = made.since->is_known() ? build::ConfigureAgain::any : build::ConfigureAgain::cmake;
  if (!configured && !carry_out(build::configure_again(request, how))) return made;
  if (!configured) return made;
  remove_dead_outputs(project, request, store, digests);
  made.picture = take_picture(project, std::move(tree), store, digests, BuildState::unknown);
  made.sources.emplace(project, *made.picture, store, digests);
  return made;
}

} // namespace sluice::cli
