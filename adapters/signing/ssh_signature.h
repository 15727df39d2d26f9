// SSH signatures by `ssh-keygen -Y` against an allowed-signers file (ssh-keygen(1), PROTOCOL.sshsig).
// It does not know what is signed. The namespace separates our records from everything else that a person signs.
#pragma once

#include <string>

namespace sluice::signing {

// The armoured signature over `text` with the key in a file (or in the agent, given its public file). Throws
// Error{world} with ssh-keygen's own words.
std::string ssh_sign(const std::string& key_file, const std::string& name_space, const std::string& text);

// True if the key of a principal of `allowed_signers` (the file's text) made the signature over `text` and may sign in
// this namespace now. A principal may match patterns of the file, so that one key may sign as many (ssh_key.h).
bool ssh_verify(const std::string& allowed_signers, const std::string& principal, const std::string& name_space,
                const std::string& text, const std::string& signature);

} // namespace sluice::signing
