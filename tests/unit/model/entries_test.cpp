#include "model/entries.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <stdexcept>
#include <vector>

namespace sluice {
namespace {

// Counts up; cannot be gone on with at 3.
struct Counter {
  int at = -1;
  int operator*() const { return at; }
  Counter& operator++() { throw std::runtime_error("++"); }
  Counter& increment(std::error_code& failed)
  {
    if (at == 3) failed = std::make_error_code(std::errc::permission_denied);
    at = at == 5 ? -1 : at + 1;
    return *this;
  }
  bool operator!=(const Counter& other) const { return at != other.at; }
};

std::vector<int> from(Counter first, std::error_code& failed)
{
  std::vector<int> seen;
  for (const int entry : entries(first, failed)) seen.push_back(entry);
  return seen;
}

TEST(Entries, EndWhereTheyEnd)
{
  std::error_code failed;
  EXPECT_EQ(from(Counter{4}, failed), (std::vector<int>{4, 5}));
  EXPECT_EQ(from(Counter{}, failed), std::vector<int>{});
  EXPECT_FALSE(failed);
}

TEST(Entries, EndWhereTheyCannotBeGoneOnWithAndSayWhy)
{
  std::error_code failed;
  EXPECT_EQ(from(Counter{1}, failed), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(failed, std::errc::permission_denied);
}

} // namespace
} // namespace sluice
