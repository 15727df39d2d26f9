#include "cli/selection/inputs.h"

#include "adapters/facts/configured_files.h"
#include "adapters/frameworks/python/listing_name.h"
#include "cache/hashing.h"
#include "impact/foundations.h"
#include "model/glob.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::cli {

namespace {

void add_strings(cache::Sha256& hash, const std::vector<std::string>& strings)
{
  hash.add_field(std::to_string(strings.size()));
  for (const std::string& text : strings) hash.add_field(text);
}

// Everything of a test's description that can alter its outcome; labels, order and expected cost cannot.
Digest define(const TestCase& test, const Program& program, cache::Sha256& hash)
{
  hash.add_field("definition 3");
  hash.add_field(std::to_string(static_cast<int>(program.framework)));
  hash.add_field(std::to_string(static_cast<int>(program.isolation)));
  hash.add_field(program.closed ? "closed" : "open");
  add_strings(hash, program.launch.arguments);
  add_strings(hash, program.libraries);
  hash.add_field(program.launch.working_directory);
  for (const EnvironmentChange& change : program.launch.environment) {
    hash.add_field(change.action == EnvironmentChange::Action::set ? "set" : "unset");
    hash.add_field(change.name);
    hash.add_field(change.value);
  }
  hash.add_field(test.selector);
  hash.add_field(test.time_limit ? std::to_string(test.time_limit->count()) : "");
  add_strings(hash, test.rules.pass_patterns);
  add_strings(hash, test.rules.fail_patterns);
  add_strings(hash, test.rules.skip_patterns);
  hash.add_field(test.rules.skip_code ? std::to_string(*test.rules.skip_code) : "");
  hash.add_field(test.rules.will_fail ? "will fail" : "");
  add_strings(hash, test.rules.required_files);
  // The test itself need not open them.
  for (const std::string& file : test.rules.required_files)
    hash.add_field(::access(file.c_str(), F_OK) == 0 ? "there" : "missing");
  hash.add_field(std::to_string(static_cast<int>(test.rules.format)));
  add_strings(hash, test.needs.fixtures_required);
  if (const LimitAfterMatch& after_match = test.rules.after_match; !after_match.patterns.empty()) {
    hash.add_field(std::to_string(after_match.limit.count()));
    add_strings(hash, after_match.patterns);
  }
  return hash.finish();
}

// Of Python's bytecode without the date and size of its source, which no two checkouts agree on: where its second word
// is 0, Python compares these; anything else is the file as it is. Nothing for what is no regular file.
std::optional<Digest> digest_of_bytecode(const std::string& path)
{
  constexpr std::size_t k_head = 16, k_flags = 4, k_compared = 8;
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (bytes.size() >= k_head && bytes.substr(k_flags, 4) == std::string(4, '\0'))
    bytes.erase(k_compared, k_head - k_compared);
  return cache::sha256("bytecode " + bytes);
}

// A link is not a file that holds the link's text, and a script that may not be executed is not one that may.
Digest with_mode(const Digest& content, bool link, bool executable)
{
  if (content.absent() || (!link && !executable)) return content;
  return cache::sha256((link ? "link " : "executable ") + to_hex(content));
}

// In a folder that this user may not enter a test learns as little as we do.
Digest nothing_or_closed(int error)
{
  return error == EACCES ? cache::sha256("closed") : Digest{};
}

// The same of a folder that it may not list.
Digest unlisted(const std::string& folder, const std::error_code& error)
{
  struct stat status {};
  if (error != std::errc::permission_denied || ::lstat(folder.c_str(), &status) != 0) return {};
  return cache::sha256("unreadable folder " + std::to_string(status.st_mode));
}

void add_entry(cache::Sha256& hash, const std::string& name, const Digest& digest)
{
  hash.add_field(name);
  hash.add_field(digest.view());
}

} // namespace

