#include "cli/build/built_sources.h"

#include "adapters/facts/arrivals.h"
#include "cache/hashing.h"
#include "model/path.h"

#include <chrono>
#include <filesystem>
#include <set>
#include <sstream>
#include <string_view>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_purpose = "built-sources-1";

Digest key_of(const Project& project)
{
  return cache::sha256(project.build_directory);
}

std::set<std::string> sources_of(const Facts& facts)
{
  // An edge leads to a link, too, from what it leads to; but nothing makes it.
  std::vector<bool> is_output(facts.paths.size());
  for (const auto& [id, recipe] : facts.recipes) is_output[static_cast<std::size_t>(id)] = true;
  for (const PathId id : facts.groups) is_output[static_cast<std::size_t>(id)] = true;
  std::set<std::string> sources;
  for (const Facts::Edge& edge : facts.edges)
    if (edge.source != FactSource::configure && !is_output[static_cast<std::size_t>(edge.input)])
      sources.insert(facts.name(edge.input));
  return sources;
}

fs::path path_of(const Project& project, const std::string& name)
{
  return fs::path(project.root) / name;
}

std::int64_t ticks(fs::file_time_type time)
{
  return time.time_since_epoch().count();
}

// "TICKS STATE\n" and then "DIGEST PATH\0" for each source: paths may hold anything but NUL.
struct Remembered {
  std::int64_t built = 0;
  Digest state; // empty: not known
  std::map<std::string, Digest> contents;
};

Remembered read(std::string_view bytes)
{
  Remembered remembered;
  std::size_t at = bytes.find('\n');
  if (at == std::string_view::npos) return remembered;
  const std::string_view head = bytes.substr(0, at);
  remembered.built = std::strtoll(std::string(head).c_str(), nullptr, 10);
  if (const std::size_t space = head.find(' '); space != std::string_view::npos)
    remembered.state = digest_from_hex(head.substr(space + 1)).value_or(Digest{});
  for (++at; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\0', at), bytes.size());
    const std::string_view line = bytes.substr(at, end - at);
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos)
      if (const auto digest = digest_from_hex(line.substr(0, space)))
        remembered.contents.emplace(line.substr(space + 1), *digest);
    at = end + 1;
  }
  return remembered;
}

// Changes whenever a step was carried out, by whomever. Ninja keeps a log of them; for others the dates of what they
// make have to do.
Digest state_of(const Project& project, const Facts& facts, cache::FileDigests& digests)
{
  cache::Sha256 hash;
  const auto add = [&](const std::string& name, std::string_view value) {
    hash.add_field(name);
    hash.add_field(value);
  };
  const Digest log = digests.once(project.build_directory + "/.ninja_log", cache::DigestOf::content);
  add(".ninja_log", log.view());
  add("build.ninja", digests.once(project.build_directory + "/build.ninja", cache::DigestOf::content).view());
  if (!log.absent()) return hash.finish();
  for (const auto& [id, recipe] : facts.recipes) {
    std::error_code missing;
    const auto date = fs::last_write_time(path_of(project, facts.name(id)), missing);
    add(facts.name(id), missing ? "" : std::to_string(ticks(date)));
  }
  return hash.finish();
}

// The name stands in a file of the build, which the change may have written: what is no file in the tree or the build
// folder is not for us to remove, whatever links lead there, nor what is git's or ours.
bool may_be_removed(const Project& project, const std::string& output)
{
  std::error_code failed;
  const fs::path folder = fs::canonical(fs::path(output).parent_path(), failed);
  if (failed || !fs::is_regular_file(fs::symlink_status(output, failed))) return false;
  const auto is_below = [&](const std::string& place) {
    const fs::path real = fs::canonical(place, failed);
    return !failed && lies_in(folder.native(), real.native());
  };
  if (is_below(project.state) || is_below(project.root + "/.git")) return false;
  return is_below(project.root) || is_below(project.build_directory);
}

} // namespace

BuiltSources::BuiltSources(const Project& project, const Picture& picture, const cache::Store& store,
                           cache::FileDigests& digests)
{
  const auto bytes = store.remembered(k_purpose, key_of(project));
  const Remembered before = bytes ? read(*bytes) : Remembered{};
  for (const std::string& source : sources_of(picture.build.facts)) {
    const Digest now = content_of(project, picture.tree, digests, source);
    contents_.emplace(source, now);
    const auto then = before.contents.find(source);
    if (then == before.contents.end() || then->second == now || now.absent()) continue;
    std::error_code missing;
    const auto date = fs::last_write_time(path_of(project, source), missing);
    if (!missing && ticks(date) <= before.built) backdated_.push_back(source);
  }
  state_ = state_of(project, picture.build.facts, digests);
  changed_ = contents_ != before.contents || state_ != before.state;
  if (!bytes || state_ == before.state) return;
  // What the configure step makes gets its mode anew each time, whatever it holds; nobody puts that back.
  const std::string made = project.build_directory + "/";
  for (std::string& source : facts::arrived_since_built(project.root, picture.build.facts))
    if (file_of(picture.tree, source) || !std::string(path_of(project, source)).starts_with(made))
      backdated_.push_back(std::move(source));
  configured_from_others_ =
    facts::arrived_since_configured(project.root, project.build_directory, picture.build.configure_inputs);
}

void BuiltSources::remember(const Project& project, cache::Store& store, const std::vector<std::string>& altered) const
{
  if (!changed_ && altered.empty()) return;
  const std::set<std::string> unknown(altered.begin(), altered.end());
  const Digest no_content = cache::sha256("altered while it was built");
  std::ostringstream bytes;
  bytes << ticks(fs::file_time_type::clock::now()) << ' ' << to_hex(state_) << '\n';
  for (const auto& [source, digest] : contents_)
    bytes << to_hex(unknown.contains(source) ? no_content : digest) << ' ' << source << '\0';
  store.remember(k_purpose, key_of(project), bytes.str());
}

void remove_outputs(const Project& project, const std::vector<std::string>& names)
{
  for (const std::string& name : names) {
    const std::string output = path_of(project, name);
    std::error_code ignored;
    if (may_be_removed(project, output)) fs::remove(output, ignored);
  }
}

void remove_direct_outputs(const Project& project, const Facts& facts, const std::vector<std::string>& sources)
{
  if (sources.empty()) return;
  std::vector<bool> outdated(facts.paths.size());
  for (const std::string& source : sources)
    if (PathId id{}; facts.find(source, id)) outdated[static_cast<std::size_t>(id)] = true;
  std::set<PathId> outputs;
  for (bool grew = true; grew;) {
    grew = false;
    for (const Facts::Edge& edge : facts.edges) {
      if (edge.source == FactSource::configure || !outdated[static_cast<std::size_t>(edge.input)]) continue;
      if (facts.recipes.contains(edge.output)) {
        outputs.insert(edge.output);
      } else if (const auto link = static_cast<std::size_t>(edge.output); !outdated[link]) { // or a group
        outdated[link] = grew = true;
      }
    }
  }
  std::vector<std::string> names;
  for (const PathId id : outputs) names.push_back(facts.name(id));
  remove_outputs(project, names);
}

} // namespace sluice::cli
