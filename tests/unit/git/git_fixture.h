// What the tests of this folder share: git without the machine's configuration, and git's own answers to compare with.
#pragma once

#include "adapters/git/repository.h"
#include "model/error.h"
#include "tests/support/temp_repo.h"

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sluice::git {

using tests::TempRepo;

// A variable of the environment for as long as this lives.
class Variable {
public:
  Variable(const char* name, const std::string& value) : name_(name)
  {
    if (const char* old = std::getenv(name)) old_ = old, had_value_ = true;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable()
  {
    if (had_value_) ::setenv(name_, old_.c_str(), 1);
    else ::unsetenv(name_);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

private:
  const char* name_;
  std::string old_;
  bool had_value_ = false;
};

// As if the index had been written a while after the files: git's word for them is taken then.
inline void let_index_age(const TempRepo& repo, const std::string& folder)
{
  const std::string index = repo.run_in(folder, {"rev-parse", "--path-format=absolute", "--git-path", "index"});
  std::filesystem::last_write_time(index, std::filesystem::file_time_type::clock::now() + std::chrono::seconds(10));
}

class GitTest : public ::testing::Test {
  Variable no_global_{"GIT_CONFIG_GLOBAL", "/dev/null"};
  Variable no_system_{"GIT_CONFIG_NOSYSTEM", "1"};
};

using Paths = std::set<std::string>;

// Every path that counts as changed: of a rename both.
inline Paths paths_of(const std::vector<ChangedPath>& changes)
{
  Paths paths;
  for (const ChangedPath& change : changes) {
    paths.insert(change.path);
    if (!change.old_path.empty()) paths.insert(change.old_path);
  }
  return paths;
}

inline Paths split(const std::string& text)
{
  Paths paths;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\0', start), text.size());
    paths.insert(text.substr(start, end - start));
    start = end + 1;
  }
  return paths;
}

// What git itself says differs between two commits.
inline Paths git_diff(const TempRepo& repo, const std::string& folder, const std::string& range)
{
  return split(repo.run_in(folder, {"diff", "--name-only", "--no-renames", "-z", range}));
}

// What git itself says differs from HEAD in the working tree.
inline Paths git_status(const TempRepo& repo, const std::string& folder)
{
  Paths paths;
  for (const std::string& record : split(repo.run_in(folder, {"status", "--porcelain", "-z", "--no-renames", "-uall"})))
    paths.insert(record.substr(3));
  return paths;
}

inline std::map<std::string, TreeFile> by_path(std::vector<TreeFile> files)
{
  std::map<std::string, TreeFile> result;
  for (TreeFile& file : files) {
    const std::string path = file.path;
    result.emplace(path, std::move(file));
  }
  return result;
}

// The kind of the change at `path`; fails the test when there is none.
inline ChangeKind kind_at(const std::vector<ChangedPath>& changes, const std::string& path)
{
  for (const ChangedPath& change : changes)
    if (change.path == path) return change.kind;
  ADD_FAILURE() << path << " is not among the changes";
  return ChangeKind::added;
}

// Kind and next step of the error that `function` throws.
template <typename Function> Error error_of(Function function)
{
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {ErrorKind::world, ""};
}

} // namespace sluice::git
