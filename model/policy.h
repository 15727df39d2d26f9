// What sluice.policy.toml says, as plain values. Read from the base of a change by policy/policy_file.h, never from
// the tree under test. The vocabulary grows with the gate; what is here already decides.
#pragma once

#include "model/observation.h"
#include "model/sandbox.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

enum class Authorship {
  ai,          // written by an AI tool, by evidence
  ai_assisted, // a person with an AI tool, by evidence
  human,       // declared, or documented automation
  undeclared,  // no evidence either way
};

// How much a piece of evidence about authorship is worth, strongest first. Free text and weak evidence decide nothing.
enum class EvidenceGrade {
  platform_identity, // what the platform knows of who opened or pushed the change; its author cannot edit it
  bot_identity,      // author or committer field of the commit
  structured_line,   // a trailer, footer or session line in its known form
  resolved_note,     // a git-ai note or an Agent Trace record with an entry that resolves
  kept_verdict,      // an earlier verdict on the same tree or the same difference
  free_text,
  weak,
};
inline constexpr std::array k_evidence_grades{EvidenceGrade::platform_identity,
                                              EvidenceGrade::bot_identity,
                                              EvidenceGrade::structured_line,
                                              EvidenceGrade::resolved_note,
                                              EvidenceGrade::kept_verdict,
                                              EvidenceGrade::free_text,
                                              EvidenceGrade::weak};

// One thing that speaks about who wrote a commit.
struct AuthorshipEvidence {
  EvidenceGrade grade = EvidenceGrade::weak;
  std::string text; // one printable line: "trailer Co-authored-by: Claude <noreply@anthropic.com>"
  friend bool operator==(const AuthorshipEvidence&, const AuthorshipEvidence&) = default;
};

enum class SignatureKind {
  address,        // whole address of an author, or in a trailer
  login,          // "ID+login" at users.noreply.github.com; "login" alone counts where it ends in [bot]
  release_login,  // the same for a bot that also makes releases: weak where the subject says so
  shared_address, // an address that others use too: counts only with a tool's name before it
  review_login,   // login of a bot that becomes co-author when a person applies its suggestion
  author_name,    // last word of the author's name
  key,            // trailer with this key, whatever its value
  key_value,      // "key: value"
  footer,         // a line that says this, alone or with a link
  link,           // an address of the web that begins so, alone on its line
  subject,        // how the subject begins
  branch,         // how the name of a merged branch begins; after a final '-' eight digits must follow: weak
  weak_key,       // a trailer that shows a tool at work but not who wrote the lines: weak
};

// One mark by which a tool can be told (policy/signatures.h has the list that is built in).
struct Signature {
  std::string tool;
  SignatureKind kind = SignatureKind::address;
  std::string value; // lower case
  Authorship authorship = Authorship::ai;
  EvidenceGrade grade = EvidenceGrade::structured_line;
  std::string source;                         // where it is known from
  std::string first_seen;                     // "2025-08"; empty: documented, not seen by us
  std::int64_t weak_from = 0, weak_until = 0; // seconds since the epoch between which it proves nothing
  friend bool operator==(const Signature&, const Signature&) = default;
};

// A named set of tests: those that match any of the lists.
struct Suite {
  std::string name;
  std::vector<std::string> tests;    // globs over whole ids (name_glob_matches)
  std::vector<std::string> labels;   // exact
  std::vector<std::string> paths;    // globs over source files
  std::vector<std::string> programs; // globs over program names
  int min_tests = 1;                 // fewer matching tests violate every rule that needs the suite
  std::vector<std::string> owners;   // whom a verdict names; they decide nothing
  int line = 0;
  std::vector<std::string> files = {}; // globs over files that are tests, too; they select no test
  friend bool operator==(const Suite&, const Suite&) = default;
};

// What a changed file is by its name (policy/file_kinds.h); a file may be several.
enum class FileKind { policy, configuration, build, ci, test, documentation, source };
inline constexpr std::array k_file_kinds{FileKind::policy, FileKind::configuration, FileKind::build, FileKind::ci,
                                         FileKind::test,   FileKind::documentation, FileKind::source};

// A part of the tree that has a name for how much depends on it: "tier-1".
struct Tier {
  std::string name;
  std::vector<std::string> paths; // globs
  int line = 0;
  friend bool operator==(const Tier&, const Tier&) = default;
};

// People who may approve, named by principals of the signers' file.
struct Group {
  std::string name;
  std::vector<std::string> members;
  int line = 0;
  friend bool operator==(const Group&, const Group&) = default;
};

// A command that checks a configuration file; "{file}" in it stands for the file.
struct Validator {
  std::string name;
  std::vector<std::string> paths; // globs: changed files that it checks
  std::vector<std::string> command;
  int line = 0;
  friend bool operator==(const Validator&, const Validator&) = default;
};

struct Rule {
  std::string name;
  // Conditions: all that are given must hold. Without any the rule applies to every change.
  std::vector<Authorship> authorship; // any commit of the change is one of these
  std::vector<std::string> paths;     // globs: any changed path matches
  std::vector<std::string> tiers;     // any changed path belongs to one of these
  std::vector<FileKind> kinds;        // any changed path is one of these
  std::optional<int> blast_radius;    // more than this share of the tests, in percent, is reached
  bool unreached = false;             // some changed path is reached by no test
  bool tests_with_code = false;       // files of tests change together with files that are none
  // Obligations.
  std::vector<std::string> suites; // names: every test of them is executed and passes
  bool allow_reuse = false;        // a proof that holds counts as executed
  bool allow_skips = false;        // a test that skipped itself counts
  bool allow_retries = false;      // a test that passed only on a retry counts
  bool allow_quarantine = false;   // a quarantined test that failed counts
  bool allow_removals = false;     // tests that the suite had at the base may be gone
  bool base_tests = false;         // the suites as they were at the base pass against the new code
  int approvals = 0;               // number of approvals needed from people who are not authors
  std::vector<std::string> groups; // approvers must belong to one of these; empty: any signer
  std::vector<std::string> validators;
  bool reason = false; // a commit of the change says why: "Reason: ..."
  // How the tests of the suites must have run; without suites, all tests that ran or are reused.
  std::optional<SandboxLevel> sandbox;  // the lowest level allowed
  bool observed = false;                // it is known completely what they used
  std::vector<FindingKind> no_findings; // kinds of which there may be none
  int line = 0;
  friend bool operator==(const Rule&, const Rule&) = default;
};

struct Policy {
  std::string source; // "BASE-COMMIT:sluice.policy.toml"; empty when the base has none
  // How a commit without evidence counts: `ai` (also for rules that ask for `ai_assisted`), `human` or `undeclared`.
  // A rule that asks for `undeclared` applies to it in any case.
  Authorship undeclared_counts_as = Authorship::ai;
  std::vector<Signature> signatures;      // added to those that are built in
  std::vector<std::string> ai_labels;     // labels of a pull request that say that a tool wrote it
  std::string signers = "sluice.signers"; // allowed-signers file, read at the base
  int override_signers = 1;               // how many people must sign an override
  std::vector<Tier> tiers;
  std::vector<Group> groups;
  std::vector<Validator> validators;
  std::vector<Suite> suites;
  std::vector<Rule> rules;
  friend bool operator==(const Policy&, const Policy&) = default;
};

std::string_view to_string(Authorship authorship); // "ai", "ai_assisted", "human", "undeclared"
std::string_view to_string(EvidenceGrade grade);   // "platform_identity", ...
std::string_view to_string(FileKind kind);         // "policy", "configuration", ...

} // namespace sluice
