#include "cache/present_inputs.h"

#include "cache/row_ranges.h"

#include <algorithm>

namespace sluice::cache {

PresentInputs::PresentInputs(sqlite3* database, const CurrentDigest& current) : database_(database), current_(current)
{
  Statement last(database, "SELECT max(id) FROM inputs");
  const std::int64_t most = last.step() ? last.integer(0) : 0;
  states_.resize(static_cast<std::size_t>(most) + 1, State::unread);
  wanted_.resize(states_.size(), false);
}

void PresentInputs::load(std::vector<SetKey> keys)
{
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::erase_if(keys, [&](SetKey key) { return sets_.contains(key); });
  read_sets(keys);
  read_inputs();
  for (const SetKey key : keys) {
    Members& set = sets_[key]; // one that was not found is not readable and does not hold
    const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(set.begin);
    const auto differing = std::count_if(begin, begin + static_cast<std::ptrdiff_t>(set.count),
                                         [&](InputKey input) { return states_[input] != State::same; });
    set.differing = static_cast<std::size_t>(differing);
  }
}

void PresentInputs::read_sets(const std::vector<SetKey>& keys)
{
  Statement rows(database_, "SELECT id, members FROM input_sets WHERE id BETWEEN ?1 AND ?2");
  std::vector<InputKey> members;
  auto next = keys.begin();
  for_each_range(keys, [&](std::int64_t first, std::int64_t last) {
    rows.bind(1, first).bind(2, last);
    while (rows.step()) {
      const SetKey key = rows.integer(0);
      while (next != keys.end() && *next < key) ++next;
      if (next == keys.end() || *next != key) continue;
      Members set;
      set.readable = decode_members(rows.blob(1), members) && (members.empty() || members.back() < states_.size());
      set.begin = members_.size();
      set.count = set.readable ? members.size() : 0;
      for (std::size_t i = 0; i < set.count; ++i) {
        if (wanted_[members[i]]) continue;
        wanted_[members[i]] = true;
        unread_.push_back(members[i]);
      }
      members_.insert(members_.end(), members.begin(), members.begin() + static_cast<std::ptrdiff_t>(set.count));
      sets_.emplace(key, set);
    }
    rows.reset();
  });
}

void PresentInputs::read_inputs()
{
  std::sort(unread_.begin(), unread_.end());
  Statement rows(database_, "SELECT id, kind, name, digest, versions_of FROM inputs WHERE id BETWEEN ?1 AND ?2");
  for_each_range(unread_, [&](std::int64_t first, std::int64_t last) {
    rows.bind(1, first).bind(2, last);
    while (rows.step()) judge_input(rows);
    rows.reset();
  });
  unread_.clear();
}

void PresentInputs::judge_input(Statement& row)
{
  const auto key = static_cast<InputKey>(row.integer(0));
  if (key >= states_.size() || !wanted_[key] || states_[key] != State::unread) return;
  states_[key] = State::differs;
  const auto kind = kind_of(row.integer(1));
  if (!kind) return;
  scratch_.assign(row.text(2));
  const std::string_view recorded = row.blob(3);
  const Digest& present = now_of(row, *kind);
  if (present.view() == recorded) {
    states_[key] = State::same;
  } else if (const auto digest = digest_from_bytes(recorded)) {
    differing_.emplace(key, Input{*kind, scratch_, *digest});
  }
}

bool PresentInputs::holds(SetKey key) const
{
  const auto found = sets_.find(key);
  return found != sets_.end() && found->second.readable && found->second.differing == 0;
}

const Input* PresentInputs::difference(SetKey key) const
{
  const auto found = sets_.find(key);
  if (found == sets_.end()) return nullptr;
  const Input* least = nullptr;
  for (std::size_t i = 0; i < found->second.count; ++i) {
    const InputKey input = members_[found->second.begin + i];
    if (states_[input] != State::differs) continue;
    const auto at = differing_.find(input);
    if (at != differing_.end() && (!least || at->second < *least)) least = &at->second;
  }
  return least;
}

std::size_t PresentInputs::differences(SetKey key) const
{
  const auto found = sets_.find(key);
  return found == sets_.end() ? 0 : found->second.differing;
}

// `scratch_` holds the name. Most names have one version: those need no memory of what was asked.
const Digest& PresentInputs::now_of(Statement& row, InputKind kind)
{
  const std::int64_t first = row.integer(4);
  if (first == 0) return single_ = current_(kind, scratch_);
  const auto [at, fresh] = versioned_.try_emplace(first);
  if (fresh) at->second = current_(kind, scratch_);
  return at->second;
}

} // namespace sluice::cache
