#include "cli/gate/signed_records.h"

#include "adapters/signing/ssh_key.h"
#include "adapters/signing/ssh_signature.h"
#include "cli/commands/commands.h"
#include "cli/gate/base_policy.h"
#include "cli/records/atomic_file.h"
#include "cli/terminal.h"
#include "cli/wall_clock.h"
#include "model/config_tree.h"
#include "model/entries.h"
#include "model/error.h"
#include "policy/message_text.h"
#include "policy/people.h"
#include "policy/signed_records.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> record_files(const std::string& place)
{
  std::error_code failed, unknown;
  if (!fs::exists(place, unknown))
    throw Error(ErrorKind::usage, fmt::format("--records {}: there is no such file", place),
                "name a record that sluice approve or sluice override has made, or a folder of them");
  if (!fs::is_directory(place, unknown)) return {place};
  std::vector<std::string> files;
  for (const auto& entry : entries(fs::directory_iterator(place, failed), failed))
    if (entry.is_regular_file(unknown) && entry.path().extension() == ".json") files.push_back(entry.path().string());
  if (failed)
    throw Error(ErrorKind::usage, fmt::format("--records {}: {}", place, failed.message()),
                "name a folder that you may list");
  std::sort(files.begin(), files.end());
  return files;
}

struct Checked {
  std::optional<policy::SignedRecord> record;
  policy::Person person; // who signed it
  std::string why;       // it does not count
};

// The signers' file, and what it says of people.
struct Signers {
  std::string text;
  std::vector<policy::KeyHolder> holders;
};

Signers read_signers(std::string text)
{
  Signers signers{std::move(text), {}};
  for (signing::AllowedSigner& signer : signing::allowed_signers(signers.text))
    if (!signer.authority) // many people's certificates come from it
      signers.holders.push_back({std::move(signer.principals), std::move(signer.key)});
  return signers;
}

// As the file spells it.
std::string spelled(const std::vector<std::string>& names, const std::string& name)
{
  for (const std::string& one : names)
    if (policy::lower_case(one) == policy::lower_case(name)) return one;
  return name;
}

// `bytes` of a record's file.
Checked check(const std::string& bytes, const Signers& signers, const policy::Binding& binding)
{
  const auto parts = policy::read_record_file(bytes);
  auto record = parts ? policy::read_record(parts->text) : std::nullopt;
  if (!record) return {std::nullopt, {}, "it is no record"};
  const auto key = signing::key_of_signature(parts->signature);
  if (!key) return {std::nullopt, {}, "its signature is none of the signers'"};
  const auto signed_by = [&](const std::string& name) {
    return signing::ssh_verify(signers.text, name, std::string(policy::signature_namespace(record->kind)), parts->text,
                               parts->signature);
  };
  std::vector<std::string> own = policy::names_of_person(signers.holders, key->key, key->principals);
  const std::string signer = spelled(own, record->signer);
  // A pattern names nobody: its key may not choose whose approval it gives.
  if (std::find(own.begin(), own.end(), signer) == own.end() || !signed_by(signer)) {
    for (const std::string& name : own)
      if (signed_by(name))
        return {std::nullopt, {}, fmt::format("it was signed by {}, not by {}", name, policy::printable(signer))};
    return {std::nullopt, {}, "its signature is none of the signers'"};
  }
  if (std::string why = policy::not_bound(*record, binding); !why.empty()) return {std::nullopt, {}, std::move(why)};
  return {std::move(record), {std::move(own), key->key}, {}};
}

// Overrides of one rule for the same tests are one, with several signers.
void add_overrides(const std::vector<Checked>& records, Change& change)
{
  struct Gathered {
    policy::Override entry;
    std::vector<policy::Person> people;
  };
  std::map<std::pair<std::string, std::vector<std::string>>, Gathered> overrides;
  for (const Checked& checked : records) {
    const policy::SignedRecord& record = *checked.record;
    Gathered& gathered = overrides[{record.rule, record.tests}];
    gathered.entry.rule = record.rule;
    gathered.entry.tests = record.tests;
    gathered.entry.reason = record.reason;
    const bool counted = std::any_of(gathered.people.begin(), gathered.people.end(),
                                     [&](const auto& other) { return policy::is_same_person(other, checked.person); });
    if (counted) continue;
    gathered.people.push_back(checked.person);
    gathered.entry.signers.push_back(policy::lower_case(record.signer));
  }
  const auto is_rule = [&](const std::string& name) {
    return std::any_of(change.policy.rules.begin(), change.policy.rules.end(),
                       [&](const Rule& rule) { return rule.name == name; });
  };
  for (auto& [key, gathered] : overrides)
    if (!is_rule(gathered.entry.rule))
      write_error(fmt::format("sluice: an override does not count: the policy has no rule \"{}\"\n",
                              policy::printable(gathered.entry.rule)));
    else if (gathered.people.size() >= static_cast<std::size_t>(change.policy.override_signers))
      change.known.overrides.push_back(std::move(gathered.entry));
    else
      write_error(fmt::format("sluice: the override of rule \"{}\" has {} of {} signatures\n",
                              policy::printable(gathered.entry.rule), gathered.people.size(),
                              change.policy.override_signers));
}

} // namespace

