// Envelopes and their base64, without cryptography: a "signature" here is the key's id and the length of the bytes.
#include "policy/dsse.h"

#include <gmock/gmock.h>

namespace sluice::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string signature_of(std::string_view id, std::string_view bytes)
{
  return std::string(id) + std::to_string(bytes.size());
}
const CheckSignature k_check = [](std::string_view id, std::string_view bytes, std::string_view signature) {
  return (id == "k1" || id == "k2") && signature == signature_of(id, bytes);
};
Signer signer(const std::string& id)
{
  return {id, [id](std::string_view bytes) { return signature_of(id, bytes); }};
}

// RFC 4648, section 10.
TEST(Base64, KnowsTheVectorsOfItsSpecification)
{
  for (const auto& [plain, text] : std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                                                    {"f", "Zg=="},
                                                                                    {"fo", "Zm8="},
                                                                                    {"foo", "Zm9v"},
                                                                                    {"foob", "Zm9vYg=="},
                                                                                    {"fooba", "Zm9vYmE="},
                                                                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(base64(plain), text);
    EXPECT_EQ(from_base64(text), plain);
  }
}

TEST(Base64, CarriesEveryByteAtEveryPlace)
{
  for (std::size_t size = 0; size < 70; ++size) // longer than a line of those who break lines
    for (int byte = 0; byte < 256; byte += 5) {
      std::string bytes(size, static_cast<char>(byte));
      if (size > 1) bytes[size / 2] = '\0';
      const std::string text = base64(bytes);
      EXPECT_EQ(text.size(), (size + 2) / 3 * 4);
      EXPECT_EQ(text.find('\n'), std::string::npos);
      EXPECT_EQ(from_base64(text), bytes);
    }
}

TEST(Base64, ReadsTheUrlAlphabetAndWritesTheOther)
{
  EXPECT_EQ(base64("\xfb\xff\xfe"), "+//+");
  EXPECT_EQ(from_base64("-__-"), "\xfb\xff\xfe");
  EXPECT_EQ(from_base64("-//-"), "\xfb\xff\xfe");
  EXPECT_EQ(from_base64("+/_+"), "\xfb\xff\xfe");
}

// One value has one form: what is signed could else be written in another way.
TEST(Base64, BitsThatNoByteTakesMustBeZero)
{
  for (const char* text : {"Zh==", "Zv==", "Z/==", "Zm9=", "Zm+=", "Zm_=", "Zm9vYh=="})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

TEST(Base64, TakesNothingElse)
{
  for (const char* text :
       {"Z",        "Zg",        "Zg=",      "Zm9",      "Z===",        "====",  "=",      "==",           "Zg==Zg==",
        "=g==",     "Z=g=",      "Zg=A",     "Zm9v=",    "Z g=",        " Zm9v", "Zm9v\n", "Zm9v\n\n\n\n", "    Zm9v",
        "Zm9v    ", "Zm9v----=", "Zm9v====", "Zm9v!m9v", "Zm9v\x80m9v", "Zm9.",  "Zm9,"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  EXPECT_EQ(from_base64(std::string_view("Zm9\0", 4)), std::nullopt);
  EXPECT_EQ(from_base64("Zm9v----"), "foo\xfb\xef\xbe"); // digits of the URL alphabet, at the end, too
}

TEST(Dsse, LengthsKeepTypeAndBodyApart)
{
  EXPECT_EQ(pre_authentication("http://example.com/HelloWorld", "hello world"),
            "DSSEv1 29 http://example.com/HelloWorld 11 hello world"); // the specification's own
  EXPECT_EQ(pre_authentication("", ""), "DSSEv1 0  0 ");
  EXPECT_NE(pre_authentication("a b", "c"), pre_authentication("a", "b c"));
}

TEST(Dsse, HandsOutWhatWasSignedByteForByte)
{
  const std::string payload("{\"a\": \"\xff\0\n\"}", 12);
  const auto opened = open_envelope(envelope(payload, {signer("k1"), signer("k2")}), k_check);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->payload, payload);
  EXPECT_THAT(opened->key_ids, ElementsAre("k1", "k2"));
}

TEST(Dsse, HandsOutNothingThatIsNotSigned)
{
  for (const std::vector<Signer>& signers : {std::vector<Signer>{}, std::vector<Signer>{signer("mallory")}}) {
    const auto opened = open_envelope(envelope("{}", signers), k_check);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->payload, "");
    EXPECT_THAT(opened->key_ids, IsEmpty());
  }
}

// Two signatures of one key are no two keys: a threshold counts these.
TEST(Dsse, AKeyCountsOnce)
{
  const auto opened = open_envelope(envelope("{}", {signer("k1"), signer("mallory"), signer("k1")}), k_check);
  ASSERT_TRUE(opened);
  EXPECT_THAT(opened->key_ids, ElementsAre("k1"));
  EXPECT_EQ(opened->payload, "{}");
}

TEST(Dsse, WhatIsNoEnvelopeIsNone)
{
  const std::string type = R"("payloadType":"application/vnd.in-toto+json")";
  EXPECT_TRUE(open_envelope("{" + type + R"(,"payload":"e30=","signatures":[]})", k_check));
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("{"), std::string(R"({"payload":""})"),
        std::string(R"({"payloadType":"text/plain","payload":"e30=","signatures":[]})"),
        "{" + type + R"(,"payload":"e30=","signatures":{}})", "{" + type + R"(,"payload":"e30="})",
        "{" + type + R"(,"payload":"e30","signatures":[]})", "{" + type + R"(,"payload":7,"signatures":[]})",
        "{" + type + R"(,"payload":"e30=","signatures":[7]})"})
    EXPECT_FALSE(open_envelope(text, k_check)) << text;
}

// Each signature costs a check; who sends many wants our time.
TEST(Dsse, HasAnEnd)
{
  EXPECT_TRUE(open_envelope(envelope("{}", std::vector<Signer>(16, signer("k1"))), k_check));
  EXPECT_FALSE(open_envelope(envelope("{}", std::vector<Signer>(17, signer("k1"))), k_check));
}

} // namespace
} // namespace sluice::policy
