// The entries of a folder for a range-for that never throws: "++" of the standard's iterators throws even when they
// were made with an error code. It opens nothing and knows no file system: the caller makes the iterator. If reading
// cannot continue the loop ends, and `failed` holds the reason:
//   for (const auto& entry : entries(fs::directory_iterator(folder, failed), failed))
// The body must leave that error code alone.
#pragma once

#include <system_error>
#include <utility>

namespace sluice {

template <class Iterator> class Entries {
public:
  Entries(Iterator first, std::error_code& failed) : at_(std::move(first)), failed_(failed) {}

  struct End {};
  class Cursor {
  public:
    explicit Cursor(Entries& entries) : entries_(entries) {}
    decltype(auto) operator*() const { return *entries_.at_; }
    Cursor& operator++()
    {
      entries_.at_.increment(entries_.failed_);
      if (entries_.failed_) entries_.at_ = Iterator();
      return *this;
    }
    bool operator!=(End) const { return entries_.at_ != Iterator(); }

  private:
    Entries& entries_;
  };

  Cursor begin() { return Cursor(*this); }
  End end() const { return {}; }

private:
  Iterator at_;
  std::error_code& failed_;
};

template <class Iterator> Entries<Iterator> entries(Iterator first, std::error_code& failed)
{
  return {std::move(first), failed};
}

} // namespace sluice
