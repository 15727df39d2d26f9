// What steps of a build read without saying so: the linker script among a link's words, the data that is copied behind
// it, the folder that a generator is given. Build tools do not look at these; whoever changes one tests what was built
// from the old one. Commands name them, or a folder that they lie in. What a script opens by itself is not seen here.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::cli {

class NamedInputs {
public:
  // `root` and `files`: the repository, absolute, and paths below it.
  NamedInputs(std::string root, const std::vector<std::string>& files);

  // Whether a command names one of the files or, where folders count, one that they lie in (the root itself does not
  // count). A relative word is taken for every file that ends in it: commands run in folders that nobody knows.
  // With `counts` only of what it says yes to, a path as it was given.
  using Counts = std::function<bool(const std::string& path)>;
  bool named_by(std::string_view command, bool folders, const Counts& counts = {}) const;

private:
  struct Place {
    std::string path;
    bool folder = false;
  };
  bool is_named(std::string_view word, bool folders, const Counts& counts) const;

  std::string root_;
  std::unordered_multimap<std::string, Place> places_; // by last component
  std::vector<Place> odd_names_;                       // of files, with bytes that end a word
};

} // namespace sluice::cli
