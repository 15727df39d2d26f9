#include "cli/selection/change_uses.h"

#include "adapters/frameworks/python/listing_name.h"
#include "cache/proof_inputs.h"

#include <algorithm>

namespace sluice::cli {

namespace {

std::string folder_of(const std::string& path, const std::string& root)
{
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? root : path.substr(0, slash);
}

// In a listing, that is.
bool comes_or_goes(ChangeKind kind)
{
  return kind != ChangeKind::modified && kind != ChangeKind::mode;
}

// The names that a change concerns.
struct Names {
  std::set<std::string> paths, built;
  std::vector<std::pair<std::string, std::string>> entries; // folder to which or from which, path

  void add(const std::string& path, bool is_entry, const std::string& root)
  {
    if (path.empty()) return;
    paths.insert(path);
    if (is_entry) entries.emplace_back(folder_of(path, root), path);
  }
  std::vector<std::string> all() const
  {
    std::set<std::string> names{""}; // of the inputs that stand for the whole tree, and of what every proof rests on
    names.insert(paths.begin(), paths.end());
    names.insert(built.begin(), built.end());
    for (const auto& [folder, path] : entries) names.insert(folder);
    return {names.begin(), names.end()};
  }
  bool concern(const Input& input) const
  {
    if (input.kind != InputKind::listing) return paths.contains(input.name) || built.contains(input.name);
    std::set<std::string> seen;
    add_listed(input, seen);
    return !seen.empty();
  }
  // Of what came or went, that which whoever listed the folder saw.
  void add_listed(const Input& listing, std::set<std::string>& seen) const
  {
    const frameworks::ListingName listed = frameworks::ListingName::parse(listing.name);
    for (const auto& [folder, path] : entries)
      if (folder == listed.folder && !listed.leaves_out(path)) seen.insert(path);
  }
};

} // namespace

ChangeUses uses_of_change(const cache::Store& store, const std::string& root, const ChangeSet& change,
                          const std::vector<std::string>& built, const Catalogue& catalogue)
{
  Names names;
  names.built.insert(built.begin(), built.end());
  for (const ChangedPath& each : change.paths)
    for (const std::string& path : {each.path, each.old_path}) names.add(path, comes_or_goes(each.kind), root);

  ChangeUses found;
  found.spared.resize(catalogue.tests.size());
  found.users.resize(catalogue.tests.size());
  std::vector<bool> reached(catalogue.tests.size());
  for (const cache::ProofUse& use : cache::uses_of(store, names.all())) {
    const std::optional<TestIndex> test = catalogue.find(use.test);
    if (!test) continue;
    const auto at = static_cast<std::size_t>(*test);
    found.spared[at] = true; // there is a proof
    const bool by_fact = use.input.kind == InputKind::whole_tree || use.input.kind == InputKind::unknown_files;
    const bool concerned = names.concern(use.input);
    if (by_fact || concerned) reached[at] = true;
    if (concerned && !by_fact && use.input.kind != InputKind::matched_files) found.users[at] = true;
    if (use.input.kind == InputKind::listing) names.add_listed(use.input, found.used);
    else if (use.input.kind != InputKind::matched_files && names.paths.contains(use.input.name)) // which is declared
      found.used.insert(use.input.name);
  }
  for (std::size_t i = 0; i < reached.size(); ++i) found.spared[i] = found.spared[i] && !reached[i];
  return found;
}

} // namespace sluice::cli
