#include "model/digest.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

const std::string k_sha1 = "ce013625030ba8dba906f756967f9e9ca394464a";
const std::string k_sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Digest, HexadecimalComesBack)
{
  for (const std::string& text : {k_sha1, k_sha256, std::string("absent")}) {
    const auto digest = digest_from_hex(text);
    ASSERT_TRUE(digest) << text;
    EXPECT_EQ(to_hex(*digest), text);
  }
}

TEST(Digest, UpperCaseIsReadToo)
{
  EXPECT_EQ(digest_from_hex("CE013625030BA8DBA906F756967F9E9CA394464A"), digest_from_hex(k_sha1));
}

TEST(Digest, AnythingElseIsNone)
{
  const std::string with_letter = k_sha1.substr(0, 39) + "g";
  for (const std::string& text : {std::string(), k_sha1.substr(1), k_sha1 + "0", with_letter, std::string("Absent")})
    EXPECT_EQ(digest_from_hex(text), std::nullopt) << text;
}

TEST(Digest, OfNothingIsAbsentAndEqualsNoOther)
{
  EXPECT_TRUE(Digest{}.absent());
  EXPECT_EQ(digest_from_bytes(""), Digest{});
  EXPECT_NE(digest_from_bytes(std::string(20, '\0')), Digest{});
  EXPECT_NE(digest_from_bytes(std::string(20, '\0')), digest_from_bytes(std::string(32, '\0')));
}

TEST(Digest, BytesHaveOneOfThreeLengths)
{
  const std::string bytes = "0123456789abcdefghij";
  const auto digest = digest_from_bytes(bytes);
  ASSERT_TRUE(digest);
  EXPECT_EQ(digest->view(), bytes);
  for (const std::size_t size : {1u, 19u, 21u, 31u, 33u, 64u})
    EXPECT_EQ(digest_from_bytes(std::string(size, 'x')), std::nullopt) << size;
}

TEST(Digest, OneBitMakesAnother)
{
  Digest digest = *digest_from_hex(k_sha256);
  digest.bytes[31] ^= 1;
  EXPECT_NE(digest, *digest_from_hex(k_sha256));
}

} // namespace
} // namespace sluice
