// Files that steps of a build read without declaring them: the linker script among a link's words, the data that is
// copied behind it, the folder that a generator is given. Build tools do not look at these: after a change of one the
// tests would run what was built from the old file. They are found by name in the steps' commands, by their own name or
// that of a folder around them. Files that a script opens by itself are not found here.
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

  // Whether a command names one of the files or, where folders count, a folder around one (except the root). A relative
  // word stands for every file whose path ends in it, since it is unknown in which folder a command runs. With `counts`
  // only files count for which it returns true; it gets the paths as they were given.
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
