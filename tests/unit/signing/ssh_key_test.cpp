// Which key made a signature and whose keys a signers' file lists. Whoever approves writes the signature, so every byte
// of it is hostile; ssh-keygen has the last word on whether it is right.
#include "adapters/signing/ssh_key.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>

#include <random>

namespace sluice::signing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string base64(const std::string& bytes)
{
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  text.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                                       static_cast<int>(bytes.size()))));
  return text;
}

std::string number(std::uint32_t value)
{
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string field(const std::string& text)
{
  return number(static_cast<std::uint32_t>(text.size())) + text;
}

// Field by field as PROTOCOL.sshsig has them: magic, version, key, namespace, reserved, hash, signature.
std::string blob(const std::string& key)
{
  return "SSHSIG" + number(1) + field(key) + field("sluice-approval") + field("") + field("sha512") + field("sig");
}

std::string armoured(const std::string& bytes)
{
  std::string text = base64(bytes), lines;
  for (std::size_t i = 0; i < text.size(); i += 70) lines += text.substr(i, 70) + "\n";
  return "-----BEGIN SSH SIGNATURE-----\n" + lines + "-----END SSH SIGNATURE-----\n";
}

const std::string k_point(32, 'p');
const std::string k_plain = field("ssh-ed25519") + field(k_point);

// PROTOCOL.certkeys: type, nonce, key, serial, kind, id, principals, and more that is not looked at.
std::string certificate(const std::string& type, const std::string& key_fields, const std::string& principals)
{
  return field(type) + field("nonce") + key_fields + std::string(12, '\0') + field("id") + field(principals) +
         field("the rest");
}

TEST(KeyOfSignature, IsTheKeyAsSshWritesIt)
{
  const auto key = key_of_signature(armoured(blob(k_plain)));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->key, base64(k_plain));
  EXPECT_THAT(key->principals, IsEmpty());
}

// Many certificates of one key are one person.
TEST(KeyOfSignature, OfACertificateIsThePlainKey)
{
  const auto key = key_of_signature(
    armoured(blob(certificate("ssh-ed25519-cert-v01@openssh.com", field(k_point), field("ada") + field("ada@x.org")))));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->key, base64(k_plain));
  EXPECT_THAT(key->principals, ElementsAre("ada", "ada@x.org"));
}

