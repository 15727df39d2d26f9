#include "runner/sandbox/fast_path/fast_choice.h"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

namespace sluice::sandbox {
namespace {

std::string bytes_of(const char* file)
{
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bool first(std::string_view elf)
{
  return needs_first_place([elf](std::uint64_t offset, void* to, std::size_t size) {
    if (offset >= elf.size()) return std::size_t{0};
    const std::size_t got = std::min<std::size_t>(size, elf.size() - static_cast<std::size_t>(offset));
    std::memcpy(to, elf.data() + offset, got);
    return got;
  });
}

TEST(FastChoice, AnOrdinaryProgramNeedsNoFirstPlace)
{
  EXPECT_FALSE(first(bytes_of(SLUICE_FAST_CALLER)));
}

TEST(FastChoice, WhatCannotBeReadMay)
{
  const std::string program = bytes_of(SLUICE_FAST_CALLER);
  ASSERT_FALSE(program.empty());
  EXPECT_TRUE(first(""));
  EXPECT_TRUE(first("#!/bin/sh\n"));
  for (const std::size_t size : {16u, 63u, 64u, 200u, 700u}) EXPECT_TRUE(first(program.substr(0, size))) << size;
}

TEST(FastChoice, ASanitizersLibraryIsKnownByItsName)
{
  std::string program = bytes_of(SLUICE_FAST_CALLER);
  const std::size_t at = program.find(std::string("libc.so.6") + '\0');
  ASSERT_NE(at, std::string::npos);
  for (const char* name : {"libasan.8", "libtsan.2", "liblsan.0"}) {
    program.replace(at, 9, name);
    EXPECT_TRUE(first(program)) << name;
  }
}

} // namespace
} // namespace sluice::sandbox
