#include "cache/file_digests.h"

#include "tests/unit/cache/shell.h"
#include "tests/unit/cache/store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::cache {
namespace {

namespace fs = std::filesystem;

class FileDigestsTest : public tests::StoreTest {
protected:
  // A file whose timestamps are safely in the past: only waiting makes a ctime old.
  std::string old_file(const std::string& name, const std::string& content)
  {
    const std::string path = dir_.write(name, content);
    ::usleep(2'100'000);
    return path;
  }
  std::int64_t rows() { return count("SELECT count(*) FROM file_digests"); }
  // Makes what is remembered tell from what is read.
  void forge(const Digest& digest)
  {
    Statement(store_.handle(), "UPDATE file_digests SET digest = ?1").bind_blob(1, digest.view()).run();
  }

  FileDigests digests_{nullptr};
};

TEST_F(FileDigestsTest, ContentIsGitsBlobId)
{
  const std::string file = dir_.write("a", "hello\n");
  EXPECT_EQ(to_hex(digests_.of(file, DigestOf::content)), "ce013625030ba8dba906f756967f9e9ca394464a");
}

TEST_F(FileDigestsTest, OfALargeFileIsThatOfItsPieces)
{
  const std::string content(3'000'001, 'x');
  const std::string file = dir_.write("large", content);
  EXPECT_EQ(digests_.of(file, DigestOf::content), git_blob_id(content));
  EXPECT_EQ(digests_.of(file, DigestOf::loaded), sha256(content));
}

TEST_F(FileDigestsTest, OfWhatIsNotThereOrAFolderIsAbsent)
{
  const std::string file = dir_.write("file", "");
  for (const std::string& path : {dir_ / "nothing", dir_.path(), file + "/below", dir_ / std::string(300, 'n')}) {
    EXPECT_TRUE(digests_.of(path, DigestOf::content).absent()) << path;
    EXPECT_TRUE(digests_.of(path, DigestOf::loaded).absent()) << path;
  }
  EXPECT_FALSE(digests_.of(file, DigestOf::content).absent()) << "an empty file is there";
}

TEST_F(FileDigestsTest, ALinksContentIsItsTargetAndWhatIsLoadedIsBehindIt)
{
  dir_.write("target", "content");
  fs::create_symlink("target", dir_ / "link");
  fs::create_symlink("nowhere", dir_ / "dangling");
  EXPECT_EQ(digests_.of(dir_ / "link", DigestOf::content), git_blob_id("target"));
  EXPECT_EQ(digests_.of(dir_ / "link", DigestOf::loaded), sha256("content"));
  EXPECT_EQ(digests_.of(dir_ / "dangling", DigestOf::content), git_blob_id("nowhere"));
  EXPECT_TRUE(digests_.of(dir_ / "dangling", DigestOf::loaded).absent());
}

TEST_F(FileDigestsTest, PipesAndDevicesAreNotRead)
{
  ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0600), 0);
  const Digest pipe = digests_.of(dir_ / "pipe", DigestOf::content);
  EXPECT_FALSE(pipe.absent());
  EXPECT_NE(pipe, digests_.of("/dev/null", DigestOf::content));
  EXPECT_NE(digests_.of("/dev/zero", DigestOf::loaded), digests_.of("/dev/null", DigestOf::loaded));
}

