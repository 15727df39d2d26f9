#include "cli/signed_records.h"

#include "adapters/signing/ssh_signature.h"
#include "cli/atomic_file.h"
#include "cli/base_policy.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/wall_clock.h"
#include "model/error.h"
#include "policy/message_text.h"
#include "policy/people.h"
#include "policy/signed_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace sluice::cli {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> record_files(const std::string& place)
{
  if (!fs::exists(place))
    throw Error(ErrorKind::usage, fmt::format("--records {}: there is no such file", place),
                "name a record that sluice approve or sluice override has made, or a folder of them");
  if (!fs::is_directory(place)) return {place};
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(place))
    if (entry.is_regular_file() && entry.path().extension() == ".json") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

struct Checked {
  std::optional<policy::SignedRecord> record;
  std::string why; // it does not count
};

Checked check(const std::string& file, const std::string& signers, const policy::Binding& binding)
{
  const auto parts = policy::read_record_file(read_file(file, "the record"));
  auto record = parts ? policy::read_record(parts->text) : std::nullopt;
  if (!record) return {std::nullopt, "it is no record"};
  const auto signer =
    signing::ssh_signer(signers, std::string(policy::signature_namespace(record->kind)), parts->text, parts->signature);
  if (!signer) return {std::nullopt, "its signature is none of the signers'"};
  if (policy::lower_case(*signer) != policy::lower_case(record->signer))
    return {std::nullopt, fmt::format("it was signed by {}, not by {}", *signer, policy::printable(record->signer))};
  if (std::string why = policy::not_bound(*record, binding); !why.empty()) return {std::nullopt, std::move(why)};
  return {std::move(record), {}};
}

// Overrides of one rule for the same tests are one, with several signers.
void add_overrides(const std::vector<policy::SignedRecord>& records, Change& change)
{
  std::map<std::pair<std::string, std::vector<std::string>>, policy::Override> overrides;
  for (const policy::SignedRecord& record : records) {
    policy::Override& entry = overrides[{record.rule, record.tests}];
    entry.rule = record.rule;
    entry.tests = record.tests;
    entry.reason = record.reason;
    const std::string signer = policy::lower_case(record.signer);
    const bool counted = std::any_of(entry.signers.begin(), entry.signers.end(), [&](const std::string& other) {
      return policy::mailbox(other) == policy::mailbox(signer); // as the authors are told apart
    });
    if (!counted) entry.signers.push_back(signer);
  }
  for (auto& [key, entry] : overrides)
    if (entry.signers.size() >= static_cast<std::size_t>(change.policy.override_signers))
      change.known.overrides.push_back(std::move(entry));
    else
      fmt::print(stderr, "sluice: the override of rule \"{}\" has {} of {} signatures\n", policy::printable(entry.rule),
                 entry.signers.size(), change.policy.override_signers);
}

} // namespace

void gather_records(const Project& project, const Options& options, Change& change)
{
  if (options.records.empty()) return;
  const std::string revision = policy_revision(change.set);
  const std::string signers =
    revision.empty() ? "" : project.repository.read(revision, change.policy.signers).value_or("");
  const std::string target = options.target.empty() ? options.base : options.target;
  // What is not committed has no tree that anyone could have approved.
  const std::string tree = change.set.includes_working_tree ? "" : change.set.head_tree;
  const policy::Binding binding{target, change.set.base, tree, seconds_now()};
  std::vector<policy::SignedRecord> overrides;
  for (const std::string& file : record_files(options.records)) {
    Checked checked = check(file, signers, binding);
    if (checked.record && checked.record->kind == policy::RecordKind::override_of_tests &&
        policy::authors_of(change.set).contains(policy::mailbox(checked.record->signer)))
      checked = {std::nullopt, "an author of the change cannot override"};
    if (!checked.record) {
      fmt::print(stderr, "sluice: {} does not count: {}\n", fs::path(file).filename().string(), checked.why);
      continue;
    }
    if (checked.record->kind == policy::RecordKind::approval)
      change.known.approvals.push_back({checked.record->signer});
    else overrides.push_back(std::move(*checked.record));
  }
  add_overrides(overrides, change);
}

// sluice approve and sluice override
namespace {

int write_record(const Options& options, policy::RecordKind kind)
{
  const git::Repository repository = git::Repository::open(options.directory);
  if (options.base.empty()) throw Error(ErrorKind::usage, "a record is bound to a base: name it with --base");
  const ChangeSet change = repository.changes({options.base, options.head.empty() ? "HEAD" : options.head});
  policy::SignedRecord record;
  record.kind = kind;
  record.target = options.target.empty() ? options.base : options.target;
  record.base = change.base;
  record.tree = change.head_tree;
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
  write_atomically(options.out, policy::record_file(text, signing::ssh_sign(options.key, name, text)));
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
