#include "cli/build/tree_since_build.h"

#include "adapters/facts/configured_files.h"
#include "cache/hashing.h"
#include "cli/build/built_sources.h"
#include "cli/build/named_inputs.h"
#include "model/glob.h"
#include "model/path.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

// The digest of the list is remembered beside the list: where nothing changed, the list is not read.
constexpr std::string_view k_digest_purpose = "built-tree-1";
constexpr std::string_view k_list_purpose = "built-tree-files-1";
// What had changed when somebody began to bring the folder up to date and did not come to the end.
constexpr std::string_view k_begun_purpose = "built-tree-begun-1";

// Reading must stay cheap: a source that is longer may name anything.
constexpr std::uintmax_t k_longest_source = 4 << 20;

// The words by which a source names a file without using it as a compiler's dependency.
constexpr std::array<std::string_view, 3> k_naming_words{"__has_include", "embed", "incbin"};

// The word by which one names a file that may name others.
constexpr std::string_view k_including_word = ".include";

constexpr std::array<std::string_view, 10> k_for_compilers{".c",  ".cc",  ".cpp", ".cxx", ".h",
                                                           ".hh", ".hpp", ".hxx", ".m",   ".mm"};
constexpr std::array<std::string_view, 6> k_linked{".o", ".obj", ".a", ".lib", ".so", ".dylib"};

Digest key_of(const Project& project)
{
  return cache::sha256(project.build_directory);
}

constexpr char k_link = 'l';
constexpr char k_folder_link = 'L';

// "PATH\0SIZE MODE DIGEST" for each file, SIZE the number of bytes that follow: digests may hold anything.
void append(std::string& list, const std::string& path, char mode, const Digest& digest)
{
  list.append(path).push_back('\0');
  list.push_back(static_cast<char>(digest.view().size() + 1));
  list.push_back(mode);
  list.append(digest.view());
}

char mode_of(const Project& project, const git::TreeFile& file)
{
  if (!file.link) return file.executable ? 'x' : '-';
  std::error_code failed;
  return fs::is_directory(fs::path(project.root) / file.path, failed) ? k_folder_link : k_link;
}

std::map<std::string, std::string> read(std::string_view bytes)
{
  std::map<std::string, std::string> files;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\0', at);
    if (end == std::string_view::npos || end + 1 >= bytes.size()) break;
    const auto size = static_cast<unsigned char>(bytes[end + 1]);
    files.emplace_hint(files.end(), bytes.substr(at, end - at), bytes.substr(end + 2, size));
    at = end + 2 + size;
  }
  return files;
}

// "KPATH\0" for each, K 'a', 'd' or 'm', or in upper case of a link to a folder.
void append(std::string& text, const ChangedPath& change, bool folder_link)
{
  const bool modified = change.kind == ChangeKind::modified;
  const char kind = modified ? 'm' : change.kind == ChangeKind::deleted ? 'd' : 'a';
  text.push_back(folder_link ? static_cast<char>(kind - 'a' + 'A') : kind);
  text.append(change.path).push_back('\0');
}

std::vector<ChangedPath> read_changes(std::string_view bytes, std::set<std::string>& folder_links)
{
  std::vector<ChangedPath> changes;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\0', at), bytes.size());
    const bool folder_link = bytes[at] >= 'A' && bytes[at] <= 'Z';
    const char kind = folder_link ? static_cast<char>(bytes[at] - 'A' + 'a') : bytes[at];
    changes.push_back({kind == 'm'   ? ChangeKind::modified
                       : kind == 'd' ? ChangeKind::deleted
                                     : ChangeKind::added,
                       std::string(bytes.substr(at + 1, end - at - 1)),
                       {}});
    if (folder_link) folder_links.insert(changes.back().path);
    at = end + 1;
  }
  return changes;
}

bool is_own(const Project& project, const std::string& path)
{
  return first_match(project.config.ignore, path) || path == "sluice.toml" || path == "sluice.policy.toml";
}

