// What a launch names on disk: Program::files, and whether facts can carry sources to all that decides the program's
// behaviour (Program::closed).
// Closed is a promise that a change which no fact connects with the program cannot matter to it, so every doubt says
// no: a program that the build did not make, a script, a wrapper, a working directory, argument or environment value
// that leads into the source tree or names a folder. What a closed program opens by a path compiled into it stays
// unknown; such files are not compile inputs, and an unknown changed file widens the plan.
#pragma once

#include "model/catalogue.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::frameworks {

// What lstat says of a path; equal stamps mean that nothing was done to it. A default one means that there is nothing.
struct Stamp {
  std::uint64_t mode = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0; // nanoseconds
  std::int64_t changed = 0;
  bool absent() const { return mode == 0; }
  friend bool operator==(const Stamp&, const Stamp&) = default;
};

Stamp stamp_of(const std::string& path);
Stamp stamp_at(int folder, const char* name); // of an entry of an open folder

// The nearest folder at or above `directory` that a build tool was configured in (CMakeCache.txt, build.ninja); empty
// when there is none.
std::string build_folder_above(std::string_view directory);

class LaunchFacts {
public:
  // `root` and `build` are absolute; an empty `build` means that no build folder is known, and nothing is closed.
  LaunchFacts(std::string root, std::string build);

  // Sets `files` and `closed`. Every path that was looked at is appended to `looked_at` when it is not null: as long
  // as their stamps stay the same, so does the result.
  void settle(Program& program, std::vector<std::string>* looked_at = nullptr);

  // `path` as Facts name it: relative to the root if it lies below it.
  std::string named(std::string_view path) const;

private:
  enum class Place { source, build, elsewhere };
  struct Judgement {
    Program& program;
    std::vector<std::string>* looked_at;
    bool closed;
  };

  Place place_of(const std::string& path);
  const std::string& real_folder(const std::string& folder);
  std::string real_path(const std::string& path);
  void judge_program(Judgement& judgement);
  void judge_text(Judgement& judgement, std::string_view text);
  void judge_path(Judgement& judgement, std::string_view text);
  void add_file(Program& program, const std::string& path);

  std::string root_;
  std::string real_root_;
  std::string build_;
  std::string real_build_;
  std::unordered_map<std::string, std::string> real_folders_;
};

} // namespace sluice::frameworks
