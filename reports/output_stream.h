// Where renderers write: a string that is handed on piece by piece, so that a report of any size takes the memory of
// one piece. It does not know files; who opens it says what becomes of the bytes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sluice::reports {

using Sink = std::function<void(std::string_view)>;

class OutputStream {
public:
  explicit OutputStream(Sink sink) : sink_(std::move(sink)) {}

  // Append here; call drain() between the items of a report.
  std::string& text() { return text_; }

  void drain()
  {
    if (text_.size() >= k_piece) finish();
  }
  // Hands on the rest. Call it once, at the end.
  void finish()
  {
    if (!text_.empty()) sink_(text_);
    text_.clear();
  }

private:
  static constexpr std::size_t k_piece = 256 << 10;
  Sink sink_;
  std::string text_;
};

} // namespace sluice::reports
