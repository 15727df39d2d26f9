#include "cli/change_uses.h"

#include "cache/proof_inputs.h"
#include "cli/listing_name.h"

#include <algorithm>

namespace sluice::cli {

namespace {

// Proofs by fact rest on inputs of the kinds that have no name.
constexpr const char* k_nameless = "";

std::string folder_of(const std::string& path, const std::string& root)
{
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? root : path.substr(0, slash);
}

bool is_by_fact(InputKind kind)
{
  return kind == InputKind::whole_tree || kind == InputKind::unknown_files;
}

// The names that `change` concerns, and in which folders entries came or went.
struct Names {
  std::vector<std::string> all;
  std::set<std::string> paths;
  std::vector<std::pair<std::string, std::string>> entries; // folder, path
};

Names names_of(const ChangeSet& change, const std::vector<std::string>& built, const std::string& root)
{
  Names names;
  names.all = built;
  names.all.emplace_back(k_nameless);
  const auto add = [&](const std::string& path, bool comes_or_goes) {
    names.paths.insert(path);
    names.all.push_back(path);
    if (!comes_or_goes) return;
    names.entries.emplace_back(folder_of(path, root), path);
    names.all.push_back(names.entries.back().first);
  };
  for (const ChangedPath& each : change.paths) {
    const bool stays = each.kind == ChangeKind::modified || each.kind == ChangeKind::mode;
    add(each.path, !stays);
    if (!each.old_path.empty()) add(each.old_path, true);
  }
  return names;
}

} // namespace

ChangeUses uses_of_change(const cache::Store& store, const std::string& root, const ChangeSet& change,
                          const std::vector<std::string>& built, const Catalogue& catalogue)
{
  const Names names = names_of(change, built, root);
  ChangeUses found;
  found.observed.resize(catalogue.tests.size());
  found.uses.resize(catalogue.tests.size());
  std::vector<bool> by_fact(catalogue.tests.size());
  for (const cache::ProofUse& use : cache::uses_of(store, names.all)) {
    const std::optional<TestIndex> test = catalogue.find(use.test);
    if (!test) continue;
    const auto at = static_cast<std::size_t>(*test);
    found.observed[at] = true; // there is a proof
    if (use.input.name.empty()) {
      by_fact[at] = by_fact[at] || is_by_fact(use.input.kind);
    } else if (use.input.kind == InputKind::listing) {
      const ListingName listed = ListingName::parse(use.input.name);
      found.uses[at] =
        found.uses[at] || std::any_of(names.entries.begin(), names.entries.end(), [&](const auto& entry) {
          return entry.first == listed.folder && !listed.leaves_out(entry.second);
        });
    } else if (names.paths.contains(use.input.name)) {
      found.used.insert(use.input.name);
      found.uses[at] = true;
    } else if (std::find(built.begin(), built.end(), use.input.name) != built.end()) {
      found.uses[at] = true;
    }
  }
  for (std::size_t i = 0; i < by_fact.size(); ++i) found.observed[i] = found.observed[i] && !by_fact[i];
  return found;
}

} // namespace sluice::cli
