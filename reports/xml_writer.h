// XML written element by element into a string, over libxml2's writer. It knows no vocabulary. Every string has to be
// clean (reports/text.h): no writer can escape what XML 1.0 forbids.
#pragma once

#include <memory>
#include <string>

namespace sluice::reports {

class XmlWriter {
public:
  // Appends to `out`, which must outlive the writer. Starts with the XML declaration.
  explicit XmlWriter(std::string& out);
  ~XmlWriter();

  void open(const char* element);
  void attribute(const char* name, const std::string& clean);
  void text(const std::string& clean);
  void close();

  // Closes what is open and writes out what is buffered; nothing may follow. All throw Error{world} when out of memory.
  void finish();

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace sluice::reports
