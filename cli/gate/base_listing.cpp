#include "cli/gate/base_listing.h"

#include "cache/hashing.h"
#include "cli/gate/base_policy.h"
#include "cli/gate/second_tree.h"
#include "cli/version.h"
#include "policy/rules.h"
#include "reports/json_reader.h"
#include "reports/json_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace sluice::cli {

namespace {

constexpr const char* k_purpose = "listing";
constexpr int k_listing_version = 4; // 4: of fresh build folders alone; 3: with the sources of programs

// A list is remembered for a tree, the configuration being part of it, and for the program that made it.
Digest listing_key(const std::string& tree)
{
  return cache::sha256(fmt::format("{} {} {} {}", k_purpose, k_listing_version, k_version, tree));
}

std::string encode(const std::vector<policy::ListedTest>& tests)
{
  std::string text;
  reports::JsonWriter json(text);
  json.begin_object();
  json.begin_array("tests");
  for (const policy::ListedTest& test : tests) {
    json.begin_object();
    json.text("id", test.id);
    json.text_if_any("file", test.file);
    json.text_if_any("program", test.program);
    json.texts_if_any("labels", test.labels);
    json.texts_if_any("files", test.files);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return text;
}

std::optional<std::vector<policy::ListedTest>> decode(const std::string& text)
{
  std::vector<policy::ListedTest> tests;
  const bool ok = reports::read_json(text, [&](reports::JsonFields& fields) {
    fields.objects("tests", tests, [](reports::JsonFields& in, policy::ListedTest& test) {
      in.text("id", test.id, reports::Presence::required);
      in.text("file", test.file);
      in.text("program", test.program);
      in.texts("labels", test.labels);
      in.texts("files", test.files);
    });
  });
  return ok ? std::optional(std::move(tests)) : std::nullopt;
}

policy::BaseListing listing_of_commit(const Listings& listings, const std::string& commit, const std::string& tree)
{
  cache::Store& store = listings.store;
  if (const auto kept = store.remembered(k_purpose, listing_key(tree)))
    if (auto tests = decode(*kept)) return {policy::Known::known, std::move(*tests), {}};
  listings.building({commit, false});
  policy::BaseListing listing = list_tests(listings.project, listings.options, commit);
  if (listing.state == policy::Known::known) store.remember(k_purpose, listing_key(tree), encode(listing.tests));
  return listing;
}

} // namespace

policy::BaseListing listing_of_base(const Listings& listings, const Catalogue& catalogue, const ChangeSet& change)
{
  policy::BaseListing listing;
  if (change.base_tree.empty()) { // the first commit: there was nothing that it could have removed
    listing.state = change.incomplete.empty() ? policy::Known::known : policy::Known::unknown;
    listing.why = "the base is not here";
    return listing;
  }
  if (!change.incomplete.empty() && !change.merge_base.empty()) { // a nearer base may have had more tests
    listing.state = policy::Known::unknown;
    listing.why = fmt::format("{} ({})", change.incomplete.front().what, change.incomplete.front().mend);
    return listing;
  }
  // Nothing differs from the base.
  if (change.paths.empty() && change.base_tree == change.head_tree &&
      !listings.store.remembered(k_purpose, listing_key(change.base_tree)))
    return {policy::Known::known, listed(catalogue), {}};
  listing = listing_of_commit(listings, departure(change), change.base_tree);
  for (const std::string& commit : change.other_merge_bases) {
    if (listing.state != policy::Known::known) break;
    const auto tree = listings.project.repository.tree_of(commit);
    policy::BaseListing other = listing_of_commit(listings, commit, tree.value_or(commit));
    if (other.state != policy::Known::known) return other;
    std::move(other.tests.begin(), other.tests.end(), std::back_inserter(listing.tests));
  }
  return listing;
}

std::vector<std::string> gained_suites(const Listings& listings, const Catalogue& catalogue,
                                       const std::vector<const Rule*>& rules, const Change& change)
{
  const ChangeSet& set = change.set;
  std::vector<std::string> gained;
  if (set.base.empty() || set.merge_base.empty() || set.base == set.merge_base) return gained;
  const std::vector<policy::SuiteMembers> all = policy::members_of(change.policy, catalogue, change.known.base);
  std::optional<policy::BaseListing> tip;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Suite& suite = change.policy.suites[i];
    const auto asks = [&](const Rule* rule) {
      return std::find(rule->suites.begin(), rule->suites.end(), suite.name) != rule->suites.end();
    };
    const bool small = all[i].base.size() < static_cast<std::size_t>(std::max(suite.min_tests, 1));
    if (!small || std::none_of(rules.begin(), rules.end(), asks)) continue;
    if (!tip)
      tip = listing_of_commit(listings, set.base, listings.project.repository.tree_of(set.base).value_or(set.base));
    const auto members = std::count_if(tip->tests.begin(), tip->tests.end(),
                                       [&](const policy::ListedTest& test) { return policy::holds(suite, test); });
    if (tip->state != policy::Known::known || static_cast<std::size_t>(members) > all[i].base.size())
      gained.push_back(suite.name);
  }
  return gained;
}

void keep_listing(const Project& project, const Catalogue& catalogue, const ChangeSet& change, cache::Store& store)
{
  if (change.head_tree.empty() || project.built_before || !project.repository.clean()) return;
  const Digest key = listing_key(change.head_tree);
  std::vector<policy::ListedTest> tests = listed(catalogue);
  const auto kept = store.remembered(k_purpose, key);
  if (kept) {
    std::set<std::string> ids;
    for (const policy::ListedTest& test : tests) ids.insert(test.id);
    for (policy::ListedTest& test : decode(*kept).value_or(std::vector<policy::ListedTest>{}))
      if (!ids.contains(test.id)) tests.push_back(std::move(test));
  }
  std::string value = encode(tests);
  if (value != kept) store.remember(k_purpose, key, value);
}

} // namespace sluice::cli
