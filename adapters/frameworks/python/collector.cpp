#include "adapters/frameworks/python/collector.h"

#include "adapters/frameworks/python/listing_name.h"
#include "model/glob.h"
#include "model/path.h"

#include <algorithm>
#include <string_view>
#include <sys/stat.h>

namespace sluice::frameworks {

namespace {

constexpr std::string_view k_bytecode_folder = "/__pycache__/";

bool contains(const std::vector<std::string>& names, const std::string& name)
{
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_folder(const std::string& path)
{
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_python(const Program& program)
{
  const std::vector<std::string>& words = program.launch.arguments;
  return !words.empty() && last_component(words.front()).starts_with("python");
}

// By its name or as a module. A word that only has "pytest" in it may be anything's.
bool is_pytest(const Program& program)
{
  const std::vector<std::string>& words = program.launch.arguments;
  if (words.empty()) return false;
  const std::string_view name = last_component(words.front());
  if (name == "pytest" || name == "py.test") return true;
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "-m" && words[i + 1] == "pytest") return true;
  return false;
}

bool has_run_a_program(const Observation& seen)
{
  return std::any_of(seen.read.begin(), seen.read.end(), [](const std::string& path) {
    const std::string_view name = last_component(path);
    if (name.starts_with("python") || name == "pytest" || name == "py.test") return false;
    const std::string_view folder = std::string_view(path).substr(0, path.size() - name.size());
    return folder.ends_with("bin/");
  });
}

// "d/n" of "d/n.py" and of "d/__pycache__/n.cpython-311.pyc".
std::string module_path(std::string_view name)
{
  std::string path(name.substr(0, name.size() - last_component(name).size()));
  if (path.ends_with(k_bytecode_folder)) path.resize(path.size() - k_bytecode_folder.size() + 1);
  return path.append(last_component(name).substr(0, last_component(name).find('.')));
}

// The names that Python may have found the path by: of a module, of the packages around it. Only those that a test file
// can have.
void add_module_names(std::string_view path, std::vector<std::string>& names)
{
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    const std::string_view name = component.substr(0, component.find('.'));
    if (is_named_like_a_test(name)) names.emplace_back(name);
    path.remove_prefix(std::min(path.size(), component.size() + 1));
  }
}

// By its path or its module's name. A word that is the file's folder names whatever lies there.
bool names_file(std::string_view word, const std::string& file)
{
  if (word.ends_with(file)) return true;
  const std::string module = module_path(file);
  if (word.find(last_component(module)) == std::string_view::npos) return false;
  if (word.starts_with("./")) word.remove_prefix(2);
  return !std::string_view(file).substr(0, file.rfind('/') + 1).ends_with(std::string(word) + "/");
}

// Of its files those that its command names. One that is given a folder would take any other that comes to lie there.
std::vector<std::string> files_given_to(const Program& program)
{
  std::vector<std::string> given;
  const std::vector<std::string>& words = program.launch.arguments;
  for (const std::string& file : program.files)
    if (std::any_of(words.begin(), words.end(), [&](const std::string& word) { return names_file(word, file); }))
      given.push_back(file);
  return given;
}

// What the runner is given as a path; by a module's name another one could be found.
std::vector<std::string> modules_by_path(const Program& program)
{
  std::vector<std::string> found;
  const std::vector<std::string>& words = program.launch.arguments;
  for (const std::string& file : program.files)
    if (std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word.ends_with(file); }))
      found.push_back(module_path(file));
  return found;
}

// A folder without __init__.py is a package, too, of which perhaps nothing was read.
std::vector<std::string> modules_of(const std::string& root, const Program& program, const Observation& seen,
                                    const std::vector<std::string>& other_tests)
{
  std::vector<std::string> names;
  const std::vector<std::string> by_path = modules_by_path(program);
  for (const std::string& path : seen.read) {
    const std::string name = name_in(root, path);
    const std::size_t folder = name.size() - last_component(name).size();
    const bool given = contains(by_path, module_path(name));
    add_module_names(given ? std::string_view(name).substr(0, folder) : name, names);
  }
  // pytest looks at all test files that there are.
  for (const std::string& path : seen.looked)
    if (const std::string name = name_in(root, path); !is_other_test(other_tests, name) || is_folder(path))
      add_module_names(name, names);
  for (const std::string& path : seen.listed) add_module_names(name_in(root, path), names);
  for (const std::string& path : seen.links) add_module_names(name_in(root, path), names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

} // namespace

bool Collector::is_another_test(const std::string& name) const
{
  return collects && is_other_test(other_tests, name) && !contains(own_files, name);
}

bool Collector::only_scans(const std::string& name) const
{
  if (!collects || ran_a_program || name.starts_with('/')) return false;
  const std::string_view folder = std::string_view(name).substr(0, name.size() - last_component(name).size());
  return std::any_of(own_files.begin(), own_files.end(),
                     [&](const std::string& own) { return own.starts_with(folder); });
}

std::vector<std::string> Collector::stand_ins_in(const std::string& root, const std::string& folder) const
{
  std::vector<std::string> found;
  for (const std::string& module : modules) {
    std::string name = name_in(root, folder + "/" + module + ".py");
    if (is_other_test(other_tests, name)) found.push_back(std::move(name));
  }
  return found;
}

// pytest lists the folders from the root to the file that it is given, and asks of each entry what it is; Python by
// itself lists each folder of its module path. Adding a test file there must not run all others again: of other test
// files nothing counts, unless the test has opened one.
Collector collector_of(const std::string& root, const std::vector<TestsConfig>& tests, const Program& program,
                       const Observation& seen)
{
  Collector collector;
  collector.collects = is_pytest(program);
  if (!collector.collects && !is_python(program)) return collector;
  collector.ran_a_program = has_run_a_program(seen);
  collector.own_files = files_given_to(program);
  std::vector<std::string> read;
  for (const std::string& path : seen.read) {
    read.push_back(name_in(root, path));
    if (read.back().starts_with('/')) continue; // no test of the project's
    for (const std::string& source : sources_of_bytecode(path)) read.push_back(name_in(root, source));
  }
  for (const TestsConfig& entry : tests) {
    if (entry.framework != FrameworkKind::command) continue;
    for (const std::string& glob : entry.files) {
      const bool needs_another = std::any_of(read.begin(), read.end(), [&](const std::string& name) {
        return !contains(collector.own_files, name) && glob_matches(glob, name);
      });
      if (!needs_another) collector.other_tests.push_back(glob);
    }
  }
  std::sort(collector.other_tests.begin(), collector.other_tests.end());
  if (!collector.other_tests.empty()) collector.modules = modules_of(root, program, seen, collector.other_tests);
  return collector;
}

std::vector<std::string> sources_of_bytecode(const std::string& path)
{
  std::vector<std::string> sources;
  const std::size_t at = path.rfind(k_bytecode_folder);
  if (at == std::string::npos) return sources;
  const std::size_t name = at + k_bytecode_folder.size();
  for (std::size_t dot = path.find('.', name); dot != std::string::npos; dot = path.find('.', dot + 1)) {
    std::string source = path.substr(0, at + 1) + path.substr(name, dot - name) + ".py";
    struct stat status {};
    if (::lstat(source.c_str(), &status) == 0) sources.push_back(std::move(source));
  }
  return sources;
}

} // namespace sluice::frameworks
