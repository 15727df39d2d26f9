// Edges "this output used that input", each with the source that told it.
// Facts do not know what changed and what a test is; they are a snapshot of what build tools, declarations and
// programs say. What tests were seen to use is model/observation.h. A fact that is missing can only widen a plan, so
// readers leave out what they are not sure of.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {

// Index into Facts::paths.
enum class PathId : std::uint32_t {};

enum class FactSource : std::uint8_t {
  ninja_graph,    // build.ninja: explicit and implicit inputs of an edge
  ninja_deps,     // .ninja_deps: what the compiler reported
  cmake_file_api, // CMake's codemodel: sources and link dependencies of a target
  depfile,        // a compiler's .d file (Makefile generators)
  configure,      // input of the configure step (CMakeLists.txt, *.cmake, presets, templates)
  declared,       // sluice.toml says so
  loaded,         // a shared library that the program names
  launched,       // the file that a test starts, or an existing file among its arguments
};

// Repository files are named relative to the repository's root, everything else by its absolute path. A build folder
// inside the repository is named relative too.
struct Facts {
  struct Edge {
    PathId input;
    PathId output;
    FactSource source;
    friend bool operator==(const Edge&, const Edge&) = default;
  };

  std::vector<std::string> paths; // unique
  std::vector<Edge> edges;

  // For each output of a build step a digest (64-bit, not cryptographic) of the command that makes it: comparing two
  // Facts tells which steps a re-configuration altered.
  std::map<PathId, std::uint64_t> recipes;

  // Outputs that only exist to group others (phony targets such as "all"): never an artifact of their own.
  std::vector<PathId> groups;

  // Returns the id of `path`, adding it if it is new.
  PathId intern(std::string_view path);
  // True and `id` set when `path` is known.
  bool find(std::string_view path, PathId& id) const;
  void add(std::string_view input, std::string_view output, FactSource source);

  const std::string& name(PathId id) const { return paths[static_cast<std::size_t>(id)]; }

private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, PathId, Hash, std::equal_to<>> ids_;
};

// What `outputs` are made from in the end: inputs, direct or through other outputs, that no step makes. Sorted, unique.
// Configure inputs are left out.
std::vector<std::string> leaf_inputs(const Facts& facts, const std::vector<std::string>& outputs);

// The word used for a source in every output ("ninja-deps", "declared" ...).
std::string_view to_string(FactSource source);

} // namespace sluice
