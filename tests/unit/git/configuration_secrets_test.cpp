// What programs of a change may read of git's configuration: settings, no tokens.
#include "adapters/git/configuration_secrets.h"

#include <gmock/gmock.h>

namespace sluice::git {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(ConfigurationSecrets, WhatHoldsNoneStaysAsItIs)
{
  const std::string text = "# a comment\n[core]\n\tbare = false\n[remote \"origin\"]\n\turl = git@host.org:a/b.git\n"
                           "\tpushurl = ssh://git@host.org/a/b.git\n[user] name = Ada \"#1\" \\\n  Lovelace\n";
  const CleanedConfiguration cleaned = without_secrets(text);
  EXPECT_EQ(cleaned.text, text);
  EXPECT_THAT(cleaned.secrets, IsEmpty());
}

TEST(ConfigurationSecrets, ATokenThatAJobLeavesIsLeftOut)
{
  const CleanedConfiguration cleaned = without_secrets(
    "[http \"https://github.com/\"]\n\tExtraHeader = AUTHORIZATION: basic \\\n  S3CRET\n[core]\n\tbare = false\n"
    "[credential]\n\thelper = \"!echo password=S3CRET\"\n[github] token = S3CRET\n"
    "[http]\n\tproxy = ada:S3CRET@proxy:8080\n");
  EXPECT_THAT(cleaned.text, Not(HasSubstr("S3CRET")));
  EXPECT_THAT(cleaned.text, HasSubstr("[core]\n\tbare = false\n"));
  EXPECT_THAT(cleaned.secrets, ElementsAre("http.extraheader", "credential.helper", "github.token", "http.proxy"));
}

TEST(ConfigurationSecrets, AddressesLoseWhoCalls)
{
  const CleanedConfiguration cleaned =
    without_secrets("[url \"https://x:S3CRET]@github.com/\"]\n\tinsteadOf = https://github.com/\n[remote \"o\"]\n"
                    "url = HTTPS://S3CRET@gitlab.org/a.git\npushurl = ssh://ada:S3CRET@h/a # https://a:S3CRET@b/\n; "
                    "ftp://a:S3CRET@b\n");
  EXPECT_EQ(cleaned.text, "[url \"https://github.com/\"]\n\tinsteadOf = https://github.com/\n[remote \"o\"]\n"
                          "url = HTTPS://gitlab.org/a.git\npushurl = ssh://h/a # https://b/\n; ftp://b\n");
  EXPECT_THAT(cleaned.secrets, ElementsAre("url.*", "remote.url", "remote.pushurl", "a comment"));
}

TEST(ConfigurationSecrets, FilesThatAreIncludedAreNamed)
{
  const CleanedConfiguration cleaned = without_secrets(
    "[include]\n\tpath = ~/more # it\n[includeIf \"gitdir:/a/.git\"]\n\tpath = \"/tmp/git-credentials.config\"\n");
  EXPECT_THAT(cleaned.included, ElementsAre("~/more", "/tmp/git-credentials.config"));
}

TEST(ConfigurationSecrets, NoTextIsTooOdd)
{
  for (const char* const text : {"", "[", "[a \"", "=", "[a]\nb = \\", "\\", "://@", "[a]\nu = http://@", "\xff[\x80"})
    EXPECT_LE(without_secrets(text).text.size(), std::string_view(text).size()) << text;
}

} // namespace

} // namespace sluice::git
