// What build tools already know, as Facts. Ninja: build.ninja and .ninja_deps are read natively; CMake: the File API's
// codemodel; Makefile generators: the compilers' depfiles. None of them is told anything and nothing is built here.
// Never throws for what it finds in a build folder: whatever is absent, damaged or hostile becomes a gap.
// docs/design/facts.md gives the reasons and what each list means for the plan.
#pragma once

#include "model/config.h"
#include "model/facts.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::facts {

struct BuildFacts {
  Facts facts;
  // Inputs of the configure step, repository-relative or absolute: CMakeLists.txt, *.cmake, presets, toolchain files
  // and templates. Sorted, unique.
  std::vector<std::string> configure_inputs;
  std::vector<std::string> manifests; // every file of Ninja's graph that was read, named as in Facts. Sorted, unique
  std::string generator; // "Ninja", "Ninja Multi-Config", "Unix Makefiles"; empty if the folder is not a build folder
  // What kept the facts from being complete, one line each; every one widens.
  std::vector<std::string> gaps;
  // Outputs whose inputs are not all known yet, because they were never built or have been built without a record of
  // what the compiler read. Nothing may be concluded from the absence of an edge to one of them: whatever is downstream
  // must be built and the facts read again, or count as changed. Sorted, unique.
  std::vector<std::string> unbuilt;
  // Outputs that a build of everything does not make (Ninja's `default` leaves them out). Sorted, unique; one that
  // another manifest of the folder makes by default is still listed.
  std::vector<std::string> on_demand;
  // What the build tool calls an output where that is not its path below the build folder. For targets_of().
  std::map<PathId, std::string> target_names;
};

// A step of the build as it is carried out.
struct StepCommand {
  std::string_view output;   // the first that it makes, named as in Facts
  std::string_view text;     // for a shell, with what stands in its response file
  bool tells_inputs = false; // it notes what it reads (a compiler's dependencies); else only the graph says
};
using StepListener = std::function<void(const StepCommand&)>;

// Reads the build folder `directory` (absolute). `root` is the repository's root (absolute): paths below it are named
// relative to it. An absent or unconfigured folder gives empty facts and a gap. `on_step` may be empty.
BuildFacts read_build_facts(const std::string& root, const std::string& directory, const StepListener& on_step = {});

// Asks CMake (3.14 and up) to write its codemodel at the next configure. Idempotent. Throws Error{world} when the query
// cannot be written.
void request_codemodel(const std::string& directory);

// Target names by which the build tool makes these outputs (names as in Facts). Outputs it does not know are left out.
// Sorted, unique.
std::vector<std::string> targets_of(const BuildFacts& facts, const std::string& root, const std::string& directory,
                                    const std::vector<std::string>& outputs);

} // namespace sluice::facts
