// Which key made an SSH signature, and which keys an allowed-signers file names: enough to tell that two names are one
// person. It checks no signature (ssh_signature.h does) and knows no rule about people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::signing {

// What a signature says of its key (PROTOCOL.sshsig). Of a certificate the key that it is about, without the rest
// (PROTOCOL.certkeys): a person may have many certificates of one key.
struct SignatureKey {
  std::string key;                     // as in authorized_keys: base64
  std::vector<std::string> principals; // of the certificate
};
// nullopt for what is no signature, or of a kind of certificate that is not known.
std::optional<SignatureKey> key_of_signature(std::string_view armoured);

// One line of an allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS).
struct AllowedSigner {
  std::vector<std::string> principals; // patterns
  std::string key;                     // base64
  bool authority = false;              // the key signs certificates of others
};
// Lines that hold no key are left out.
std::vector<AllowedSigner> allowed_signers(std::string_view text);

} // namespace sluice::signing
