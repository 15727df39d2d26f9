#include "reports/json_reader.h"

#include <optional>
#include <rapidjson/document.h>

namespace sluice::reports {

namespace {

const rapidjson::Value& json(const void* value)
{
  return *static_cast<const rapidjson::Value*>(value);
}

std::string_view view(const rapidjson::Value& string)
{
  return {string.GetString(), string.GetStringLength()};
}

// The inverse of JsonWriter's escape for bytes; nullopt if a character stands for no byte. The parser has checked the
// encoding, so a lead byte is followed by what it announces.
std::optional<std::string> bytes_of_latin1(std::string_view utf8)
{
  std::string bytes;
  bytes.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    if (lead > 0xC3) return std::nullopt;
    if (lead < 0x80) bytes += utf8[at];
    else bytes += static_cast<char>((lead << 6) | (static_cast<unsigned char>(utf8[++at]) & 0x3F));
  }
  return bytes;
}

} // namespace

JsonFields::JsonFields(const void* object) : object_(object), ok_(json(object).IsObject()) {}

const void* JsonFields::find(const char* key, Presence presence)
{
  if (!ok_) return nullptr;
  const auto found = json(object_).FindMember(key);
  if (found != json(object_).MemberEnd()) return &found->value;
  if (presence == Presence::required) refuse();
  return nullptr;
}

bool JsonFields::has(const char* key) const
{
  return ok_ && json(object_).HasMember(key);
}

void JsonFields::read_bytes(const void* value, std::string& into)
{
  const rapidjson::Value& node = json(value);
  if (node.IsString()) {
    into = view(node);
    return;
  }
  if (!node.IsObject() || node.MemberCount() != 1) return refuse();
  const auto escaped = node.FindMember("latin1");
  if (escaped == node.MemberEnd() || !escaped->value.IsString()) return refuse();
  std::optional<std::string> bytes = bytes_of_latin1(view(escaped->value));
  if (bytes) into = std::move(*bytes);
  else refuse();
}

void JsonFields::text(const char* key, std::string& into, Presence presence)
{
  if (const void* value = find(key, presence)) read_bytes(value, into);
}

void JsonFields::texts(const char* key, std::vector<std::string>& into)
{
  const void* value = find(key, Presence::optional);
  if (!value) return;
  if (!json(value).IsArray()) return refuse();
  for (const rapidjson::Value& element : json(value).GetArray()) read_bytes(&element, into.emplace_back());
}

void JsonFields::flag(const char* key, bool& into, Presence presence)
{
  const void* value = find(key, presence);
  if (!value) return;
  if (!json(value).IsBool()) return refuse();
  into = json(value).GetBool();
}

void JsonFields::duration(const char* key, std::chrono::microseconds& into)
{
  std::int64_t count = into.count();
  number(key, count);
  into = std::chrono::microseconds(count);
}

void JsonFields::read_signed(const char* key, std::int64_t& into, Presence presence)
{
  const void* value = find(key, presence);
  if (!value) return;
  if (!json(value).IsInt64()) return refuse();
  into = json(value).GetInt64();
}

void JsonFields::read_unsigned(const char* key, std::uint64_t& into, Presence presence)
{
  const void* value = find(key, presence);
  if (!value) return;
  if (!json(value).IsUint64()) return refuse();
  into = json(value).GetUint64();
}

void JsonFields::enter(const void* value, const std::function<void(JsonFields&)>& read)
{
  JsonFields fields(value);
  if (fields.ok()) read(fields);
  if (!fields.ok()) refuse();
}

void JsonFields::nested(const char* key, Presence presence, const std::function<void(JsonFields&)>& read)
{
  if (const void* value = find(key, presence)) enter(value, read);
}

void JsonFields::each(const char* key, const std::function<void(JsonFields&)>& read)
{
  const void* value = find(key, Presence::optional);
  if (!value) return;
  if (!json(value).IsArray()) return refuse();
  for (const rapidjson::Value& element : json(value).GetArray()) enter(&element, read);
}

bool read_json(std::string_view text, const std::function<void(JsonFields&)>& read)
{
  // RapidJSON takes a NUL for the end of its input and would not see what follows.
  if (text.find('\0') != std::string_view::npos) return false;

  // Iterative parsing: no nesting in the input can exhaust the stack.
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  char first_chunk[8192];
  rapidjson::MemoryPoolAllocator<> allocator(first_chunk, sizeof first_chunk);
  rapidjson::Document document(&allocator);
  document.Parse<flags>(text.data(), text.size());
  if (document.HasParseError()) return false;
  // The document is one of its own values; a plain reference makes the conversion exact.
  const rapidjson::Value& root = document;
  JsonFields fields(&root);
  if (fields.ok()) read(fields);
  return fields.ok();
}

} // namespace sluice::reports
