// Which recorded inputs are the same now. Asks for the present digest of each (kind, name) once, however many sets and
// versions name it (definitions, which callers have at hand, as often as they are named), and judges each set once.
// Whatever cannot be read back counts as different: damage widens.
// Knows the tables `inputs` and `input_sets`, nothing of tests.
#pragma once

#include "cache/input_sets.h"
#include "cache/store.h"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::cache {

class PresentInputs {
public:
  PresentInputs(sqlite3* database, const CurrentDigest& current);

  // Reads these sets and what they name; sets that are known already cost nothing.
  void load(std::vector<SetKey> keys);

  // True if every input of the loaded set is the same now.
  bool holds(SetKey key) const;
  // The first input, by kind and name, that is not the same now; nullptr if there is none or the set is unreadable.
  const Input* difference(SetKey key) const;

  // How many of them are not; 0 also for an unreadable set.
  std::size_t differences(SetKey key) const;

private:
  enum class State : unsigned char { unread, same, differs };
  struct Members {
    std::size_t begin = 0;
    std::size_t count = 0;
    bool readable = false;
    std::size_t differing = 0;
  };

  void read_sets(const std::vector<SetKey>& keys);
  void read_inputs();
  void judge_input(Statement& row);
  const Digest& now_of(Statement& row, InputKind kind);

  sqlite3* database_;
  const CurrentDigest& current_;
  std::unordered_map<SetKey, Members> sets_;
  std::vector<InputKey> members_; // of all sets, one after another
  std::vector<State> states_;     // by InputKey
  std::vector<InputKey> unread_;  // named by a set, not read yet
  std::vector<bool> wanted_;      // by InputKey: is or was in unread_
  std::unordered_map<InputKey, Input> differing_;
  std::unordered_map<std::int64_t, Digest> versioned_; // of names with several versions, by inputs.versions_of
  Digest single_;                                      // of the last name with one version: never asked for again
  std::string scratch_;
};

} // namespace sluice::cache
