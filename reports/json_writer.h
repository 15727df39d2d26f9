// JSON text written field by field into a string. It knows one thing that JSON does not: strings of ours are bytes.
// A string that is valid UTF-8 is written as it is; any other as {"latin1": "..."}, in which each character U+0000 to
// U+00FF stands for one byte. That keeps every byte, and the readable part of mixed output stays readable in the log
// (base64 would be shorter for binary data and unreadable for all).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::reports {

class JsonWriter {
public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string& out);
  ~JsonWriter();

  void begin_object();
  void begin_object(std::string_view key);
  void end_object();
  void begin_array();
  void begin_array(std::string_view key);
  void end_array();

  void element(std::string_view bytes); // of an array
  void element_number(std::int64_t value);

  void text(std::string_view key, std::string_view bytes);
  void texts(std::string_view key, const std::vector<std::string>& values);
  void number(std::string_view key, std::int64_t value);
  void count(std::string_view key, std::uint64_t value);
  void flag(std::string_view key, bool value);

  // Nothing is written for an empty or zero value: readers take an absent field for that.
  void text_if_any(std::string_view key, std::string_view bytes);
  void texts_if_any(std::string_view key, const std::vector<std::string>& values);
  void number_if_any(std::string_view key, std::int64_t value);
  void flag_if_set(std::string_view key, bool value);

  // White space between two elements, for tools that work by lines.
  void line_break();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace sluice::reports