CurrentInputs::CurrentInputs(const Project& project, const Picture& picture, const TreeFiles& tree,
                             cache::FileDigests& digests)
  : project_(project), picture_(picture), tree_(tree), digests_(digests),
    stands_on_(impact::foundations(picture.catalogue)), sets_(picture.catalogue.programs.size())
{
  definitions_.reserve(picture.catalogue.tests.size());
  cache::Sha256 hash;
  for (const TestCase& test : picture.catalogue.tests)
    definitions_.push_back(define(test, picture.catalogue.program_of(test), hash));
}

// How tests are started and what they stand on is the catalogue's, which does not change.
CurrentInputs::CurrentInputs(const CurrentInputs& before, const TreeFiles& tree)
  : project_(before.project_), picture_(before.picture_), tree_(tree), digests_(before.digests_),
    definitions_(before.definitions_), stands_on_(before.stands_on_), sets_(before.sets_.size())
{
}

void CurrentInputs::remember(TestIndex test)
{
  const Catalogue& catalogue = picture_.catalogue;
  shared_set(catalogue.test(test).program);
  for (const TestIndex below : stands_on(test)) shared_set(catalogue.test(below).program);
}

const InputSet* CurrentInputs::remembered(TestIndex test)
{
  const Catalogue& catalogue = picture_.catalogue;
  const auto taken = [&](TestIndex of) { return !sets_[static_cast<std::size_t>(catalogue.test(of).program)].empty(); };
  const std::vector<TestIndex>& below = stands_on(test);
  return taken(test) && std::all_of(below.begin(), below.end(), taken) ? &of(test) : nullptr;
}

const InputSet& CurrentInputs::of(TestIndex test)
{
  const std::vector<TestIndex>& below = stands_on_[static_cast<std::size_t>(test)];
  const Catalogue& catalogue = picture_.catalogue;
  current_ = shared_set(catalogue.test(test).program);
  const auto add_definition = [&](TestIndex of) {
    current_.push_back({InputKind::definition, catalogue.test(of).id.value, {}});
    current_.back().digest = definitions_[static_cast<std::size_t>(of)];
  };
  add_definition(test);
  for (const TestIndex foundation : below) {
    const InputSet& more = shared_set(catalogue.test(foundation).program);
    current_.insert(current_.end(), more.begin(), more.end());
    add_definition(foundation);
  }
  std::sort(current_.begin(), current_.end());
  current_.erase(std::unique(current_.begin(), current_.end()), current_.end());
  return current_;
}

const InputSet& CurrentInputs::shared_set(ProgramId program)
{
  InputSet& set = sets_[static_cast<std::size_t>(program)];
  if (set.empty()) {
    set = rests_on(picture_.catalogue.program(program));
    for (Input& input : set) input.digest = digest(input.kind, input.name);
  }
  return set;
}

// Names only. What every test rests on comes with every set: each of these is one digest.
InputSet CurrentInputs::rests_on(const Program& program)
{
  InputSet inputs;
  const auto add = [&](InputKind kind, std::string name) { inputs.push_back({kind, std::move(name), {}}); };
  add(InputKind::configuration, "sluice.toml");
  add(InputKind::environment, "");
  add(InputKind::configured, "");
  add(program.closed ? InputKind::unknown_files : InputKind::whole_tree, "");
  add(InputKind::loose_outputs, "");
  for (const std::string& glob : program.declared_inputs) add(InputKind::matched_files, glob);
  add_program_files(program, inputs);
  return inputs;
}

void CurrentInputs::add_program_files(const Program& program, InputSet& inputs)
{
  for (const std::string& file : program.files) inputs.push_back({InputKind::loaded, file, {}});
  for (const std::string& library : program.libraries) inputs.push_back({InputKind::loaded, library, {}});
}

Digest CurrentInputs::digest(InputKind kind, const std::string& name)
{
  if (kind == InputKind::definition) return definition_of(name); // known since the beginning
  const auto [at, fresh] = known_.try_emplace({kind, name});
  if (fresh) at->second = compute(kind, name);
  return at->second;
}

