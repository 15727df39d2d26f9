#include "adapters/facts/ninja_deps_log.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace sluice::facts {
namespace {

// Writes the format of ninja's src/deps_log.h.
class LogBytes {
public:
  explicit LogBytes(std::uint32_t version) : version_(version)
  {
    bytes = "# ninjadeps\n";
    word(version);
  }

  LogBytes& path(std::string name)
  {
    const std::uint32_t number = paths_++;
    name.append((4 - name.size() % 4) % 4, '\0');
    word(static_cast<std::uint32_t>(name.size() + 4));
    bytes += name;
    word(~number);
    return *this;
  }

  LogBytes& deps(std::uint32_t output, std::uint64_t mtime, const std::vector<std::uint32_t>& inputs)
  {
    const std::size_t head = version_ == 4 ? 12 : 8;
    word(static_cast<std::uint32_t>(head + 4 * inputs.size()) | 0x80000000u);
    word(output);
    word(static_cast<std::uint32_t>(mtime));
    if (version_ == 4) word(static_cast<std::uint32_t>(mtime >> 32));
    for (const std::uint32_t input : inputs) word(input);
    return *this;
  }

  void word(std::uint32_t value) { bytes.append(reinterpret_cast<const char*>(&value), 4); }

  std::string bytes;

private:
  std::uint32_t version_;
  std::uint32_t paths_ = 0;
};

TEST(NinjaDepsLog, ReadsVersion4AndTakesTheLastRecord)
{
  LogBytes log(4);
  log.path("a.o").path("a.cpp").path("a.h").deps(0, 1, {1}).deps(0, 5'000'000'001ull, {1, 2});
  const NinjaDepsLog read = read_ninja_deps_log(log.bytes);
  EXPECT_EQ(read.problem, "");
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.paths.at(read.records[0].output), "a.o");
  EXPECT_EQ(read.records[0].mtime, 5'000'000'001);
  ASSERT_EQ(read.records[0].size(), 2u);
  EXPECT_EQ(read.paths.at(read.records[0].input(1)), "a.h");
}

TEST(NinjaDepsLog, ReadsVersion3)
{
  LogBytes log(3);
  log.path("out").path("in").deps(0, 77, {1});
  const NinjaDepsLog read = read_ninja_deps_log(log.bytes);
  ASSERT_EQ(read.records.size(), 1u) << read.problem;
  EXPECT_EQ(read.records[0].mtime, 77);
  EXPECT_EQ(read.records[0].input(0), 1u);
}

TEST(NinjaDepsLog, EveryCutKeepsWhatWasWholeAndSaysSo)
{
  LogBytes log(4);
  log.path("a.o").path("a.h").deps(0, 1, {1});
  const std::size_t whole = log.bytes.size();
  log.path("b.o").deps(2, 2, {1});
  for (std::size_t size = whole + 1; size < log.bytes.size(); ++size) {
    const NinjaDepsLog read = read_ninja_deps_log(std::string_view(log.bytes).substr(0, size));
    EXPECT_EQ(read.records.size(), 1u) << size;
    const bool between_records = size == whole + 4 + 8;
    EXPECT_EQ(read.problem.empty(), between_records) << size;
  }
}

TEST(NinjaDepsLog, RefusesWhatCannotBeRight)
{
  LogBytes number(4);
  number.path("a.o").deps(0, 1, {7}); // no such path
  LogBytes output(4);
  output.deps(0, 1, {});
  LogBytes version(9);
  LogBytes checksum(4);
  checksum.path("a");
  checksum.bytes.back() = 'x';
  for (const std::string& bytes : {number.bytes, output.bytes, version.bytes, checksum.bytes, std::string("# ninja")}) {
    const NinjaDepsLog read = read_ninja_deps_log(bytes);
    EXPECT_NE(read.problem, "");
    EXPECT_TRUE(read.records.empty());
  }
}

} // namespace
} // namespace sluice::facts
