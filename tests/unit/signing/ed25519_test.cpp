#include "adapters/signing/ed25519.h"

#include <gtest/gtest.h>

namespace sluice::signing {
namespace {

// The example of RFC 8410, section 10.1; its id by `openssl pkey -pubin -outform DER | sha256sum`.
TEST(KeyId, IsTheDigestOfTheKey)
{
  EXPECT_EQ(key_id("-----BEGIN PUBLIC KEY-----\n"
                   "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                   "-----END PUBLIC KEY-----\n"),
            "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f");
}

} // namespace
} // namespace sluice::signing
