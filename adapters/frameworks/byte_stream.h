// Bytes to remember and back: numbers of variable length, and strings that are written once however often they occur.
// The reader trusts nothing: any damage makes it fail for good, and no count can make it reserve more than the bytes
// that are left could hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::frameworks {

class ByteWriter {
public:
  void number(std::uint64_t value);
  void signed_number(std::int64_t value);
  void real(double value);
  void raw(std::string_view bytes);   // its length and itself
  void text(std::string_view string); // through the table of strings; the view must live until finish()
  void texts(const std::vector<std::string>& strings);

  // `header`, the table of strings, and all that was written.
  std::string finish(std::string_view header) const;

private:
  std::string body_;
  std::vector<std::string_view> table_;
  std::unordered_map<std::string_view, std::uint32_t> known_;
};

class ByteReader {
public:
  ByteReader(std::string_view bytes, std::string_view header);

  std::uint64_t number();
  std::int64_t signed_number();
  double real();
  std::string_view raw();
  std::string_view text();
  void texts(std::vector<std::string>& strings);
  // A number of things that take at least one byte each.
  std::size_t count();

  // True as long as all was well; at_end() also asks that nothing is left over.
  bool good() const { return good_; }
  bool at_end() const { return good_ && rest_.empty(); }
  void fail();

private:
  std::string_view rest_;
  std::vector<std::string_view> table_;
  bool good_ = true;
};

} // namespace sluice::frameworks