void gather_records(const Project& project, const Options& options, Change& change)
{
  if (options.records.empty()) return;
  const std::string revision = policy_revision(change.set);
  const Signers signers =
    read_signers(revision.empty() ? "" : project.repository.read(revision, change.policy.signers).value_or(""));
  const std::string target = options.target.empty() ? options.base : options.target;
  // What is not committed has no tree that anyone could have approved.
  const std::string tree = change.set.includes_working_tree ? "" : change.set.head_tree;
  const policy::Binding binding{target, change.set.base, tree, policy::departures_of(change.set), seconds_now()};
  const std::set<std::string> authors = policy::authors_of(change.set);
  std::vector<Checked> overrides;
  for (const std::string& file : record_files(options.records)) {
    Checked checked = check(read_file(file, "the record"), signers, binding);
    if (checked.record && checked.record->kind == policy::RecordKind::override_of_tests) {
      if (policy::is_one_of(checked.person.names, authors))
        checked = {std::nullopt, {}, "an author of the change cannot override"};
      else if (!change.set.incomplete.empty()) // a commit that is not here may be the signer's own
        checked = {std::nullopt, {}, "who wrote the change is not known: " + change.set.incomplete.front().what};
    }
    if (!checked.record) {
      write_error(fmt::format("sluice: {} does not count: {}\n", fs::path(file).filename().string(), checked.why));
      continue;
    }
    if (checked.record->kind == policy::RecordKind::approval)
      change.known.approvals.push_back({checked.record->signer, std::move(checked.person)});
    else overrides.push_back(std::move(checked));
  }
  add_overrides(overrides, change);
}

// sluice approve and sluice override
namespace {

// Throws Error{usage} for a record that cannot count, whatever is run: it is bound to this base, and so to what the
// policy and the signers' file of the base say.
Checked require_countable(const git::Repository& repository, const Policy& policy, const policy::SignedRecord& record,
                          const std::string& bytes)
{
  const std::string base = record.base.substr(0, 12);
  const policy::Binding own{record.target, record.base, record.tree, record.departures, seconds_now()};
  Checked checked = check(bytes, read_signers(repository.read(record.base, policy.signers).value_or("")), own);
  if (!checked.record)
    throw Error(ErrorKind::usage, "nothing was written, since it would not count: " + checked.why,
                fmt::format("give --as the name that {} of {} has for this key, or have the key added there first",
                            policy.signers, base));
  std::vector<std::string> rules;
  for (const Rule& rule : policy.rules) rules.push_back(rule.name);
  if (record.kind != policy::RecordKind::override_of_tests ||
      std::find(rules.begin(), rules.end(), record.rule) != rules.end())
    return checked;
  const std::string meant = nearest(record.rule, rules);
  throw Error(ErrorKind::usage,
              fmt::format("nothing was written, since it would not count: {} of {} has no rule \"{}\"", k_policy_file,
                          base, record.rule),
              meant.empty() ? fmt::format("its rules: {}", fmt::join(rules, ", "))
                            : fmt::format("did you mean \"{}\"?", meant));
}

// Why the record may well not count when the change is judged. Of tests the runs of this machine are asked, if any.
std::vector<std::string> doubts(const git::Repository& repository, const Policy& policy, const ChangeSet& change,
                                const Checked& checked)
{
  const policy::SignedRecord& record = *checked.record;
  std::vector<std::string> words;
  if (policy::is_one_of(checked.person.names, policy::authors_of(change)))
    words.push_back(fmt::format("{} is an author of the change, whose word does not count", record.signer));
  if (policy.rules.empty())
    words.push_back(fmt::format("{} has no {}: no rule there asks for it", record.base.substr(0, 12), k_policy_file));
  const std::string state = repository.root() + "/.sluice";
  if (record.tests.empty() || !fs::exists(state + "/store.db")) return words;
  const History history = cache::Store::open(state).history();
  for (const std::string& test : record.tests)
    if (!history.empty() && !history.contains(TestId{test}))
      words.push_back(fmt::format("no run here knows a test \"{}\"; an override names whole ids", test));
  return words;
}

int write_record(const Options& options, policy::RecordKind kind)
{
  const git::Repository repository = git::Repository::open(options.directory);
  if (options.base.empty()) throw Error(ErrorKind::usage, "a record is bound to a base: name it with --base");
  const ChangeSet change = repository.changes({options.base, options.head.empty() ? "HEAD" : options.head});
  policy::SignedRecord record;
  record.kind = kind;
  record.target = options.target.empty() ? options.base : options.target;
  record.base = change.base;
  record.departures = policy::departures_of(change);
  record.tree = change.head_tree;
  if (record.departures.empty())
    throw Error(ErrorKind::usage, "where the change has left its base is not known",
                change.incomplete.empty() ? "name a base that it has a commit in common with"
                                          : change.incomplete.front().mend);
  record.signer = options.signer;
  record.reason = options.reason;
  record.rule = options.rule;
  record.tests = options.tests;
  record.expires = seconds_now() + std::int64_t{3'600} * options.hours;
  const std::string text = policy::record_text(record);
  if (!policy::read_record(text))
    throw Error(ErrorKind::usage, "the record is not whole",
                "an override names a rule, its tests (never all) and a reason of at least ten characters");
  const std::string name{policy::signature_namespace(kind)};
  const std::string bytes = policy::record_file(text, signing::ssh_sign(options.key, name, text));
  const Policy policy = policy_of_base(repository, change);
  const Checked checked = require_countable(repository, policy, record, bytes);
  for (const std::string& doubt : doubts(repository, policy, change, checked))
    write_error(fmt::format("sluice: {}\n", policy::printable(doubt)));
  write_atomically(options.out, bytes);
  write_out(fmt::format("{}: {} of tree {} for {} at {}, for {} hours\n", options.out, name.substr(7),
                        record.tree.substr(0, 12), policy::target_name(record.target), record.base.substr(0, 12),
                        options.hours));
  return 0;
}

} // namespace

int approve_command(const Options& options)
{
  return write_record(options, policy::RecordKind::approval);
}

int override_command(const Options& options)
{
  return write_record(options, policy::RecordKind::override_of_tests);
}

} // namespace sluice::cli
