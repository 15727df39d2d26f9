// Byte strings, each kept once and numbered from 0 in the order they came: one look-up tells whether a string is new.
// It never forgets one but all (clear). Made for a few thousand short look-ups per millisecond: open addressing, no
// allocation for a string that is there. Nothing in it knows that the strings are paths.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::sandbox {

class PathTable {
public:
  struct Found {
    std::uint32_t index;
    bool is_new;
  };

  Found add(std::string_view text)
  {
    if ((texts_.size() + 1) * 2 > slots_.size()) grow();
    const std::uint64_t hash = hash_of(text);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
      Slot& slot = slots_[at];
      if (slot.number == 0) {
        texts_.push_back(keep(text));
        slot = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(texts_.size())};
        return {slot.number - 1, true};
      }
      if (slot.check == static_cast<std::uint32_t>(hash >> 32) && texts_[slot.number - 1] == text)
        return {slot.number - 1, false};
    }
  }

  std::string_view operator[](std::uint32_t index) const { return texts_[index]; }
  std::size_t size() const { return texts_.size(); }

  void clear()
  {
    if (texts_.empty()) return;
    texts_.clear();
    if (!blocks_.empty()) { // most batches need no more than the first, which is never smaller than this
      blocks_.resize(1);
      left_ = k_block;
      free_ = blocks_.front().get();
    }
    slots_.assign(k_first_slots, {});
  }

private:
  struct Slot {
    std::uint32_t check = 0;
    std::uint32_t number = 0; // index + 1; 0: free
  };
  static constexpr std::size_t k_first_slots = 1024;
  static constexpr std::size_t k_block = 64 * 1024;

  // Eight bytes at a time, multiplied and folded as wyhash does. Names come from the tests: one who makes them collide
  // makes his own run slow.
  static std::uint64_t hash_of(std::string_view text)
  {
    std::uint64_t hash = 0x9e3779b97f4a7c15 ^ text.size();
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; at += 8, left -= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      hash = mix(hash ^ word);
    }
    std::uint64_t word = 0;
    std::memcpy(&word, at, left);
    return mix(hash ^ word);
  }
  static std::uint64_t mix(std::uint64_t value)
  {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(value) * 0xa0761d6478bd642f;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::string_view keep(std::string_view text)
  {
    if (left_ < text.size()) {
      left_ = text.size() > k_block ? text.size() : k_block;
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
      free_ = blocks_.back().get();
    }
    if (!text.empty()) std::memcpy(free_, text.data(), text.size());
    const std::string_view kept(free_, text.size());
    free_ += text.size();
    left_ -= text.size();
    return kept;
  }

  void grow()
  {
    std::vector<Slot> old(slots_.empty() ? k_first_slots : slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (std::uint32_t index = 0; index < texts_.size(); ++index) {
      const std::uint64_t hash = hash_of(texts_[index]);
      std::size_t at = hash & mask;
      while (slots_[at].number != 0) at = (at + 1) & mask;
      slots_[at] = {static_cast<std::uint32_t>(hash >> 32), index + 1};
    }
  }

  std::vector<Slot> slots_;
  std::vector<std::string_view> texts_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;
  std::size_t left_ = 0;
};

} // namespace sluice::sandbox