TEST(KeyOfSignature, KnowsTheFieldsOfEachKindOfKey)
{
  const struct {
    const char *type, *plain;
    int fields;
  } kinds[] = {{"ssh-rsa-cert-v01@openssh.com", "ssh-rsa", 2},
               {"ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256", 2},
               {"sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", 2},
               {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", 3}};
  for (const auto& kind : kinds) {
    std::string fields;
    for (int i = 0; i < kind.fields; ++i) fields += field("part" + std::to_string(i));
    const auto key = key_of_signature(armoured(blob(certificate(kind.type, fields, field("ada")))));
    ASSERT_TRUE(key) << kind.type;
    EXPECT_EQ(key->key, base64(field(kind.plain) + fields));
    EXPECT_THAT(key->principals, ElementsAre("ada"));
  }
  EXPECT_FALSE(key_of_signature(armoured(blob(certificate("ssh-dss-cert-v01@openssh.com", field("x"), field("ada"))))));
}

TEST(KeyOfSignature, WhatIsNoSignatureHasNone)
{
  const std::string whole = armoured(blob(k_plain));
  EXPECT_TRUE(key_of_signature(whole));
  std::string magic = blob(k_plain);
  magic[0] = 's';
  for (const std::string& text : {std::string(), std::string("-----BEGIN SSH SIGNATURE-----"), " " + whole,
                                  whole.substr(1), armoured(magic), armoured(""), armoured("SSHSIG"),
                                  std::string("-----BEGIN SSH SIGNATURE-----\n====\n-----END SSH SIGNATURE-----"),
                                  std::string("-----BEGIN SSH SIGNATURE-----\n!!!!\n-----END SSH SIGNATURE-----"),
                                  std::string("-----BEGIN SSH SIGNATURE-----\nU1N\n-----END SSH SIGNATURE-----"),
                                  "-----BEGIN SSH SIGNATURE-----" + std::string((1 << 20) + 4, 'A')})
    EXPECT_FALSE(key_of_signature(text)) << text.substr(0, 100);
}

// A length may say more than there is, up to all that four bytes hold.
TEST(KeyOfSignature, LengthsThatLieEndIt)
{
  const std::string cert = "ssh-ed25519-cert-v01@openssh.com";
  const std::string good = certificate(cert, field(k_point), field("ada"));
  for (const std::uint32_t lie : {0x7fffffffu, 0x80000000u, 0xffffffffu, 1'000u}) {
    EXPECT_FALSE(key_of_signature(armoured("SSHSIG" + number(1) + number(lie) + k_plain)));
    EXPECT_FALSE(key_of_signature(armoured(blob(number(lie) + "ssh-ed25519" + field(k_point)))));
    EXPECT_FALSE(key_of_signature(armoured(blob(field(cert) + number(lie) + "nonce"))));
    EXPECT_FALSE(key_of_signature(armoured(blob(certificate(cert, field(k_point), number(lie) + "ada")))));
  }
  const std::size_t behind_principals = good.size() - field("the rest").size();
  for (std::size_t size = 0; size < behind_principals; ++size)
    EXPECT_FALSE(key_of_signature(armoured(blob(good.substr(0, size))))) << size;
  EXPECT_TRUE(key_of_signature(armoured(blob(good.substr(0, behind_principals)))));
}

TEST(KeyOfSignature, AnyBytesAreRead)
{
  constexpr std::uint32_t k_seed = 20261122;
  SCOPED_TRACE(k_seed);
  std::mt19937 random(k_seed);
  const std::string good = blob(certificate("ssh-rsa-cert-v01@openssh.com", field("e") + field("n"), field("ada")));
  int read = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = good;
    for (std::uint32_t n = random() % 4; n > 0; --n) bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto key = key_of_signature(armoured(bytes));
    if (!key) continue;
    ++read;
    EXPECT_LE(key->key.size(), base64(good).size());
    EXPECT_LE(key->principals.size(), good.size() / 4);
  }
  EXPECT_GT(read, 0);
}

TEST(AllowedSigners, AreNamesAndAKey)
{
  const auto signers = allowed_signers("ada@x.org,*@y.org ssh-ed25519 AAAA comment\n"
                                       "\"bob@x.org\"\tssh-rsa\tBBBB\r\n"
                                       "\n# eve@x.org ssh-rsa CCCC\n"
                                       "last@x.org sk-ssh-ed25519@openssh.com DDDD");
  ASSERT_EQ(signers.size(), 3u);
  EXPECT_THAT(signers[0].principals, ElementsAre("ada@x.org", "*@y.org"));
  EXPECT_EQ(signers[0].key, "AAAA");
  EXPECT_FALSE(signers[0].authority);
  EXPECT_THAT(signers[1].principals, ElementsAre("bob@x.org"));
  EXPECT_EQ(signers[1].key, "BBBB");
  EXPECT_THAT(signers[2].principals, ElementsAre("last@x.org"));
  EXPECT_EQ(signers[2].key, "DDDD");
}

TEST(AllowedSigners, OptionsStandBeforeTheKey)
{
  const auto signers = allowed_signers("*@x.org CERT-authority,valid-before=\"20270101\" ssh-ed25519 AAAA\n"
                                       "ada@x.org namespaces=\"git,cert author ity\" ssh-ed25519 BBBB\n");
  ASSERT_EQ(signers.size(), 2u);
  EXPECT_TRUE(signers[0].authority);
  EXPECT_EQ(signers[0].key, "AAAA");
  EXPECT_FALSE(signers[1].authority);
  EXPECT_EQ(signers[1].key, "BBBB");
}

TEST(AllowedSigners, ANameThatIsTakenOutNamesNobody)
{
  const auto signers = allowed_signers("!eve@x.org,,*@x.org, ssh-ed25519 AAAA\n");
  ASSERT_EQ(signers.size(), 1u);
  EXPECT_THAT(signers[0].principals, ElementsAre("*@x.org"));
}

TEST(AllowedSigners, LinesWithoutAKeyAreLeftOut)
{
  for (const char* text :
       {"", "\n\n", "ada@x.org", "ada@x.org ssh-ed25519", "ada@x.org ssh-ed25519 ", "ada@x.org AAAA BBBB",
        "ada@x.org cert-authority option ssh-ed25519 AAAA", "\"", "\" ssh-ed25519 AAAA"})
    EXPECT_THAT(allowed_signers(text), IsEmpty()) << text;
}

} // namespace
} // namespace sluice::signing
