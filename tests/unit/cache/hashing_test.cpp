#include "cache/hashing.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace sluice::cache {
namespace {

TEST(Sha256, IsTheStandardOne)
{
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, IsAsNewAfterFinish)
{
  Sha256 hash;
  hash.add("something else");
  hash.finish();
  hash.add("ab");
  hash.add("c");
  EXPECT_EQ(hash.finish(), sha256("abc"));
}

TEST(Sha256, FieldsDoNotRunIntoEachOther)
{
  Sha256 one;
  one.add_field("ab");
  one.add_field("c");
  Sha256 other;
  other.add_field("a");
  other.add_field("bc");
  EXPECT_NE(one.finish(), other.finish());
}

TEST(GitBlobId, IsWhatGitSays)
{
  const tests::TempDir dir;
  for (const std::string& content : {std::string(), std::string("hello\n"), std::string("nul\0 and \xff\r\n", 12)}) {
    const std::string file = dir.write("file", content);
    FILE* git = ::popen(("git hash-object --no-filters '" + file + "'").c_str(), "r");
    char line[64] = {};
    ASSERT_TRUE(git && std::fgets(line, sizeof line, git));
    ::pclose(git);
    EXPECT_EQ(to_hex(git_blob_id(content)) + "\n", line);
  }
}

TEST(GitBlob, TellsThatBytesAreMissing)
{
  GitBlob blob(3);
  blob.add("ab");
  EXPECT_EQ(blob.finish(), std::nullopt);
}

} // namespace
} // namespace sluice::cache
