#include "cli/build/build_freshness.h"

#include "cache/hashing.h"
#include "model/glob.h"

#include <algorithm>

namespace sluice::cli {

namespace {

constexpr std::string_view k_purpose = "fresh-build-2";

// Everything that the answer "nothing to do" rests on, by content: Ninja's graph and logs, what goes into the build and
// into configuring it, and what it made as far as tests can see it. Dates do not count, so this says "as it was" of a
// file that was only touched, where Ninja would build the same again.
Digest state_of(const Project& project, const Picture& picture, cache::FileDigests& digests)
{
  cache::Sha256 hash;
  const auto add = [&](const std::string& name, const Digest& digest) {
    hash.add_field(name);
    hash.add_field(digest.view());
  };
  for (const char* name : {".ninja_log", ".ninja_deps", "CMakeCache.txt"})
    add(name, digests.once(project.build_directory + "/" + name, cache::DigestOf::content));
  for (const std::string& name : picture.build.manifests)
    add(name, digests.once(place_of(project, name), cache::DigestOf::content));
  for (const std::string& name : picture.build.configure_inputs)
    add(name, content_of(project, picture.tree, digests, name));

  const Facts& facts = picture.build.facts;
  std::vector<bool> is_output(facts.paths.size());
  for (const Facts::Edge& edge : facts.edges) is_output[static_cast<std::size_t>(edge.output)] = true;
  for (std::size_t i = 0; i < facts.paths.size(); ++i) {
    const std::string& name = facts.paths[i];
    if (!is_output[i]) add(name, content_of(project, picture.tree, digests, name));
    else if (!first_match(picture.reach_options.harmless_outputs, name))
      add(name, digests.once(name.starts_with('/') ? name : project.root + "/" + name, cache::DigestOf::loaded));
  }
  return hash.finish();
}

Digest key_of(const Project& project, const std::vector<std::string>& targets)
{
  cache::Sha256 hash;
  hash.add_field(project.build_directory);
  for (const std::string& target : targets) hash.add_field(target);
  return hash.finish();
}

} // namespace

build::Freshness freshness_of(const Project& project, const Picture& picture, const std::vector<std::string>& targets,
                              cache::Store& store, cache::FileDigests& digests)
{
  const Digest key = key_of(project, targets);
  const std::string state = to_hex(state_of(project, picture, digests));
  if (store.remembered(k_purpose, key) == state) return build::Freshness::fresh;
  const build::Freshness answer = build::ask_freshness(project.build_directory, targets);
  if (answer == build::Freshness::fresh) store.remember(k_purpose, key, state);
  return answer;
}

} // namespace sluice::cli
