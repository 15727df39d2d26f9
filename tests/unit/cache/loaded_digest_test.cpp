// What counts of a native program, on real builds.
#include "cache/file_digests.h"
#include "cache/hashing.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/cache/shell.h"

#include <gtest/gtest.h>

#include <elf.h>

#include <cstring>
#include <map>
#include <random>

namespace sluice::cache {
namespace {

using tests::shell;

constexpr const char* k_program = R"(#include <cstdio>
struct Shape { virtual ~Shape() = default; virtual int sides() const { return 3; } };
struct Square : Shape { int sides() const override { return 4; } };
static const char* k_text = "a text in read-only data";
static int counter = 42;
static char room[4096];
/* one */ int main(int argc, char**)
{
  const Square square; const Shape& shape = square;
  room[argc] = 1;
  return std::printf("%s %d %d %d\n", k_text, counter, shape.sides(), room[argc + 1]);
}
)";

class LoadedDigestTest : public ::testing::Test {
protected:
  void SetUp() override
  {
    if (!tests::has_tool("g++")) GTEST_SKIP() << "there is no g++";
  }

  // The digest of `source` built with `flags` as DIR/program; always the same names, as in a build folder.
  Digest build(const std::string& source, const std::string& flags)
  {
    dir_.write("program.cpp", source);
    const auto result = shell(dir_.path(), "g++ program.cpp -o program " + flags);
    EXPECT_EQ(result.status, 0) << result.output;
    bytes_ = dir_.read("program");
    return loaded();
  }
  Digest loaded() { return FileDigests(nullptr).of(dir_ / "program", DigestOf::loaded); }

  static std::string changed(const std::string& from, const std::string& to)
  {
    std::string source = k_program;
    const std::size_t at = source.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? source : source.replace(at, from.size(), to);
  }

  tests::TempDir dir_;
  std::string bytes_; // of the last build
};

class EveryWayToLink : public LoadedDigestTest, public ::testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(Links, EveryWayToLink,
                         ::testing::Values("-g -pie -fPIE", "-g -no-pie", "-g -static", "-g -static-pie",
                                           "-g -shared -fPIC", "-g -O2 -Wl,-z,noseparate-code"));

TEST_P(EveryWayToLink, ACommentChangesTheFileButNotWhatIsLoaded)
{
  const Digest before = build(k_program, GetParam());
  const std::string file = bytes_;
  const Digest after = build(changed("/* one */", "/* another, longer comment */"), GetParam());
  EXPECT_NE(bytes_, file) << "the test shows nothing";
  EXPECT_EQ(after, before);
}

TEST_P(EveryWayToLink, StrippingChangesNothing)
{
  const Digest before = build(k_program, GetParam());
  for (const char* how : {"strip --strip-debug program", "strip --strip-all program"}) {
    const auto result = shell(dir_.path(), how);
    ASSERT_EQ(result.status, 0) << result.output;
    EXPECT_NE(dir_.read("program"), bytes_);
    EXPECT_EQ(loaded(), before) << how;
  }
}

TEST_P(EveryWayToLink, AChangeOfCodeOrOfTextIsSeen)
{
  const Digest before = build(k_program, GetParam());
  EXPECT_NE(build(changed("{ return 4; }", "{ return 5; }"), GetParam()), before);
  EXPECT_NE(build(changed("a text in", "A text in"), GetParam()), before);
}

class ChangeOfBehaviour : public LoadedDigestTest,
                          public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

INSTANTIATE_TEST_SUITE_P(Changes, ChangeOfBehaviour,
                         ::testing::Values(std::pair{"counter = 42", "counter = 43"},
                                           std::pair{"sides() const { return 3; }", "sides() const { return 6; }"},
                                           std::pair{"sides() const override", "slides() const"},
                                           std::pair{"const Square square;", "const Shape square;"},
                                           std::pair{"room[4096]", "room[4096 * 16]"},
                                           std::pair{"static char room", "alignas(1024) static char room"},
                                           std::pair{"room[argc] = 1", "room[argc] = 2"}));

// Not optimised, so that what the source says is in the code.
TEST_P(ChangeOfBehaviour, IsSeen)
{
  const Digest before = build(k_program, "-g -O0");
  EXPECT_NE(build(changed(GetParam().first, GetParam().second), "-g -O0"), before);
  EXPECT_EQ(build(k_program, "-g -O0"), before) << "the same build twice is the same";
}

TEST_F(LoadedDigestTest, WithAndWithoutDebugInformationIsTheSame)
{
  EXPECT_EQ(build(k_program, "-g3"), build(k_program, "-g0"));
}

TEST_F(LoadedDigestTest, BuildIdsDoNotCount)
{
  const Digest before = build(k_program, "-Wl,--build-id=0x0102030405060708");
  const std::string file = bytes_;
  EXPECT_EQ(build(k_program, "-Wl,--build-id=0x1112131415161718"), before);
  EXPECT_NE(bytes_, file);
}

// Attack: a table that the program works with looks like a build id, or like a second one.
TEST_F(LoadedDigestTest, DataThatLooksLikeABuildIdCounts)
{
  const std::string source = R"(
    asm(".section .note.table,\"a\",@note\n .long 4, SIZE, 3\n .asciz \"GNU\"\n .globl table\ntable: .fill SIZE, 1, VALUE\n"
        ".previous");
    extern "C" const char table[];
    int main() { return table[1]; })";
  const auto with = [&](std::string text, const std::string& size, const std::string& value) {
    for (const auto& [word, by] : {std::pair("SIZE", size), std::pair("VALUE", value)})
      for (std::size_t at = 0; (at = text.find(word)) != std::string::npos;) text.replace(at, std::strlen(word), by);
    return text;
  };
  const std::string one_id = "-Wl,--build-id=0x0102030405060708", none = "-Wl,--build-id=none";
  EXPECT_NE(build(with(source, "4096", "1"), none), build(with(source, "4096", "2"), none));
  EXPECT_NE(build(with(source, "16", "1"), one_id), build(with(source, "16", "2"), one_id));
}