// What linkers take, and find by a search path that no fact holds.
bool is_linked(std::string_view path)
{
  const std::string_view name = last_component(path);
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  return std::any_of(k_linked.begin(), k_linked.end(), ends) || name.find(".so.") != std::string_view::npos;
}

// Sources and headers that steps of the build read; what only the configure step or a target's list names is not.
std::set<std::string> inputs_of_steps(const Facts& facts)
{
  std::set<std::string> inputs;
  for (const Facts::Edge& edge : facts.edges)
    if (edge.source == FactSource::ninja_graph || edge.source == FactSource::ninja_deps ||
        edge.source == FactSource::depfile || edge.source == FactSource::cmake_file_api)
      inputs.insert(facts.name(edge.input));
  return inputs;
}

std::set<std::string> outputs_of_steps(const Facts& facts)
{
  std::set<std::string> outputs;
  for (const auto& [id, recipe] : facts.recipes) outputs.insert(facts.name(id));
  return outputs;
}

// A changed input of a step that nothing but a compiler includes: its step is made again by itself.
bool is_for_compilers(std::string_view path)
{
  return std::any_of(k_for_compilers.begin(), k_for_compilers.end(),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

bool may_name_any(const Project& project, const std::string& source, const std::set<std::string_view>& names)
{
  const fs::path path = fs::path(project.root) / source;
  std::error_code failed;
  if (!fs::is_regular_file(path, failed)) return false; // gone, and its step with it
  if (fs::file_size(path, failed) > k_longest_source || failed) return true;
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return true;
  const auto holds = [&](std::string_view word) { return text.find(word) != std::string::npos; };
  if (holds(k_including_word)) return true;
  return std::any_of(k_naming_words.begin(), k_naming_words.end(), holds) &&
         std::any_of(names.begin(), names.end(), holds);
}

std::string list_of(const Project& project, const TreeFiles& tree, cache::FileDigests& digests)
{
  std::string list;
  list.reserve((tree.files.size() + tree.inner.size()) * 96);
  for (const auto* files : {&tree.files, &tree.inner})
    for (const git::TreeFile& file : *files)
      append(list, file.path, mode_of(project, file),
             file.digest.absent() ? digests.once(project.root + "/" + file.path, cache::DigestOf::content)
                                  : file.digest);
  return list;
}

// Calls found(kind, path, is a link to a folder or was one). A link that leads elsewhere is another file.
template <typename Found> void for_each_difference(const std::string& then, const std::string& now, const Found& found)
{
  if (then == now) return;
  const std::map<std::string, std::string> before = read(then);
  const std::map<std::string, std::string> files = read(now);
  for (const auto& [path, state] : files) {
    const auto earlier = before.find(path);
    if (earlier != before.end() && earlier->second == state) continue;
    const std::array<char, 2> modes{state.front(), earlier == before.end() ? '-' : earlier->second.front()};
    const auto any = [&](char mode) { return std::find(modes.begin(), modes.end(), mode) != modes.end(); };
    const bool another = earlier == before.end() || any(k_link) || any(k_folder_link);
    found(another ? ChangeKind::added : ChangeKind::modified, path, any(k_folder_link));
  }
  for (const auto& [path, state] : before)
    if (!files.contains(path)) found(ChangeKind::deleted, path, state.front() == k_folder_link);
}

} // namespace

TreeSinceBuild::TreeSinceBuild(const Project& project, const TreeFiles& tree, const cache::Store& store,
                               cache::FileDigests& digests)
{
  list_ = list_of(project, tree, digests);
  digest_ = to_hex(cache::sha256(list_));
  const auto before = store.remembered(k_digest_purpose, key_of(project));
  begun_text_ = store.remembered(k_begun_purpose, key_of(project)).value_or("");
  begun_ = read_changes(begun_text_, folder_links_);
  same_ = known_ = before == digest_ && begun_.empty();
  if (same_ || !before) return;
  if (const auto list = store.remembered(k_list_purpose, key_of(project))) {
    known_ = true;
    compare(project, *list);
  }
}

void TreeSinceBuild::compare(const Project& project, const std::string& remembered)
{
  const std::map<std::string, std::string> files = read(list_);
  for_each_difference(remembered, list_, [&](ChangeKind kind, const std::string& path, bool folder_link) {
    if (is_own(project, path)) return;
    changes_.push_back({kind, path, {}});
    if (folder_link) folder_links_.insert(path);
  });
  add_begun(files);
  std::sort(changes_.begin(), changes_.end(),
            [](const ChangedPath& a, const ChangedPath& b) { return a.path < b.path; });
}

// The folder may have seen these as they were then. A file that was modified then and now is one that the build tool
// looks at; any other may have come or gone in between.
void TreeSinceBuild::add_begun(const std::map<std::string, std::string>& files)
{
  std::map<std::string_view, ChangedPath*> now;
  for (ChangedPath& change : changes_) now.emplace(change.path, &change);
  std::vector<ChangedPath> more;
  for (const ChangedPath& then : begun_) {
    const bool there = files.contains(then.path);
    const ChangeKind other = there ? ChangeKind::added : ChangeKind::deleted;
    if (const auto found = now.find(then.path); found == now.end())
      more.push_back({then.kind == ChangeKind::modified && there ? ChangeKind::modified : other, then.path, {}});
    else if (found->second->kind != then.kind) found->second->kind = other;
  }
  changes_.insert(changes_.end(), more.begin(), more.end());
}

std::vector<std::string> TreeSinceBuild::altered(const Project& project, const TreeFiles& now,
                                                 cache::FileDigests& digests)
{
  std::string list = list_of(project, now, digests);
  std::vector<std::string> paths;
  for_each_difference(last_.empty() ? list_ : last_, list,
                      [&](ChangeKind, const std::string& path, bool) { paths.push_back(path); });
  last_ = std::move(list);
  std::sort(paths.begin(), paths.end());
  return paths;
}

void TreeSinceBuild::remember(const Project& project, cache::Store& store) const
{
  if (same_) return;
  // In this order: killed in between, what was begun still counts, and the list is of one tree or the other.
  store.remember(k_list_purpose, key_of(project), list_);
  store.remember(k_digest_purpose, key_of(project), digest_);
  if (!changes_.empty()) store.remember(k_begun_purpose, key_of(project), "");
}

void TreeSinceBuild::begin(const Project& project, cache::Store& store) const
{
  std::string text;
  for (const ChangedPath& change : changes_) append(text, change, folder_links_.contains(change.path));
  if (text != begun_text_) store.remember(k_begun_purpose, key_of(project), text);
}

void TreeSinceBuild::doubt(const Project& project, cache::Store& store, const Picture& picture,
                           const std::vector<std::string>& altered) const
{
  const std::vector<std::string>& configures = picture.build.configure_inputs; // both are sorted
  std::vector<std::string> files;
  std::set_intersection(altered.begin(), altered.end(), configures.begin(), configures.end(),
                        std::back_inserter(files));
  if (files.empty()) return;
  std::string text;
  for (const ChangedPath& change : changes_) append(text, change, folder_links_.contains(change.path));
  for (const std::string& file : files) append(text, {ChangeKind::modified, file, {}}, false);
  store.remember(k_begun_purpose, key_of(project), text);
}

std::vector<std::string> seen_by_configuring(const TreeSinceBuild& since, const Picture& picture)
{
  std::vector<std::string> seen;
  if (since.changes().empty()) return seen;
  const std::set<std::string> inputs = inputs_of_steps(picture.build.facts);
  const std::set<std::string> outputs = outputs_of_steps(picture.build.facts);
  const std::vector<std::string>& configures = picture.build.configure_inputs;
  for (const ChangedPath& change : since.changes()) {
    if (outputs.contains(change.path)) continue;
    // A changed input of a step is what the build tool itself looks at. So it does at those of configuring, by their
    // dates, but only while it builds: whoever names a file that is configured then would not be made again.
    const bool configures_too = std::binary_search(configures.begin(), configures.end(), change.path);
    const bool known = change.kind == ChangeKind::modified && !configures_too && inputs.contains(change.path);
    if (!known) seen.push_back(change.path);
  }
  return seen;
}

namespace {

// Changed files that no step declares or notes among what it reads. That a target lists one says nothing of its steps.
std::vector<std::string> undeclared(const TreeSinceBuild& since, const Picture& picture)
{
  std::set<std::string> read = outputs_of_steps(picture.build.facts);
  for (const Facts::Edge& edge : picture.build.facts.edges)
    if (edge.source == FactSource::ninja_graph || edge.source == FactSource::ninja_deps ||
        edge.source == FactSource::depfile)
      read.insert(picture.build.facts.name(edge.input));
  std::vector<std::string> files;
  for (const ChangedPath& change : since.changes())
    if (!read.contains(change.path)) files.push_back(change.path);
  return files;
}

// What lies in the build folder and no step makes, whether steps know it or not.
std::vector<std::string> configured_or_listed(const Project& project, const Facts& facts)
{
  std::vector<std::string> files = facts::configured_files(project.root, project.build_directory, facts);
  const std::string folder = fs::path(project.build_directory).lexically_proximate(project.root).string() + "/";
  const std::set<std::string> made = outputs_of_steps(facts);
  for (const std::string& path : facts.paths)
    if (path.starts_with(folder) && !made.contains(path)) files.push_back(path);
  return files;
}

// Outputs of steps whose commands name one of the files of the tree, or a file that the configure step has made since.
// Reads the graph once more for its commands, which are kept nowhere: they are most of it.
std::vector<std::string> outputs_that_name(const Project& project, const std::vector<std::string>& files,
                                           const Facts& facts)
{
  const NamedInputs named(project.root, files);
  const NamedInputs configured(project.root, configured_or_listed(project, facts));
  const auto is_older = [&](const std::string& output, const std::string& input) {
    std::error_code failed;
    const auto made = fs::last_write_time(fs::path(project.root) / output, failed);
    return failed || fs::last_write_time(fs::path(project.root) / input, failed) >= made || failed;
  };
  std::vector<std::string> outputs;
  facts::read_build_facts(project.root, project.build_directory, [&](const facts::StepCommand& step) {
    std::string output{step.output};
    const bool outdated =
      named.named_by(step.text, !step.tells_inputs) ||
      configured.named_by(step.text, false, [&](const std::string& input) { return is_older(output, input); });
    if (outdated) outputs.push_back(std::move(output));
  });
  return outputs;
}

} // namespace

void remove_outdated_by_name(const Project& project, const TreeSinceBuild& since, const Picture& picture)
{
  if (since.changes().empty()) return;
  const std::set<std::string> inputs = inputs_of_steps(picture.build.facts);
  std::set<std::string_view> moved; // may stand in front of another of the same name, or have done so
  std::set<std::string_view> named; // may be named by what the compiler reads
  bool everything = false;
  bool link = false; // whatever is linked
  for (const ChangedPath& change : since.changes()) {
    everything = everything || (project.config.build && first_match(project.config.build->inputs, change.path));
    everything = everything || since.is_folder_link(change.path);
    link = link || is_linked(change.path); // others may find by search what one step names
    const bool seen = change.kind == ChangeKind::modified && inputs.contains(change.path);
    if (seen && is_for_compilers(change.path)) continue;
    named.insert(last_component(change.path));
    if (seen) continue;
    std::string_view name = last_component(change.path);
    if (name.ends_with(".gch")) name.remove_suffix(4); // GCC takes NAME.h.gch for NAME.h
    if (change.kind != ChangeKind::modified) moved.insert(name);
  }
  std::vector<std::string> outdated;
  for (const std::string& input : inputs) {
    const bool in_tree = !input.starts_with('/');
    if (everything || (link && is_linked(input)) || moved.contains(last_component(input)) ||
        (in_tree && !named.empty() && may_name_any(project, input, named)))
      outdated.push_back(input);
  }
  remove_direct_outputs(project, picture.build.facts, outdated);
  remove_outputs(project, outputs_that_name(project, undeclared(since, picture), picture.build.facts));
}

} // namespace sluice::cli
