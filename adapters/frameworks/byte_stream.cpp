#include "adapters/frameworks/byte_stream.h"

#include <bit>

namespace sluice::frameworks {

namespace {

void append_number(std::string& out, std::uint64_t value)
{
  while (value >= 0x80) {
    out += static_cast<char>(static_cast<unsigned char>(value | 0x80));
    value >>= 7;
  }
  out += static_cast<char>(value);
}

} // namespace

void ByteWriter::number(std::uint64_t value)
{
  append_number(body_, value);
}

void ByteWriter::signed_number(std::int64_t value)
{
  const auto bits = static_cast<std::uint64_t>(value);
  number((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void ByteWriter::real(double value)
{
  number(std::bit_cast<std::uint64_t>(value));
}

void ByteWriter::raw(std::string_view bytes)
{
  number(bytes.size());
  body_ += bytes;
}

void ByteWriter::text(std::string_view string)
{
  const auto [at, added] = known_.try_emplace(string, static_cast<std::uint32_t>(table_.size()));
  if (added) table_.push_back(string);
  number(at->second);
}

void ByteWriter::texts(const std::vector<std::string>& strings)
{
  number(strings.size());
  for (const std::string& string : strings) text(string);
}

std::string ByteWriter::finish(std::string_view header) const
{
  std::string out(header);
  append_number(out, table_.size());
  for (const std::string_view string : table_) {
    append_number(out, string.size());
    out += string;
  }
  return out += body_;
}

ByteReader::ByteReader(std::string_view bytes, std::string_view header) : rest_(bytes)
{
  if (!rest_.starts_with(header)) {
    fail();
    return;
  }
  rest_.remove_prefix(header.size());
  const std::size_t strings = count();
  table_.reserve(strings);
  for (std::size_t i = 0; i < strings && good_; ++i) table_.push_back(raw());
}

void ByteReader::fail()
{
  good_ = false;
  rest_ = {};
}

std::uint64_t ByteReader::number()
{
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail();
  return 0;
}

std::int64_t ByteReader::signed_number()
{
  const std::uint64_t bits = number();
  return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

double ByteReader::real()
{
  return std::bit_cast<double>(number());
}

std::string_view ByteReader::raw()
{
  const std::uint64_t size = number();
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

std::string_view ByteReader::text()
{
  const std::uint64_t index = number();
  if (!good_ || index >= table_.size()) {
    fail();
    return {};
  }
  return table_[index];
}

void ByteReader::texts(std::vector<std::string>& strings)
{
  const std::size_t size = count();
  strings.reserve(size);
  for (std::size_t i = 0; i < size; ++i) strings.emplace_back(text());
}

std::size_t ByteReader::count()
{
  const std::uint64_t value = number();
  if (value > rest_.size()) {
    fail();
    return 0;
  }
  return value;
}

} // namespace sluice::frameworks