TEST_F(LoadedDigestTest, WhatTheLoaderIsToldCounts)
{
  shell(dir_.path(), "echo 'int one;' > one.c; gcc -shared one.c -o libone.so; gcc -shared one.c -o libtwo.so");
  std::map<Digest, std::string> seen;
  for (const char* flags :
       {"", "-Wl,--no-as-needed -L. -lone", "-Wl,--no-as-needed -L. -ltwo", "-Wl,-rpath,/opt/a", "-Wl,-rpath,/opt/b",
        "-Wl,-z,now", "-Wl,-z,execstack", "-Wl,--dynamic-linker=/lib/other.so"}) {
    const auto [at, fresh] = seen.emplace(build(k_program, flags), flags);
    EXPECT_TRUE(fresh) << flags << " is as " << at->second;
  }
}

TEST_F(LoadedDigestTest, AppendedBytesCount)
{
  const Digest before = build(k_program, "-g");
  dir_.write("program", bytes_ + "archive 1");
  const Digest one = loaded();
  dir_.write("program", bytes_ + "archive 2");
  EXPECT_NE(one, before);
  EXPECT_NE(loaded(), one);
}

TEST_F(LoadedDigestTest, SectionsOfUnknownNameCount)
{
  const Digest before = build(k_program, "-g");
  dir_.write("resource", "one");
  ASSERT_EQ(shell(dir_.path(), "objcopy --add-section .resource=resource program").status, 0);
  const Digest one = loaded();
  dir_.write("resource", "two");
  ASSERT_EQ(shell(dir_.path(), "objcopy --update-section .resource=resource program").status, 0);
  EXPECT_NE(one, before);
  EXPECT_NE(loaded(), one);
}

TEST_F(LoadedDigestTest, ObjectsAndArchivesAreTakenWhole)
{
  dir_.write("a.cpp", "int a() { return 1; }");
  ASSERT_EQ(shell(dir_.path(), "g++ -c a.cpp -o program").status, 0);
  EXPECT_EQ(loaded(), sha256(dir_.read("program")));
  ASSERT_EQ(shell(dir_.path(), "mv program a.o && ar rcs program a.o").status, 0);
  EXPECT_EQ(loaded(), sha256(dir_.read("program")));
}

TEST_F(LoadedDigestTest, ATruncatedProgramIsTakenWhole)
{
  build(k_program, "-g");
  for (const std::size_t size :
       {bytes_.size() - 1, bytes_.size() / 2, std::size_t{64}, std::size_t{20}, std::size_t{4}}) {
    dir_.write("program", bytes_.substr(0, size));
    EXPECT_EQ(loaded(), sha256(bytes_.substr(0, size))) << size;
  }
}

// Whatever is in the header tables: no crash, and a digest.
TEST_F(LoadedDigestTest, DamagedHeadersDoNoHarm)
{
  build(k_program, "-g");
  const unsigned seed = std::random_device{}();
  RecordProperty("seed", static_cast<int>(seed));
  std::mt19937 random(seed);
  Elf64_Ehdr header{};
  std::memcpy(&header, bytes_.data(), sizeof header);
  for (int i = 0; i < 500; ++i) {
    std::string damaged = bytes_;
    const std::size_t table = i % 2 == 0 ? 16 : header.e_shoff;
    for (int k = 0; k < 4; ++k) damaged[table + random() % 1'000] = static_cast<char>(random());
    dir_.write("program", damaged);
    ASSERT_FALSE(loaded().absent()) << "seed " << seed << ", round " << i;
    loaded_libraries(dir_ / "program");
  }
}

// Of bytes that are mapped, each one counts but those of the build id and the four header fields.
TEST_F(LoadedDigestTest, AnyMappedByteCounts)
{
  const Digest before = build(k_program, "-Wl,--build-id=none");
  Elf64_Ehdr header{};
  std::memcpy(&header, bytes_.data(), sizeof header);
  std::vector<std::size_t> positions;
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    std::memcpy(&segment, bytes_.data() + header.e_phoff + static_cast<std::size_t>(i) * sizeof segment,
                sizeof segment);
    if (segment.p_type != PT_LOAD) continue;
    for (std::size_t at = 0; at < segment.p_filesz; at += 61) positions.push_back(segment.p_offset + at);
  }
  ASSERT_GT(positions.size(), 50u);
  for (const std::size_t at : positions) {
    const bool masked = (at >= 40 && at < 48) || (at >= 58 && at < 64);
    if (masked) continue;
    std::string other = bytes_;
    other[at] = static_cast<char>(other[at] ^ 1);
    dir_.write("program", other);
    EXPECT_NE(loaded(), before) << at;
  }
}

} // namespace
} // namespace sluice::cache
