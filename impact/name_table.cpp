#include "impact/name_table.h"

#include <bit>
#include <functional>

namespace sluice::impact {

namespace {

// The slot where the name is, or the empty one where it would be. One slot at least is empty.
std::size_t slot_of(const NameView& names, std::string_view name)
{
  const std::size_t mask = names.slots.size() - 1;
  std::size_t slot = std::hash<std::string_view>{}(name)&mask;
  while (names.slots[slot] != 0 && names[names.slots[slot] - 1] != name) slot = (slot + 1) & mask;
  return slot;
}

} // namespace

std::uint32_t NameView::find(std::string_view name) const
{
  if (slots.empty()) return k_no_name;
  const std::uint32_t found = slots[slot_of(*this, name)];
  return found == 0 ? k_no_name : found - 1;
}

NameTable::NameTable() : offsets_{0}, slots_(16) {}

void NameTable::reserve(std::size_t names)
{
  offsets_.reserve(names + 1);
  if (2 * names > slots_.size()) grow(std::bit_ceil(2 * names));
}

void NameTable::grow(std::size_t slots)
{
  slots_.assign(slots, 0);
  const NameView names = view();
  for (std::uint32_t number = 0; number < names.size(); ++number) slots_[slot_of(view(), names[number])] = number + 1;
}

std::uint32_t NameTable::add(std::string_view name)
{
  std::size_t slot = slot_of(view(), name);
  if (slots_[slot] != 0) return slots_[slot] - 1;
  if (2 * offsets_.size() > slots_.size()) {
    grow(2 * slots_.size());
    slot = slot_of(view(), name);
  }
  bytes_.insert(bytes_.end(), name.begin(), name.end());
  offsets_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  slots_[slot] = static_cast<std::uint32_t>(offsets_.size() - 1);
  return slots_[slot] - 1;
}

} // namespace sluice::impact
