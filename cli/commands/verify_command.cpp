// sluice verify and sluice keygen: whether a commit has evidence that may be believed, offline; and keys for it.
#include "adapters/config/toml.h"
#include "cli/commands/commands.h"
#include "cli/gate/evidence.h"
#include "cli/records/atomic_file.h"
#include "cli/terminal.h"
#include "cli/wall_clock.h"
#include "model/error.h"
#include "policy/trust_file.h"

#include <fmt/format.h>

#include <filesystem>
#include <sys/stat.h>

namespace sluice::cli {

namespace {

policy::Trust trust_of(const Options& options)
{
  const std::string& file = options.trust;
  policy::Trust trust = policy::read_trust(config::parse_toml(read_file(file, "the trust file"), file), file);
  for (policy::Trust::Key& key : trust.keys) key.id = signing::key_id(key.public_pem);
  return trust;
}

// The file that was named, or the note on the tree: `--notes` names the ref, or the commit that a push is about to put
// there.
std::string bundle_of(const Options& options, const git::Repository& repository, const std::string& tree)
{
  if (!options.subject.empty()) return read_file(options.subject, "the evidence");
  const auto notes = repository.notes(options.notes.empty() ? k_evidence_notes : options.notes, {tree});
  const auto found = notes.find(tree);
  if (found == notes.end())
    throw Error(ErrorKind::usage, fmt::format("there is no evidence for tree {}", tree.substr(0, 12)),
                "name a file, or make it: sluice run --head ... --note");
  return found->second;
}

std::string require(const git::Repository& repository, const std::string& revision, const char* option)
{
  const auto id = repository.resolve(revision);
  if (!id)
    throw Error(ErrorKind::usage, fmt::format("{} {}: there is no such commit here", option, revision),
                "fetch it: git fetch origin; a shallow clone may lack it");
  return *id;
}

// A basic string of TOML.
std::string toml_string(std::string_view text)
{
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') quoted.append({'\\', c});
    else if (byte < 0x20 || byte == 0x7f) quoted += fmt::format("\\u{:04x}", byte);
    else quoted += c;
  }
  return quoted + '"';
}

} // namespace

int verify_command(const Options& options)
{
  const git::Repository repository = git::Repository::open(options.directory);
  const policy::Trust trust = trust_of(options);
  policy::Expected expected;
  expected.now = seconds_now();
  expected.commit = require(repository, options.commit, "--commit");
  expected.tree = repository.tree_of(expected.commit).value_or("");
  expected.any_base = options.base.empty();
  if (!expected.any_base) {
    expected.base = require(repository, options.base, "--base");
    expected.policy = policy_digest(repository, expected.base);
  } else if (!options.any_base) {
    throw Error(ErrorKind::usage, "evidence holds for one base: name it with --base",
                "the tip of the branch that is merged into; --any-base where it must not matter");
  }
  std::string bundle;
  try {
    bundle = bundle_of(options, repository, expected.tree);
  } catch (const Error& error) { // no evidence is an answer: no
    write_out(fmt::format("REFUSED {}: {}\n", expected.commit.substr(0, 12), error.what()));
    return static_cast<int>(ExitCode::refused);
  }
  const auto check = [&](std::string_view id, std::string_view bytes, std::string_view signature) {
    for (const policy::Trust::Key& key : trust.keys)
      if (key.id == id && (key.not_after == 0 || expected.now <= key.not_after))
        return signing::verify(key.public_pem, bytes, signature);
    return false;
  };
  const policy::Verification result = verify_evidence(bundle, trust, expected, check, hex_digest);
  const bool nothing = result.ok && result.facts && result.facts->policy == hex_digest("");
  write_out(fmt::format("{} {}: {}{}\n", result.ok ? "VERIFIED" : "REFUSED", expected.commit.substr(0, 12),
                        result.reason, nothing ? ", no policy at the base: nothing was demanded" : ""));
  return static_cast<int>(result.ok ? ExitCode::passed : ExitCode::refused);
}

int keygen_command(const Options& options)
{
  const std::string secret = options.subject + ".key", trust = options.subject + ".trust.toml";
  for (const std::string& file : {secret, trust})
    if (std::filesystem::exists(file))
      throw Error(ErrorKind::usage, fmt::format("{} is there already", file),
                  "choose another name: a key is never overwritten");
  const signing::SecretKey key = signing::SecretKey::generate();
  const std::string trust_text =
    fmt::format("version = 1\n\n[[key]]\nname = {}\npublic = \"\"\"\n{}\"\"\"\n",
                toml_string(std::filesystem::path(options.subject).filename().string()), key.public_pem());
  policy::read_trust(config::parse_toml(trust_text, trust), trust); // a name that is no text is said before it is used
  const ::mode_t before = ::umask(0077);                            // nobody else reads the key, not even for a moment
  write_atomically(secret, key.pem());
  ::umask(before);
  ::chmod(secret.c_str(), 0600);
  write_atomically(trust, trust_text);
  write_out(fmt::format("{}: the private key; keep it from tests and from the tree\n{}: the trust file for sluice "
                        "verify\nkey id {}\n",
                        secret, trust, signing::key_id(key.public_pem())));
  return 0;
}

} // namespace sluice::cli
