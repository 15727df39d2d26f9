#include "cli/gate/evidence.h"

#include "cache/hashing.h"
#include "cli/build/left_files.h"
#include "cli/gate/base_policy.h"
#include "cli/records/atomic_file.h"
#include "cli/version.h"
#include "cli/wall_clock.h"
#include "model/error.h"
#include "policy/evidence.h"
#include "policy/kept_evidence.h"
#include "reports/plan_report.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace sluice::cli {

namespace {

constexpr const char* k_key_variable = "SLUICE_SIGNING_KEY";

// A pass of some tests is no pass of the commit.
void require_whole(const RunRecord& record, VerdictStatus verdict)
{
  if (verdict != VerdictStatus::passed && verdict != VerdictStatus::overridden) return;
  for (const TestRecord& test : record.tests) {
    const Skip* skip = std::get_if<Skip>(&test.planned.decision);
    if (skip && skip->cause != SkipCause::disabled)
      throw Error(ErrorKind::usage,
                  fmt::format("evidence is about all tests, and {} was left out ({})", test.planned.test.value,
                              to_string(skip->cause)),
                  "leave out --filter and --rerun-failed");
  }
}

std::string listing_text(const Catalogue& catalogue)
{
  std::string text;
  for (const TestCase& test : catalogue.tests) text += fmt::format("{} {}\n", test.id.value.size(), test.id.value);
  return text;
}

} // namespace

std::string hex_digest(std::string_view bytes)
{
  return to_hex(cache::sha256(bytes));
}

std::string policy_digest(const git::Repository& repository, const std::string& base)
{
  return hex_digest(base.empty() ? "" : repository.read(base, k_policy_file).value_or(""));
}

std::optional<signing::SecretKey> evidence_key(const Options& options)
{
  const char* variable = std::getenv(k_key_variable);
  const std::string from_environment = variable ? variable : "";
  ::unsetenv(k_key_variable);
  if (options.evidence.empty() && !options.note) return std::nullopt;
  if (options.head.empty())
    throw Error(ErrorKind::usage, "evidence is about a commit: it needs --head", "sluice run --base main --head HEAD");
  if (!options.key.empty()) return signing::SecretKey(read_file(options.key, "the signing key"));
  if (from_environment.empty())
    throw Error(ErrorKind::usage, "evidence needs a key: --key FILE or SLUICE_SIGNING_KEY",
                "make a pair of keys: sluice keygen NAME");
  return signing::SecretKey(from_environment);
}

void require_clean(const Project& project)
{
  for (const ChangedPath& path : project.repository.changes({}).paths)
    if (!project.own_reports.contains(path.path))
      throw Error(ErrorKind::usage,
                  fmt::format("evidence is about a commit, and {} is not as it was committed", path.path),
                  "take it out of the tree (keys and evidence belong elsewhere), commit it or let git ignore it");
}

namespace {

// What git ignores does not count for a clean tree, and a build may have made it since.
void require_nothing_left(const Project& project, const Change& change, const Catalogue& catalogue)
{
  for (const std::string& file :
       left_to_direct_tests(project, project.repository.files(), change.policy,
                            {policy::TestFiles(catalogue), policy::TestFiles(change.known.base)}))
    if (!project.own_reports.contains(file))
      throw Error(
        ErrorKind::usage,
        fmt::format("evidence is about a commit, and {}, which it does not have, may say how tests are run", file),
        "remove it, or have the build write it to its own folder");
}

} // namespace

std::string make_evidence(const Project& project, const Change& change, const Plan& plan, const Catalogue& catalogue,
                          const Session& session, const signing::SecretKey& key)
{
  require_nothing_left(project, change, catalogue);
  const RunRecord& record = session.record();
  policy::RunFacts facts;
  facts.run = record.started.run;
  facts.version = k_version;
  facts.commit = change.set.head;
  facts.tree = change.set.head_tree;
  facts.base = departure(change.set);
  facts.base_tree = change.set.base_tree;
  facts.tip = change.set.base;
  facts.policy = policy_digest(project.repository, policy_revision(change.set));
  facts.configuration = hex_digest(project.config_text);
  facts.plan = hex_digest(reports::plan_json(plan, catalogue, change.set));
  facts.catalogue = hex_digest(listing_text(catalogue));
  facts.report = session.report_digest();
  facts.time = seconds_now();
  facts.sandbox = record.sandbox;
  facts.flaky = record.counts().flaky;
  facts.quarantined = record.counts().quarantined;
  if (record.finished) facts.verdict = record.finished->verdict.status;
  require_whole(record, facts.verdict);
  const policy::Statements statements = policy::make_statements(facts, record, hex_digest);
  const std::vector<policy::Signer> signers{
    {signing::key_id(key.public_pem()), [&](std::string_view bytes) { return key.sign(bytes); }}};
  return policy::envelope(statements.test_result, signers) + "\n" + policy::envelope(statements.decision, signers) +
         "\n";
}

void put_evidence(const Project& project, const Options& options, const ChangeSet& change, const std::string& bundle)
{
  if (!options.evidence.empty()) write_atomically(options.evidence, bundle);
  if (!options.note) return;
  const auto kept = project.repository.notes(k_evidence_notes, {change.head_tree});
  const auto found = kept.find(change.head_tree);
  project.repository.write_note(k_evidence_notes, change.head_tree,
                                policy::with_kept_evidence(found == kept.end() ? "" : found->second, bundle));
}

} // namespace sluice::cli
