// A project in memory for tests of impact/: facts and a catalogue, built line by line.
#pragma once

#include "impact/select.h"

#include <algorithm>
#include <string>
#include <vector>

namespace sluice::impact {

class SmallProject {
public:
  // `input` goes into `output` when the project is built.
  SmallProject& uses(const std::string& output, const std::string& input, FactSource source = FactSource::ninja_graph)
  {
    facts.add(input, output, source);
    return *this;
  }

  SmallProject& group(const std::string& name, const std::string& member)
  {
    facts.add(member, name, FactSource::ninja_graph);
    facts.groups.push_back(facts.intern(name));
    return *this;
  }

  // A test in a program of its own, made by the build.
  TestCase& test(const std::string& id, const std::string& program)
  {
    Program made;
    made.name = program;
    made.files = {program};
    made.closed = true;
    catalogue.programs.push_back(made);
    TestCase test;
    test.id.value = id;
    test.suite = program;
    test.name = id;
    test.program = static_cast<ProgramId>(catalogue.programs.size() - 1);
    catalogue.tests.push_back(test);
    std::sort(catalogue.tests.begin(), catalogue.tests.end(),
              [](const TestCase& a, const TestCase& b) { return a.id < b.id; });
    return catalogue.tests[static_cast<std::size_t>(*catalogue.find(id))];
  }

  // A test whose program is a script: nothing is known about what it reads.
  TestCase& script(const std::string& id, const std::string& file)
  {
    TestCase& made = test(id, file);
    catalogue.programs[static_cast<std::size_t>(made.program)].closed = false;
    return made;
  }

  Program& program_of(const std::string& id)
  {
    return catalogue.programs[static_cast<std::size_t>(catalogue.test(*catalogue.find(id)).program)];
  }

  Reach changed(const std::vector<std::string>& paths, const ReachOptions& options = {}) const
  {
    ChangeSet change;
    for (const std::string& path : paths) change.paths.push_back({ChangeKind::modified, path, {}});
    return reach(ImpactGraph(facts, catalogue), catalogue, change, options);
  }

  // Ids of the tests that `reach` leads to by a path.
  std::vector<std::string> reached(const Reach& reach) const
  {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < catalogue.tests.size(); ++i)
      if (!reach.paths[i].empty()) ids.push_back(catalogue.tests[i].id.value);
    return ids;
  }

  // The names along the path to a test: "a.h > a.o > a_test > A".
  std::string path(const Reach& reach, const std::string& id) const
  {
    std::string text;
    for (const ReasonStep& step : reach.paths[static_cast<std::size_t>(*catalogue.find(id))])
      text += (text.empty() ? "" : " > ") + step.name;
    return text;
  }

  Facts facts;
  Catalogue catalogue;
};

// Two programs that share a header: a.cpp, b.cpp, common.h.
inline SmallProject two_programs()
{
  SmallProject project;
  project.uses("a.o", "a.cpp").uses("a.o", "common.h", FactSource::ninja_deps).uses("a_test", "a.o");
  project.uses("b.o", "b.cpp").uses("b.o", "common.h", FactSource::ninja_deps).uses("b_test", "b.o");
  project.test("A", "a_test");
  project.test("B", "b_test");
  return project;
}

} // namespace sluice::impact
