// What CMake's File API and its cache say about a build folder, as values. Only what facts need is read; paths stay as
// CMake spells them. The format is at https://cmake.org/cmake/help/latest/manual/cmake-file-api.7.html (codemodel
// version 2, cmakeFiles version 1). Never throws: what cannot be read is in `problems`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::facts {

struct CMakeTarget {
  struct Source {
    std::string path; // relative to the top source folder, or absolute
    bool compiled = false;
  };
  std::string id;
  std::string name;
  std::string type;                   // "EXECUTABLE", "STATIC_LIBRARY", ..., "UTILITY"
  std::string build_folder;           // relative to the top build folder
  std::vector<std::string> artifacts; // relative to the top build folder, or absolute
  std::vector<Source> sources;
  std::vector<std::string> dependencies; // ids
};

struct CMakeModel {
  std::string source_folder;         // top, absolute
  std::vector<CMakeTarget> targets;  // of all configurations
  std::vector<std::string> inputs;   // of the configure step; relative to the source folder, or absolute
  std::vector<std::string> problems; // one line each
};

// Reads the newest reply in the build folder.
CMakeModel read_cmake_model(const std::string& directory);

// An entry of CMakeCache.txt's bytes; nullopt when there is none.
std::optional<std::string> cache_entry(std::string_view cache, std::string_view name);

// The presets of a source folder and the files that they include, absolute; the absent are left out.
std::vector<std::string> preset_files(const std::string& source_folder);

} // namespace sluice::facts
