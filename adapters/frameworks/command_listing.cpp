#include "adapters/frameworks/command_listing.h"

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/launch_facts.h"
#include "adapters/frameworks/placeholders.h"
#include "adapters/process/environment.h"
#include "model/error.h"
#include "model/glob.h"

#include <algorithm>

namespace sluice::frameworks {

namespace {

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

// What the placeholders of one test stand for, as its command sees them from its working directory.
struct Subject {
  std::string label;              // what the id shows: the file, or the folder
  std::vector<std::string> files; // repository-relative; the first one stands for {file} and {name}
  std::string file, package, name;
};

std::string folder_of(const std::string& file)
{
  const std::size_t slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

// "tests/test_cart.py" -> "test_cart"; a leading dot begins no extension.
std::string stem_of(const std::string& file)
{
  const std::string last = last_component(file);
  const std::size_t dot = last.rfind('.');
  return dot == std::string::npos || dot == 0 ? last : last.substr(0, dot);
}

// `path` of the repository as seen from `directory`: relative where that is the root, else absolute.
std::string seen_from(const std::string& directory, const std::string& path, const std::string& root)
{
  if (directory != root) return path == "." ? root : root + "/" + path;
  return path;
}

// A package is named as Go wants it, "./cart", relative to the working directory if it lies there.
std::string package_from(const std::string& directory, const std::string& folder, const std::string& root)
{
  const std::string absolute = folder == "." ? root : root + "/" + folder;
  if (absolute == directory) return ".";
  return absolute.starts_with(directory + "/") ? "." + absolute.substr(directory.size()) : absolute;
}

bool mentions(const std::vector<std::string>& arguments, std::string_view word)
{
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const std::string& argument) { return argument.find(word) != std::string::npos; });
}

// One for each file; one for each folder if the command names only its package, since it would be the same command.
std::vector<Subject> subjects_of(const TestsConfig& entry, const ListingContext& context, const std::string& directory)
{
  std::vector<Subject> subjects;
  if (entry.files.empty()) return {Subject{}};
  const bool by_folder =
    mentions(entry.command, "{package}") && !mentions(entry.command, "{file}") && !mentions(entry.command, "{name}");
  for (const std::string& file : matching_files(entry, context)) {
    const std::string folder = folder_of(file);
    const auto same = [&](const Subject& subject) { return subject.label == folder; };
    if (const auto known = std::find_if(subjects.begin(), subjects.end(), same); by_folder && known != subjects.end()) {
      known->files.push_back(file);
      continue;
    }
    std::string seen = seen_from(directory, file, context.root);
    if (seen.starts_with('-')) seen.insert(0, "./"); // or it would be read as an option
    subjects.push_back({by_folder ? folder : file,
                        {file},
                        std::move(seen),
                        package_from(directory, folder, context.root),
                        stem_of(file)});
  }
  return subjects;
}

// One pass: what a placeholder stands for is not searched for placeholders.
std::string filled(const std::string& argument, const Subject& subject)
{
  if (subject.files.empty()) return argument;
  const std::pair<std::string_view, const std::string&> words[]{
    {"{file}", subject.file}, {"{package}", subject.package}, {"{name}", subject.name}};
  std::string text;
  for (std::size_t at = 0; at < argument.size();) {
    const std::string_view rest = std::string_view(argument).substr(at);
    const auto word =
      std::find_if(std::begin(words), std::end(words), [&](const auto& each) { return rest.starts_with(each.first); });
    if (word == std::end(words)) text += argument[at++];
    else {
      text += word->second;
      at += word->first.size();
    }
  }
  return text;
}

// Files that the command does not name one by one are inputs all the same.
void add_files(Program& program, const Subject& subject)
{
  for (const std::string& file : subject.files)
    if (std::find(program.files.begin(), program.files.end(), file) == program.files.end())
      program.files.push_back(file);
}

} // namespace

Listing list_command(const TestsConfig& entry, const ListingContext& context)
{
  if (entry.command.empty())
    throw Error(ErrorKind::configuration, "[[tests]] framework = \"command\" has no command",
                "add command = [\"program\", \"argument\"]");
  const bool per_file = !entry.files.empty();
  const std::string word = last_component(entry.command.front());
  const std::string suite = entry.name.empty() ? (per_file ? word : "command") : entry.name;
  const std::string directory = entry.directory.starts_with('/') ? entry.directory
                                : entry.directory.empty()        ? context.root
                                                                 : context.root + "/" + entry.directory;
  Listing listing;
  const std::string path = program_path(entry.command.front(), context);
  LaunchFacts facts(context.root, build_folder_above(path.substr(0, path.rfind('/') + 1)));
  for (const Subject& subject : subjects_of(entry, context, directory)) {
    Program program;
    program.name = entry.name.empty() ? word : entry.name;
    if (per_file) program.name += ":" + subject.label;
    program.framework = FrameworkKind::command;
    program.isolation = entry.isolation;
    program.launch.working_directory = directory;
    program.launch.environment = entry.environment;
    for (const std::string& argument : entry.command) program.launch.arguments.push_back(filled(argument, subject));
    program.launch.arguments.front() = program_path(program.launch.arguments.front(), context);
    program.declared_inputs = entry.inputs;
    facts.settle(program);
    add_files(program, subject);

    TestCase& test = listing.catalogue.tests.emplace_back();
    test.id.value = program.name;
    test.suite = suite;
    test.name = per_file ? subject.label : program.name;
    test.program = static_cast<ProgramId>(listing.catalogue.programs.size());
    test.labels = entry.labels;
    std::sort(test.labels.begin(), test.labels.end());
    test.file = subject.files.empty() ? "" : subject.files.front();
    test.time_limit = entry.time_limit;
    test.rules.format = entry.results;
    listing.catalogue.programs.push_back(std::move(program));
  }
  return listing;
}

} // namespace sluice::frameworks
