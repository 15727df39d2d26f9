// What the outcome of each test rests on, with present digests. Recorded with a pass these inputs are the test's proof;
// compared with recorded ones they tell whether that proof still holds.
#pragma once

#include "cache/file_digests.h"
#include "cli/selection/picture.h"
#include "model/proof.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::cli {

class CurrentInputs {
public:
  // All four outlive this object. `tree` is the picture's, or the same tree looked at again.
  CurrentInputs(const Project& project, const Picture& picture, const TreeFiles& tree, cache::FileDigests& digests);

  // The same tests in the tree as it is after the run. `before` outlives this object.
  CurrentInputs(const CurrentInputs& before, const TreeFiles& tree);

  // take() notes what the test rests on by fact as it is now; remembered() returns that, whatever changes later. Null
  // if it was not taken. Valid until the next call.
  void remember(TestIndex test);
  const InputSet* remembered(TestIndex test);

  // Digest of one input as it is now; the empty digest if there is no such thing. Each is worked out once.
  Digest digest(InputKind kind, const std::string& name);

  // What a test rests on by fact, with present digests. Valid until the next call.
  const InputSet& of(TestIndex test);

  // The tests that a test stands on (fixtures, DEPENDS): it rests on all that they rest on.
  const std::vector<TestIndex>& stands_on(TestIndex test) const { return stands_on_[static_cast<std::size_t>(test)]; }
  // The digest of how the test is started and judged.
  const Digest& definition(TestIndex test) const { return definitions_[static_cast<std::size_t>(test)]; }

private:
  const InputSet& shared_set(ProgramId program);
  InputSet rests_on(const Program& program);
  void add_program_files(const Program& program, InputSet& inputs);
  Digest compute(InputKind kind, const std::string& name);
  Digest definition_of(const std::string& test) const;
  Digest file_content(const std::string& name);
  Digest files_of_role(bool with_known);
  Digest matched_files(const std::string& glob);
  Digest loose_outputs();
  std::vector<std::string> stamps() const;
  Digest configured_files();
  Digest entry(const std::string& name) const;
  Digest metadata(const std::string& name) const;
  Digest listing(const std::string& name) const;
  std::string absolute(const std::string& name) const;

  const Project& project_;
  const Picture& picture_;
  const TreeFiles& tree_;
  cache::FileDigests& digests_;
  std::vector<Digest> definitions_; // how each test is started and judged, in the catalogue's order
  std::vector<std::vector<TestIndex>> stands_on_;
  std::vector<InputSet> sets_; // what the tests of a program have in common; empty until asked for
  InputSet current_;           // what of() returned last
  struct NameHash {
    std::size_t operator()(const std::pair<InputKind, std::string>& input) const
    {
      return std::hash<std::string>{}(input.second) ^ static_cast<std::size_t>(input.first);
    }
  };
  std::unordered_map<std::pair<InputKind, std::string>, Digest, NameHash> known_;
};

} // namespace sluice::cli
