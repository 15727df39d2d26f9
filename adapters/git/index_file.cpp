#include "adapters/git/index_file.h"

#include <cstdint>
#include <string>
#include <utility>

namespace sluice::git {

namespace {

constexpr std::size_t k_header_size = 12;
constexpr std::size_t k_mode_at = 24;
constexpr std::size_t k_id_at = 40; // after ten 32-bit fields of stat data
constexpr std::uint32_t k_assume_unchanged = 0x8000;
constexpr std::uint32_t k_extended = 0x4000;
constexpr std::uint32_t k_skip_worktree = 0x4000; // in the second flag word

std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t size)
{
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

// Reads one entry after the other; false when the bytes do not have the documented form.
class EntryReader {
public:
  EntryReader(std::string_view bytes, std::size_t id_size, std::uint32_t version, Wanted wanted)
    : bytes_(bytes), id_size_(id_size), version_(version), wanted_(wanted)
  {
  }

  bool wants(const IndexEntry& entry) const { return wanted_ == Wanted::every_entry || is_special(entry); }

  std::size_t position() const { return position_; }

  bool read(IndexEntry& entry)
  {
    const std::size_t start = position_;
    const std::size_t flags_at = start + k_id_at + id_size_;
    if (flags_at + 4 > bytes_.size()) return false;
    entry.changed_at = big_endian(bytes_, start, 4);
    entry.mode = big_endian(bytes_, start + k_mode_at, 4);
    entry.id = *digest_from_bytes(bytes_.substr(start + k_id_at, id_size_));
    const std::uint32_t flags = big_endian(bytes_, flags_at, 2);
    entry.assume_unchanged = (flags & k_assume_unchanged) != 0;
    entry.stage = static_cast<std::uint8_t>(flags >> 12 & 3);
    position_ = flags_at + 2;
    entry.skip_worktree = false;
    if (flags & k_extended) {
      if (version_ < 3) return false;
      entry.skip_worktree = (big_endian(bytes_, position_, 2) & k_skip_worktree) != 0;
      position_ += 2;
    }
    return version_ == 4 ? read_compressed_path(entry) : read_padded_path(entry, start);
  }

private:
  bool read_padded_path(IndexEntry& entry, std::size_t start)
  {
    const std::size_t end = bytes_.find('\0', position_);
    if (end == std::string_view::npos || end == position_) return false;
    if (wants(entry)) entry.path = bytes_.substr(position_, end - position_);
    position_ = start + ((end - start + 8) & ~std::size_t{7});
    return position_ <= bytes_.size();
  }

  // Version 4: how much of the previous path to drop, then what to append.
  bool read_compressed_path(IndexEntry& entry)
  {
    std::size_t dropped = 0;
    if (!read_offset(dropped) || dropped > previous_.size()) return false;
    const std::size_t end = bytes_.find('\0', position_);
    if (end == std::string_view::npos) return false;
    previous_.resize(previous_.size() - dropped);
    previous_ += bytes_.substr(position_, end - position_);
    if (previous_.empty()) return false;
    if (wants(entry)) entry.path = previous_;
    position_ = end + 1;
    return true;
  }

  // The variable-length number of pack files' OFS_DELTA.
  bool read_offset(std::size_t& value)
  {
    for (int length = 0; position_ < bytes_.size() && length < 8; ++length) {
      const auto byte = static_cast<std::uint8_t>(bytes_[position_++]);
      value = (length ? value + 1 : 0) << 7 | (byte & 127u);
      if (!(byte & 128u)) return true;
    }
    return false;
  }

  std::string_view bytes_;
  std::size_t id_size_;
  std::uint32_t version_;
  Wanted wanted_;
  std::size_t position_ = k_header_size;
  std::string previous_;
};

// An extension whose name does not start with a capital letter changes what the entries mean.
bool only_optional_extensions(std::string_view bytes, std::size_t position)
{
  while (position < bytes.size()) {
    if (bytes.size() - position < 8) return false;
    if (bytes[position] < 'A' || bytes[position] > 'Z') return false;
    const std::size_t size = big_endian(bytes, position + 4, 4);
    position += 8;
    if (size > bytes.size() - position) return false;
    position += size;
  }
  return true;
}

} // namespace

std::optional<std::vector<IndexEntry>> parse_index(std::string_view bytes, std::size_t id_size, Wanted wanted)
{
  if (bytes.size() < k_header_size + id_size || bytes.substr(0, 4) != "DIRC") return std::nullopt;
  const std::uint32_t version = big_endian(bytes, 4, 4);
  if (version < 2 || version > 4) return std::nullopt;
  const std::string_view body = bytes.substr(0, bytes.size() - id_size); // the checksum stands at the end

  const std::size_t count = big_endian(bytes, 8, 4);
  if (count > body.size() / k_id_at) return std::nullopt;
  std::vector<IndexEntry> entries;
  if (wanted == Wanted::every_entry) entries.reserve(count);
  EntryReader reader(body, id_size, version, wanted);
  IndexEntry entry;
  for (std::size_t i = 0; i < count; ++i) {
    if (!reader.read(entry)) return std::nullopt;
    if (reader.wants(entry)) entries.push_back(std::move(entry));
  }
  if (!only_optional_extensions(body, reader.position())) return std::nullopt;
  return entries;
}

} // namespace sluice::git
