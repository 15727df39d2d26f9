// The table of path calls against the numbers of the kernel's own headers.
#include "runner/sandbox/observe/path_calls.h"
#include "runner/sandbox/observe/path_filter.h"

#include <fstream>
#include <gmock/gmock.h>
#include <linux/audit.h>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace sluice::sandbox {
namespace {

std::map<std::string, int> numbers_of(const std::string& header)
{
  std::map<std::string, int> numbers;
  std::ifstream file("/usr/include/x86_64-linux-gnu/asm/" + header);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string define;
    std::string name;
    int number = 0;
    if (words >> define >> name >> number && name.starts_with("__NR_")) numbers[name.substr(5)] = number;
  }
  return numbers;
}

void compare(const std::string& header, std::int16_t PathCall::*number)
{
  const std::map<std::string, int> numbers = numbers_of(header);
  if (numbers.empty()) GTEST_SKIP() << "no " << header << " on this machine";
  std::set<std::string> named;
  for (const PathCall& call : path_calls()) {
    const auto known = numbers.find(std::string(call.name));
    if (call.*number == k_none) continue;
    named.insert(std::string(call.name));
    if (known == numbers.end())
      EXPECT_GT(call.*number, 450) << call.name << " is newer than these headers"; // those of 6.1
    else EXPECT_EQ(call.*number, known->second) << call.name;
  }
  // A call that the other architecture has in the table and this one has, too, is not forgotten here.
  for (const PathCall& call : path_calls())
    EXPECT_EQ(numbers.contains(std::string(call.name)),
              named.contains(std::string(call.name)) && numbers.contains(std::string(call.name)))
      << call.name;
}

TEST(PathCalls, NumbersAreThoseOfTheKernel)
{
  compare("unistd_64.h", &PathCall::x86_64);
}

TEST(PathCalls, NumbersOf32BitAreThoseOfTheKernel)
{
  compare("unistd_32.h", &PathCall::i386);
}

TEST(PathCalls, ARowIsFoundByItsNumber)
{
  for (const PathCall& call : path_calls()) {
    EXPECT_EQ(find_path_call(AUDIT_ARCH_X86_64, call.x86_64), call.x86_64 == k_none ? nullptr : &call);
    EXPECT_EQ(find_path_call(AUDIT_ARCH_I386, call.i386), call.i386 == k_none ? nullptr : &call);
  }
  EXPECT_EQ(find_path_call(AUDIT_ARCH_X86_64, 0), nullptr); // read
  EXPECT_EQ(find_path_call(AUDIT_ARCH_X86_64, -1), nullptr);
  EXPECT_EQ(find_path_call(AUDIT_ARCH_X86_64, static_cast<int>(k_first_unknown_call)), nullptr);
}

} // namespace
} // namespace sluice::sandbox