Digest CurrentInputs::compute(InputKind kind, const std::string& name)
{
  switch (kind) {
  case InputKind::definition:
    return definition_of(name);
  case InputKind::loaded:
    return digests_.once(absolute(name), cache::DigestOf::loaded);
  case InputKind::content:
    return file_content(name);
  case InputKind::unknown_files:
    return files_of_role(false);
  case InputKind::whole_tree:
    return files_of_role(true);
  case InputKind::matched_files:
    return matched_files(name);
  case InputKind::configuration:
    return cache::sha256(project_.config_text);
  case InputKind::loose_outputs:
    return loose_outputs();
  case InputKind::configured:
    return configured_files();
  case InputKind::environment: {
    cache::Sha256 hash;
    add_strings(hash, picture_.environment);
    return hash.finish();
  }
  case InputKind::entry:
    return entry(name);
  case InputKind::metadata:
    return metadata(name);
  case InputKind::listing:
    return listing(name);
  }
  return {};
}

Digest CurrentInputs::definition_of(const std::string& test) const
{
  const auto found = picture_.catalogue.find(test);
  return found ? definitions_[static_cast<std::size_t>(*found)] : Digest{};
}

Digest CurrentInputs::file_content(const std::string& name)
{
  if (is_kept_bytecode(tree_, name))
    if (const auto digest = digest_of_bytecode(absolute(name))) return *digest;
  const Digest content = content_of(project_, tree_, digests_, name);
  const git::TreeFile* const file = file_of(tree_, name);
  if (file && !file->digest.absent()) return with_mode(content, file->link, file->executable);
  struct stat status {};
  if (content.absent() || ::lstat(absolute(name).c_str(), &status) != 0) return {};
  return with_mode(content, S_ISLNK(status.st_mode), S_ISREG(status.st_mode) && (status.st_mode & S_IXUSR));
}

// One digest over all files of the tree that can matter: those of which nothing is known, or, for a test about whose
// reading nothing is known, every one.
Digest CurrentInputs::files_of_role(bool with_known)
{
  cache::Sha256 hash;
  const auto add = [&](const git::TreeFile& file) {
    const impact::FileRole role = impact::role_of(picture_.graph, picture_.reach_options, file.path).role;
    const bool counts = role == impact::FileRole::unknown || (with_known && role != impact::FileRole::dismissed);
    if (!counts) return;
    add_entry(hash, file.path,
              file.digest.absent() ? file_content(file.path) : with_mode(file.digest, file.link, file.executable));
  };
  std::for_each(tree_.files.begin(), tree_.files.end(), add);
  std::for_each(tree_.inner.begin(), tree_.inner.end(), add);
  return hash.finish();
}

Digest CurrentInputs::matched_files(const std::string& glob)
{
  cache::Sha256 hash;
  bool any = false;
  const auto add = [&](const git::TreeFile& file) {
    if (!glob_matches(glob, file.path)) return;
    any = true;
    add_entry(hash, file.path, file_content(file.path));
  };
  std::for_each(tree_.files.begin(), tree_.files.end(), add);
  std::for_each(tree_.inner.begin(), tree_.inner.end(), add);
  if (!any && !is_glob(glob)) add_entry(hash, glob, file_content(glob));
  return hash.finish();
}

Digest CurrentInputs::loose_outputs()
{
  cache::Sha256 hash;
  for (const std::string& output : impact::loose_outputs(picture_.graph, picture_.reach_options))
    add_entry(hash, output, digests_.once(absolute(output), cache::DigestOf::loaded));
  for (const std::string& source : leaf_inputs(picture_.build.facts, stamps()))
    add_entry(hash, source, file_content(source));
  return hash.finish();
}