TEST_F(FileDigestsTest, AChangeOfTheSameSizeInTheSameTickIsSeen)
{
  for (int i = 0; i < 200; ++i) {
    const std::string content = std::to_string(1'000 + i);
    const std::string file = dir_.write("a", content);
    ASSERT_EQ(digests_.of(file, DigestOf::content), git_blob_id(content)) << i;
  }
}

TEST_F(FileDigestsTest, AFileThatHasJustChangedIsNotRemembered)
{
  FileDigests digests(&store_);
  digests.of(dir_.write("a", "fresh"), DigestOf::content);
  digests.save();
  EXPECT_EQ(rows(), 0);
}

TEST_F(FileDigestsTest, AFileFromTheFutureIsNotRemembered)
{
  const std::string file = dir_.write("a", "x");
  const timespec times[2] = {{4'000'000'000, 0}, {4'000'000'000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  ::usleep(2'100'000); // its ctime is old enough, its mtime never is
  FileDigests digests(&store_);
  digests.of(file, DigestOf::content);
  digests.save();
  EXPECT_EQ(rows(), 0);
}

TEST_F(FileDigestsTest, AnUnchangedFileIsReadOnce)
{
  const std::string file = old_file("a", "old");
  FileDigests first(&store_);
  const Digest content = first.of(file, DigestOf::content);
  const Digest loaded = first.of(file, DigestOf::loaded);
  first.save();
  EXPECT_EQ(rows(), 2);
  EXPECT_EQ(FileDigests(&store_).of(file, DigestOf::content), content);
  EXPECT_EQ(FileDigests(&store_).of(file, DigestOf::loaded), loaded);
  forge(tests::digest("forged"));
  EXPECT_EQ(FileDigests(&store_).of(file, DigestOf::content), tests::digest("forged")) << "it was read again";
}

// Same size and same mtime; only ctime and inode tell.
TEST_F(FileDigestsTest, AFileThatWasReplacedUnderItsOldTimeIsSeen)
{
  const std::string file = old_file("a", "old");
  FileDigests first(&store_);
  first.of(file, DigestOf::content);
  first.save();
  ASSERT_EQ(rows(), 1);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  dir_.write("a", "new");
  const timespec times[2] = {status.st_atim, status.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  EXPECT_EQ(FileDigests(&store_).of(file, DigestOf::content), git_blob_id("new"));
  fs::rename(dir_.write("b", "abc"), file);
  EXPECT_EQ(FileDigests(&store_).of(file, DigestOf::content), git_blob_id("abc"));
}

TEST_F(FileDigestsTest, FilesThatAreGoneAreForgottenOnAnotherDay)
{
  const std::string file = old_file("a", "old");
  FileDigests first(&store_);
  first.of(file, DigestOf::content);
  first.save();
  fs::remove(file);
  Statement(store_.handle(), "UPDATE numbers SET value = 1 WHERE name = 'digests_pruned'").run();
  FileDigests second(&store_);
  second.of(dir_ / "other", DigestOf::content);
  second.save();
  EXPECT_EQ(rows(), 0);
}

TEST_F(FileDigestsTest, ADamagedStoreOnlyCostsTime)
{
  Statement(store_.handle(), "DROP TABLE file_digests").run();
  const std::string file = dir_.write("a", "hello\n");
  FileDigests digests(&store_);
  EXPECT_EQ(digests.of(file, DigestOf::content), git_blob_id("hello\n"));
  EXPECT_NO_THROW(digests.save());
}

// As an ordinary user for its lifetime.
class Ordinary {
public:
  Ordinary() { EXPECT_EQ(root_ ? ::seteuid(65'534) : 0, 0); }
  ~Ordinary() { EXPECT_EQ(root_ ? ::seteuid(0) : 0, 0); }

private:
  bool root_ = ::geteuid() == 0;
};

// A test that tries to open it learns that it may not, and rests on that.
TEST_F(FileDigestsTest, WhatMayNotBeReadIsItsModeAndOwner)
{
  const std::string file = dir_.write("a", "secret");
  const std::string below = dir_.write("closed/b", "secret");
  const Digest readable = digests_.of(file, DigestOf::content);
  fs::permissions(dir_.path(), fs::perms::all);
  fs::permissions(file, fs::perms::none);
  fs::permissions(dir_ / "closed", fs::perms::none);
  Digest unreadable, other_mode;
  {
    const Ordinary user;
    unreadable = digests_.of(file, DigestOf::content);
    EXPECT_EQ(digests_.of(file, DigestOf::content), unreadable);
    EXPECT_EQ(digests_.of(file, DigestOf::loaded), unreadable);
    EXPECT_FALSE(digests_.of(below, DigestOf::content).absent());
  }
  EXPECT_FALSE(unreadable.absent());
  EXPECT_NE(unreadable, readable);
  fs::permissions(file, fs::perms::owner_exec);
  {
    const Ordinary user;
    other_mode = digests_.of(file, DigestOf::content);
  }
  EXPECT_NE(other_mode, unreadable);
  fs::permissions(file, fs::perms::all);
  const Ordinary user;
  EXPECT_EQ(digests_.of(file, DigestOf::content), readable);
}

} // namespace
} // namespace sluice::cache
