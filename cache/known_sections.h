// Dynamic sections by the loaded content of their files, kept in the store: what a section says is a function of that
// content, so a program that was met before need not be opened again. It does not know files or paths.
#pragma once

#include "cache/dynamic_section.h"
#include "model/digest.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::cache {

class Store;

class KnownSections {
public:
  // Reads what the store remembers; `store` outlives this object. What cannot be read is as if it were not there.
  explicit KnownSections(Store& store);

  // nullptr when this content was never met. Valid until the next add().
  const DynamicSection* find(const Digest& content);
  void add(const Digest& content, const DynamicSection& section);

  // Nothing happens when nothing was added.
  void save();

private:
  struct Entry {
    std::size_t section = 0; // index into sections_
    bool asked = false;
  };
  void read(std::string_view bytes);
  std::size_t number_of(const DynamicSection& section);

  Store& store_;
  std::vector<DynamicSection> sections_; // distinct: most programs of a project load the same
  std::map<std::string, std::size_t> numbers_;
  std::map<Digest, Entry> entries_;
  bool changed_ = false;
};

} // namespace sluice::cache
