// One commit of a change, for tests of authorship: a person's hand-made commit unless told otherwise.
#pragma once

#include "model/change_set.h"
#include "policy/authorship.h"

#include <string>
#include <utility>

namespace sluice::policy::tests {

inline std::vector<std::string> texts(const CommitAuthorship& commit)
{
  std::vector<std::string> lines;
  for (const Evidence& evidence : commit.evidence) lines.push_back(evidence.text);
  return lines;
}

class ACommit {
public:
  ACommit()
  {
    commit_.id = "1234567890123456789012345678901234567890";
    commit_.author = commit_.committer = {"Dana Example", "dana@example.org"};
    commit_.message = "Fix the parser\n";
  }
  ACommit& by(std::string name, std::string email)
  {
    commit_.author = commit_.committer = {std::move(name), std::move(email)};
    return *this;
  }
  ACommit& committed_by(std::string name, std::string email)
  {
    commit_.committer = {std::move(name), std::move(email)};
    return *this;
  }
  ACommit& at(std::int64_t seconds)
  {
    commit_.author_time = seconds;
    return *this;
  }
  ACommit& saying(std::string message)
  {
    commit_.message = std::move(message);
    return *this;
  }
  ACommit& of(std::vector<std::string> parents)
  {
    commit_.parents = std::move(parents);
    return *this;
  }
  ACommit& in(std::string encoding)
  {
    commit_.encoding = std::move(encoding);
    return *this;
  }
  // A subject, a blank line, and this.
  ACommit& ending(const std::string& lines) { return saying("Fix the parser\n\n" + lines + "\n"); }

  CommitAuthorship classified() const
  {
    ChangeSet change;
    change.commits = {commit_};
    return classify(change).at(0);
  }
  std::vector<std::string> texts() const { return tests::texts(classified()); }
  const Commit& commit() const { return commit_; }
  Authorship authorship() const { return classified().authorship; }

private:
  Commit commit_;
};

} // namespace sluice::policy::tests
