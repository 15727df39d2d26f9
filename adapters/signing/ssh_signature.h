// SSH signatures by `ssh-keygen -Y` against an allowed-signers file (ssh-keygen(1), PROTOCOL.sshsig).
// It does not know what is signed. The namespace separates our records from everything else that a person signs.
#pragma once

#include <optional>
#include <string>

namespace sluice::signing {

// The armoured signature over `text` with the key in a file (or in the agent, given its public file). Throws
// Error{world} with ssh-keygen's own words.
std::string ssh_sign(const std::string& key_file, const std::string& name_space, const std::string& text);

// The principal of `allowed_signers` (the file's text) whose key made the signature and may sign in this namespace now;
// nullopt if there is none, if the text is not what was signed, or if anything is wrong with it.
std::optional<std::string> ssh_signer(const std::string& allowed_signers, const std::string& name_space,
                                      const std::string& text, const std::string& signature);

} // namespace sluice::signing