// Outputs that hold nothing: the step that makes one did its work elsewhere (copied a folder, filled a database), where
// no fact shows it, so that only what went into the step can be compared.
std::vector<std::string> CurrentInputs::stamps() const
{
  const Facts& facts = picture_.build.facts;
  std::vector<std::string> found;
  for (const auto& [id, recipe] : facts.recipes) {
    const std::string& output = facts.name(id);
    if (first_match(picture_.reach_options.harmless_outputs, output)) continue;
    if (first_match(picture_.reach_options.ignore, output)) continue;
    const std::vector<std::string>& on_demand = picture_.reach_options.on_demand;
    if (std::binary_search(on_demand.begin(), on_demand.end(), output)) continue;
    if (digests_.is_empty_once(absolute(output))) found.push_back(output);
  }
  return found;
}

Digest CurrentInputs::configured_files()
{
  cache::Sha256 hash;
  if (project_.build_directory.empty()) return hash.finish();
  for (const std::string& file : facts::configured_files(project_.root, project_.build_directory, picture_.build.facts))
    add_entry(hash, file, digests_.once(absolute(file), cache::DigestOf::content));
  return hash.finish();
}

Digest CurrentInputs::entry(const std::string& name) const
{
  struct stat status {};
  if (is_kept_bytecode(tree_, name)) return {};
  if (::lstat(absolute(name).c_str(), &status) != 0) return nothing_or_closed(errno);
  std::string what = "entry " + std::to_string(status.st_mode & S_IFMT);
  // What a file that is only overwritten keeps. Folders and links have bits of their own that nobody asks for.
  if (S_ISREG(status.st_mode) && (status.st_mode & S_IXUSR) != 0) what += " executable";
  if (S_ISREG(status.st_mode) && (status.st_mode & S_IWUSR) == 0) what += " read-only";
  return cache::sha256(what);
}

// Not the date: no two checkouts agree on it.
Digest CurrentInputs::metadata(const std::string& name) const
{
  struct stat status {};
  if (::lstat(absolute(name).c_str(), &status) != 0) return nothing_or_closed(errno);
  return cache::sha256("metadata " + std::to_string(status.st_mode) + " " +
                       std::to_string(S_ISREG(status.st_mode) ? status.st_size : 0));
}

// Names and what they are: a reader of a folder is told both. What Sluice itself puts there is nothing that a test
// lists, nor is what git ignores of Python's.
Digest CurrentInputs::listing(const std::string& name) const
{
  const frameworks::ListingName wanted = frameworks::ListingName::parse(name);
  const std::string below = wanted.folder == project_.root ? "" : wanted.folder + "/"; // the root has no shorter name
  const auto counts = [&](const std::string& path, const std::string& entry) {
    if (path == ".sluice" || project_.own_reports.contains(path)) return false;
    if (entry == "__pycache__" || entry == ".pytest_cache") return file_of(tree_, path) || holds_files(tree_, path);
    return true;
  };
  std::vector<std::string> entries;
  std::error_code failed, unknown;
  std::filesystem::directory_iterator each(absolute(wanted.folder), failed);
  for (; !failed && each != std::filesystem::directory_iterator(); each.increment(failed)) {
    const std::string entry = each->path().filename().string();
    const std::string path = below + entry;
    if (!counts(path, entry) || (wanted.leaves_out(path) && !each->is_directory(unknown))) continue;
    const bool link = each->is_symlink(unknown);
    entries.push_back(fmt::format("{}/{}", entry, link ? 'l' : each->is_directory(unknown) ? 'd' : 'f'));
  }
  if (failed) return unlisted(absolute(wanted.folder), failed);
  std::sort(entries.begin(), entries.end());
  cache::Sha256 hash;
  hash.add_field("listing 2");
  add_strings(hash, entries);
  return hash.finish();
}

std::string CurrentInputs::absolute(const std::string& name) const
{
  return name.starts_with('/') ? name : project_.root + "/" + name;
}

} // namespace sluice::cli
