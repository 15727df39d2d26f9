// A store in a private folder and a small world of inputs that can change.
#pragma once

#include "cache/hashing.h"
#include "cache/sqlite.h"
#include "cache/store.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/cache/run_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice::tests {

inline Digest digest(const std::string& text)
{
  return cache::sha256(text);
}

inline Input content(const std::string& name, const std::string& text)
{
  return {InputKind::content, name, digest(text)};
}

inline Input definition(const std::string& test, const std::string& text = "as ever")
{
  return {InputKind::definition, test, digest(text)};
}

inline TestCase test_case(const std::string& id)
{
  TestCase test;
  test.id = {id};
  return test;
}

class StoreTest : public ::testing::Test {
protected:
  // No test may come out right because the store was set aside meanwhile.
  void TearDown() override { EXPECT_EQ(store_.notice(), ""); }

  // The world as it is now: what is not in it is absent.
  void set(const Input& input) { world_[{input.kind, input.name}] = input.digest; }
  void set(const InputSet& inputs)
  {
    for (const Input& input : inputs) set(input);
  }
  void remove(const std::string& file) { world_.erase({InputKind::content, file}); }

  cache::CurrentDigest current()
  {
    return [this](InputKind kind, const std::string& name) {
      ++asked_[{kind, name}];
      const auto found = world_.find({kind, name});
      return found == world_.end() ? Digest{} : found->second;
    };
  }

  // Records a run in which every test rested on the same inputs.
  void record(RunRecord run, const InputSet& inputs)
  {
    store_.record(run, [&](const TestId&) { return &inputs; });
  }
  void record_blind(RunRecord run)
  {
    store_.record(run, [](const TestId&) { return nullptr; });
  }

  ProofState check(const std::string& test)
  {
    const std::vector<TestCase> tests{test_case(test)};
    return store_.check(tests, current()).front();
  }
  ProofState::Kind state(const std::string& test) { return check(test).kind; }

  std::int64_t count(const std::string& sql)
  {
    cache::Statement statement(store_.handle(), sql);
    return statement.step() ? statement.integer(0) : -1;
  }

  std::string folder() const { return dir_ / "store"; }
  std::vector<std::string> files() const
  {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) names.push_back(entry.path().filename());
    return names;
  }

  TempDir dir_;
  cache::Store store_ = cache::Store::open(folder());
  std::map<std::pair<InputKind, std::string>, Digest> world_;
  std::map<std::pair<InputKind, std::string>, int> asked_;
};

} // namespace sluice::tests
