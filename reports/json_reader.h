// Reads what JsonWriter wrote: fields of one object by name. Unknown fields are never looked at, so a newer writer may
// add some. A field of the wrong type, or a required one that is absent, makes the whole object unreadable: a guess
// could turn red into green.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sluice::reports {

enum class Presence { required, optional };

class JsonFields {
public:
  bool ok() const { return ok_; }
  void refuse() { ok_ = false; }
  bool has(const char* key) const;

  // Each leaves `into` as it is when the field is absent.
  void text(const char* key, std::string& into, Presence presence = Presence::optional);
  void texts(const char* key, std::vector<std::string>& into);
  void flag(const char* key, bool& into, Presence presence = Presence::optional);
  void duration(const char* key, std::chrono::microseconds& into);

  // Refuses what does not fit into the type.
  template <class Integer> void number(const char* key, Integer& into, Presence presence = Presence::optional)
  {
    using Limits = std::numeric_limits<Integer>;
    if constexpr (std::is_signed_v<Integer>) {
      std::int64_t value = into;
      read_signed(key, value, presence);
      if (value < Limits::min() || value > Limits::max()) refuse();
      else into = static_cast<Integer>(value);
    } else {
      std::uint64_t value = into;
      read_unsigned(key, value, presence);
      if (value > Limits::max()) refuse();
      else into = static_cast<Integer>(value);
    }
  }

  // A required word out of a closed set of consecutive values with to_string(), of which `last` is the last.
  template <class Enum> void word(const char* key, Enum& into, Enum last)
  {
    std::string word;
    text(key, word, Presence::required);
    for (int value = 0; value <= static_cast<int>(last); ++value) {
      if (to_string(static_cast<Enum>(value)) != word) continue;
      into = static_cast<Enum>(value);
      return;
    }
    refuse();
  }

  // Reads a nested object, or each object of an array, with `read(JsonFields&, T&)`.
  template <class T, class Reader>
  void object(const char* key, T& into, Reader reader, Presence presence = Presence::optional)
  {
    nested(key, presence, [&](JsonFields& fields) { reader(fields, into); });
  }
  template <class T, class Reader> void objects(const char* key, std::vector<T>& into, Reader reader)
  {
    each(key, [&](JsonFields& fields) { reader(fields, into.emplace_back()); });
  }

private:
  friend bool read_json(std::string_view text, const std::function<void(JsonFields&)>& read);
  explicit JsonFields(const void* object);

  const void* find(const char* key, Presence presence);
  void read_bytes(const void* value, std::string& into);
  void read_signed(const char* key, std::int64_t& into, Presence presence);
  void read_unsigned(const char* key, std::uint64_t& into, Presence presence);
  void nested(const char* key, Presence presence, const std::function<void(JsonFields&)>& read);
  void each(const char* key, const std::function<void(JsonFields&)>& read);
  void enter(const void* value, const std::function<void(JsonFields&)>& read);

  const void* object_; // the library's value: its header stays in json_reader.cpp
  bool ok_;
};

// Parses one object and hands its fields to `read`; they are valid during the call only. False if `text` is not one
// whole JSON object in valid UTF-8, or if `read` refused it.
bool read_json(std::string_view text, const std::function<void(JsonFields&)>& read);

} // namespace sluice::reports
