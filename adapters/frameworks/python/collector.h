// A test's runner that looks around before it runs the file that it was given: pytest collects, Python lists the
// folders of its module path. Says which other test files do not count for such a test, and which would count because
// Python would find them in place of something that it did find. It does not know digests.
#pragma once

#include "model/catalogue.h"
#include "model/config.h"
#include "model/observation.h"

#include <string>
#include <vector>

namespace sluice::frameworks {

struct Collector {
  bool collects = false;
  bool ran_a_program = false;           // something that is installed, beside Python and pytest themselves
  std::vector<std::string> own_files;   // of the program, as far as its command names them; repository-relative
  std::vector<std::string> other_tests; // globs of test files of which it opened none but its own
  std::vector<std::string> modules;     // names of what it found that a test file could be called, too

  // True for an entry of the folders from the root to the file that it was given, as far as nobody but the runner is
  // known to have looked: it asks of each what it is, and of none for its date.
  bool only_scans(const std::string& name) const;
  // True for what the runner only collects; `name` is repository-relative.
  bool is_another_test(const std::string& name) const;
  // Files of other tests that would be found before a module of `modules`, were they in `folder`.
  std::vector<std::string> stand_ins_in(const std::string& root, const std::string& folder) const;
};

// One that collects nothing where the program is neither Python nor pytest. `root`: of the repository, absolute;
// `tests`: the [[tests]] of sluice.toml.
Collector collector_of(const std::string& root, const std::vector<TestsConfig>& tests, const Program& program,
                       const Observation& seen);

// What bytecode in the tree, "d/__pycache__/n.cpython-311.opt-1.pyc", may have been made from: "d/n.py", if it is
// there.
std::vector<std::string> sources_of_bytecode(const std::string& path);

} // namespace sluice::frameworks
