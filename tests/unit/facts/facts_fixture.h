// Questions to facts that tests ask again and again, and real projects to ask them of.
#pragma once

#include "adapters/facts/build_facts.h"
#include "adapters/process/command.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace sluice::facts {

inline std::string run(const std::string& folder, std::vector<std::string> arguments)
{
  process::CommandLine command;
  command.arguments = std::move(arguments);
  command.working_directory = folder;
  command.merge_errors = true;
  const process::CommandResult result = process::run_command(command);
  EXPECT_EQ(result.exit_code, 0) << result.output;
  return result.output;
}

inline bool has_edge(const BuildFacts& facts, std::string_view input, std::string_view output, FactSource source)
{
  return std::any_of(facts.facts.edges.begin(), facts.facts.edges.end(), [&](const Facts::Edge& edge) {
    return facts.facts.name(edge.input) == input && facts.facts.name(edge.output) == output && edge.source == source;
  });
}

// Everything that a path reaches by any edge but those of the configure step.
inline std::set<std::string> reached(const BuildFacts& facts, const std::string& from)
{
  std::set<std::string> seen{from};
  for (bool grew = true; grew;) {
    grew = false;
    for (const Facts::Edge& edge : facts.facts.edges) {
      if (edge.source == FactSource::configure || !seen.contains(facts.facts.name(edge.input))) continue;
      grew = seen.insert(facts.facts.name(edge.output)).second || grew;
    }
  }
  seen.erase(from);
  return seen;
}

inline bool contains(const std::vector<std::string>& list, std::string_view value)
{
  return std::find(list.begin(), list.end(), value) != list.end();
}

inline std::string recipe(const BuildFacts& facts, std::string_view output)
{
  PathId id{};
  if (!facts.facts.find(output, id) || !facts.facts.recipes.contains(id)) return {};
  return std::to_string(facts.facts.recipes.at(id));
}

inline bool is_group(const BuildFacts& facts, std::string_view output)
{
  PathId id{};
  return facts.facts.find(output, id) &&
         std::find(facts.facts.groups.begin(), facts.facts.groups.end(), id) != facts.facts.groups.end();
}

} // namespace sluice::facts
