#include "reports/json_writer.h"

#include "reports/text.h"

#include <array>
#include <cstddef>
#include <rapidjson/allocators.h>
#include <rapidjson/writer.h>

namespace sluice::reports {

namespace {

struct AppendStream {
  using Ch = char;
  std::string& out;
  void Put(char c) { out.push_back(c); }
  void Flush() {}
};

std::string latin1_as_utf8(std::string_view bytes)
{
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    if (value < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xC0 | (value >> 6));
      text += static_cast<char>(0x80 | (value & 0x3F));
    }
  }
  return text;
}

} // namespace

struct JsonWriter::Impl {
  using Pool = rapidjson::MemoryPoolAllocator<>;
  using Utf8 = rapidjson::UTF8<>;

  AppendStream stream;
  // What is open is noted here and not on the heap: an event is one short object, and a run has many of them.
  alignas(std::max_align_t) std::array<char, 1024> room;
  Pool pool{room.data(), room.size()};
  rapidjson::Writer<AppendStream, Utf8, Utf8, Pool> writer{stream, &pool};

  explicit Impl(std::string& out) : stream{out} {}

  void key(std::string_view name) { writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void raw_string(std::string_view text) { writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size())); }
  void string(std::string_view bytes)
  {
    if (is_utf8(bytes)) {
      raw_string(bytes);
      return;
    }
    writer.StartObject();
    key("latin1");
    raw_string(latin1_as_utf8(bytes));
    writer.EndObject();
  }
};

JsonWriter::JsonWriter(std::string& out) : impl_(std::make_unique<Impl>(out)) {}
JsonWriter::~JsonWriter() = default;

void JsonWriter::begin_object()
{
  impl_->writer.StartObject();
}

void JsonWriter::begin_object(std::string_view key)
{
  impl_->key(key);
  impl_->writer.StartObject();
}

void JsonWriter::end_object()
{
  impl_->writer.EndObject();
}

void JsonWriter::begin_array()
{
  impl_->writer.StartArray();
}

void JsonWriter::begin_array(std::string_view key)
{
  impl_->key(key);
  impl_->writer.StartArray();
}

void JsonWriter::end_array()
{
  impl_->writer.EndArray();
}

void JsonWriter::element(std::string_view bytes)
{
  impl_->string(bytes);
}

void JsonWriter::element_number(std::int64_t value)
{
  impl_->writer.Int64(value);
}

void JsonWriter::text(std::string_view key, std::string_view bytes)
{
  impl_->key(key);
  impl_->string(bytes);
}

void JsonWriter::texts(std::string_view key, const std::vector<std::string>& values)
{
  begin_array(key);
  for (const std::string& value : values) impl_->string(value);
  end_array();
}

void JsonWriter::number(std::string_view key, std::int64_t value)
{
  impl_->key(key);
  impl_->writer.Int64(value);
}

void JsonWriter::count(std::string_view key, std::uint64_t value)
{
  impl_->key(key);
  impl_->writer.Uint64(value);
}

void JsonWriter::flag(std::string_view key, bool value)
{
  impl_->key(key);
  impl_->writer.Bool(value);
}

void JsonWriter::text_if_any(std::string_view key, std::string_view bytes)
{
  if (!bytes.empty()) text(key, bytes);
}

void JsonWriter::texts_if_any(std::string_view key, const std::vector<std::string>& values)
{
  if (!values.empty()) texts(key, values);
}

void JsonWriter::number_if_any(std::string_view key, std::int64_t value)
{
  if (value != 0) number(key, value);
}

void JsonWriter::flag_if_set(std::string_view key, bool value)
{
  if (value) flag(key, value);
}

void JsonWriter::line_break()
{
  impl_->stream.Put('\n');
}

} // namespace sluice::reports
