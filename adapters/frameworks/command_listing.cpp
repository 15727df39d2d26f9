#include "adapters/frameworks/command_listing.h"

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/launch_facts.h"
#include "adapters/process/environment.h"
#include "model/error.h"
#include "model/glob.h"

#include <algorithm>

namespace sluice::frameworks {

namespace {

constexpr std::string_view k_file = "{file}";

std::string with_file(std::string argument, const std::string& file)
{
  for (std::size_t at = argument.find(k_file); at != std::string::npos; at = argument.find(k_file, at + file.size()))
    argument.replace(at, k_file.size(), file);
  return argument;
}

std::string last_component(const std::string& path)
{
  return path.substr(path.rfind('/') + 1);
}

// The program as a path: as written when absolute, below the root when it names a folder, else by PATH. What is not
// found stays as it is, and the test ends as not started.
std::string program_path(const std::string& word, const ListingContext& context)
{
  if (word.starts_with('/')) return word;
  if (word.find('/') != std::string::npos) return context.root + "/" + word;
  const std::string found = process::find_program(word, context.environment);
  return found.empty() ? word : found;
}

std::vector<std::string> matching_files(const TestsConfig& entry, const ListingContext& context)
{
  std::vector<std::string> found;
  for (const std::string& glob : entry.files) {
    const std::size_t before = found.size();
    for (const std::string& file : context.files) {
      if (glob_matches(glob, file)) found.push_back(file);
    }
    if (found.size() == before)
      throw Error(ErrorKind::configuration, "[[tests]] files = \"" + glob + "\" matches no file of the tree",
                  "correct the glob, or remove it");
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

} // namespace

Listing list_command(const TestsConfig& entry, const ListingContext& context)
{
  if (entry.command.empty())
    throw Error(ErrorKind::configuration, "[[tests]] framework = \"command\" has no command",
                "add command = [\"program\", \"argument\"]");
  const bool per_file = !entry.files.empty();
  const std::vector<std::string> files = per_file ? matching_files(entry, context) : std::vector<std::string>{""};
  const std::string word = last_component(entry.command.front());
  const std::string suite = entry.name.empty() ? (per_file ? word : "command") : entry.name;
  const std::string directory = entry.directory.starts_with('/') ? entry.directory
                                : entry.directory.empty()        ? context.root
                                                                 : context.root + "/" + entry.directory;
  Listing listing;
  const std::string path = program_path(entry.command.front(), context);
  LaunchFacts facts(context.root, build_folder_above(path.substr(0, path.rfind('/') + 1)));
  for (const std::string& file : files) {
    Program program;
    program.name = entry.name.empty() ? word : entry.name;
    if (per_file) program.name += ":" + file;
    program.framework = FrameworkKind::command;
    program.isolation = entry.isolation;
    program.launch.working_directory = directory;
    program.launch.environment = entry.environment;
    const std::string named = directory == context.root ? file : context.root + "/" + file;
    for (const std::string& argument : entry.command) program.launch.arguments.push_back(with_file(argument, named));
    program.launch.arguments.front() = program_path(program.launch.arguments.front(), context);
    program.declared_inputs = entry.inputs;
    facts.settle(program);

    TestCase& test = listing.catalogue.tests.emplace_back();
    test.id.value = program.name;
    test.suite = suite;
    test.name = per_file ? file : program.name;
    test.program = static_cast<ProgramId>(listing.catalogue.programs.size());
    test.labels = entry.labels;
    std::sort(test.labels.begin(), test.labels.end());
    test.file = file;
    test.time_limit = entry.time_limit;
    listing.catalogue.programs.push_back(std::move(program));
  }
  return listing;
}

} // namespace sluice::frameworks
