#include "adapters/facts/makefile_facts.h"

#include "adapters/facts/disk.h"
#include "adapters/facts/text_hash.h"

#include <algorithm>
#include <filesystem>

namespace sluice::facts {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_phony = ".PHONY";

bool links(const CMakeTarget& target)
{
  return target.type == "EXECUTABLE" || target.type == "SHARED_LIBRARY" || target.type == "MODULE_LIBRARY";
}

// Targets by which CMake's Makefiles steer make; they stand for no file.
bool steering_target(std::string_view name)
{
  return name.starts_with('.') || name == "cmake_force" || name.find_first_of("%$") != std::string_view::npos ||
         name.ends_with(".dir/build") || name.ends_with(".dir/clean") || name.ends_with(".dir/depend") ||
         name.ends_with(".dir/preinstall");
}

// Files that CMake writes next to its Makefiles. Their content counts as part of the recipe.
bool steering_file(std::string_view name)
{
  static constexpr std::string_view k_endings[] = {".dir/build.make", ".dir/compiler_depend.ts", ".dir/flags.make",
                                                   ".dir/link.txt",   ".dir/depend.make",        ".dir/progress.make"};
  return name == "cmake_force" ||
         std::any_of(std::begin(k_endings), std::end(k_endings), [&](auto ending) { return name.ends_with(ending); });
}

// The recipe without its progress messages, whose numbers change whenever any step is added.
std::string without_messages(std::string_view recipe)
{
  std::string kept;
  while (!recipe.empty()) {
    const std::string_view line = recipe.substr(0, recipe.find('\n') + 1);
    if (line.find("-E cmake_echo_color") == std::string_view::npos) kept += line;
    recipe.remove_prefix(line.size());
  }
  return kept;
}

// The quoted strings of a line that CMake wrote into its own language.
std::vector<std::string> quoted_strings(std::string_view line)
{
  std::vector<std::string> strings;
  for (std::size_t at = line.find('"'); at != std::string_view::npos; at = line.find('"', at + 1)) {
    std::string& text = strings.emplace_back();
    for (++at; at < line.size() && line[at] != '"'; ++at) {
      if (line[at] == '\\' && at + 1 < line.size()) ++at;
      text += line[at];
    }
  }
  return strings;
}

} // namespace

MakefileFacts::MakefileFacts(BuildFacts& facts, PathNames& names, const CMakeModel& model, const StepListener& on_step)
  : facts_(facts), names_(names), model_(model), on_step_(on_step)
{
  for (const CMakeTarget& target : model.targets) by_id_.emplace(target.id, &target);
}

std::string MakefileFacts::build_folder(const CMakeTarget& target) const
{
  return (fs::path(names_.directory()) / target.build_folder).lexically_normal().string();
}

void MakefileFacts::add_targets()
{
  for (const CMakeTarget& target : model_.targets) add_target(target);
}

void MakefileFacts::add_target(const CMakeTarget& target)
{
  const std::string folder = build_folder(target) + "/CMakeFiles/" + target.name + ".dir";
  for (const std::string& artifact : target.artifacts) {
    facts_.target_names[facts_.facts.intern(names_.name(artifact))] = target.name;
  }
  compiled_.clear();
  add_sources(target);
  add_links(target);
  add_rules(target, folder);
  add_depfiles(target, folder);
  add_custom_depfiles(target, folder);
  mark_uncompiled(target);
}

void MakefileFacts::add_sources(const CMakeTarget& target)
{
  for (const CMakeTarget::Source& source : target.sources) {
    if (source.path.ends_with(".rule")) continue; // CMake's place holder for a custom command
    const std::string name = names_.name_from(model_.source_folder, source.path);
    for (const std::string& artifact : target.artifacts) {
      facts_.facts.add(name, names_.name(artifact), FactSource::cmake_file_api);
    }
  }
}

void MakefileFacts::add_links(const CMakeTarget& target)
{
  if (!links(target)) return;
  for (const std::string& id : target.dependencies) {
    const auto library = by_id_.find(id);
    if (library == by_id_.end() || library->second->type == "EXECUTABLE") continue;
    for (const std::string& input : library->second->artifacts) {
      for (const std::string& artifact : target.artifacts) {
        facts_.facts.add(names_.name(input), names_.name(artifact), FactSource::cmake_file_api);
      }
    }
  }
}

void MakefileFacts::add_rules(const CMakeTarget& target, const std::string& folder)
{
  const std::optional<std::string> bytes = read_file(folder + "/build.make");
  if (!bytes) {
    // Targets that CMake makes up itself (ZERO_CHECK and the like) have no rules; the others must.
    if (!target.artifacts.empty()) facts_.gaps.push_back("target " + target.name + " has no build.make");
    return;
  }
  TextHash settings;
  const std::string links = read_file(folder + "/link.txt").value_or("");
  settings.add(read_file(folder + "/flags.make").value_or(""));
  settings.add(links);
  std::set<std::string> phony;
  const std::vector<MakeRule> rules = read_make_rules(*bytes);
  for (const MakeRule& rule : rules) {
    if (rule.targets.front() == k_phony) phony.insert(rule.prerequisites.begin(), rule.prerequisites.end());
  }
  for (const MakeRule& rule : rules) add_rule(rule, target.name, settings.value(), links);
  for (const std::string& name : phony) {
    if (!steering_target(name)) facts_.facts.groups.push_back(facts_.facts.intern(names_.name(name)));
  }
}

void MakefileFacts::add_rule(const MakeRule& rule, const std::string& target, std::uint64_t settings,
                             const std::string& links)
{
  const auto steers = [](const std::string& name) { return steering_target(name); };
  if (std::any_of(rule.targets.begin(), rule.targets.end(), steers)) return;
  // "x.i: cmake_force" and the like are conveniences for people.
  if (std::find(rule.prerequisites.begin(), rule.prerequisites.end(), "cmake_force") != rule.prerequisites.end())
    return;
  for (const std::string& made : rule.targets) {
    const std::string output = names_.name(made);
    const PathId id = facts_.facts.intern(output);
    facts_.target_names.emplace(id, target);
    for (const std::string& prerequisite : rule.prerequisites) {
      if (!steering_file(prerequisite)) {
        facts_.facts.add(names_.name(prerequisite), output, FactSource::cmake_file_api);
      }
    }
    if (rule.recipe.empty()) continue;
    TextHash hash;
    hash.add(without_messages(rule.recipe));
    hash.add(std::to_string(settings));
    facts_.facts.recipes[id] = hash.value();
    if (!on_step_) continue;
    const bool is_link = rule.recipe.find("cmake_link_script") != std::string::npos;
    on_step_({output, is_link ? rule.recipe + links : rule.recipe, output.ends_with(".o")});
  }
}

void MakefileFacts::add_depfiles(const CMakeTarget& target, const std::string& folder)
{
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".d") files.push_back(it->path().string());
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) add_depfile(target, file);
}

void MakefileFacts::add_depfile(const CMakeTarget& target, const std::string& file)
{
  const std::string object = file.substr(0, file.size() - 2);
  const std::optional<std::string> bytes = read_file(file);
  if (!bytes || !time_of_change(object)) return; // its sources then count as not compiled
  const PathId output = facts_.facts.intern(names_.name(object));
  const bool known = facts_.facts.recipes.contains(output);
  for (const MakeRule& rule : read_make_rules(*bytes)) {
    for (const std::string& prerequisite : rule.prerequisites) {
      std::string name = names_.name_from(build_folder(target), prerequisite);
      // A depfile of a source that was taken out of the project stays in the folder.
      if (!known) continue;
      facts_.facts.add(name, facts_.facts.name(output), FactSource::depfile);
      compiled_.insert(std::move(name));
    }
  }
}

// What custom commands told by DEPFILE. CMake notes their place as: "" "output" "custom" "depfile".
void MakefileFacts::add_custom_depfiles(const CMakeTarget& target, const std::string& folder)
{
  const std::string notes = read_file(folder + "/DependInfo.cmake").value_or("");
  for (std::string_view rest = notes; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    rest.remove_prefix(line.empty() ? rest.size() : line.size());
    const std::vector<std::string> strings = quoted_strings(line);
    if (strings.size() != 4 || strings[2] != "custom") continue;
    const std::string output = names_.name(strings[1]);
    const std::optional<std::string> bytes = read_file(names_.absolute(names_.name(strings[3])));
    if (!bytes || !time_of_change(names_.absolute(output))) facts_.unbuilt.push_back(output);
    for (const MakeRule& rule : read_make_rules(bytes.value_or(""))) {
      for (const std::string& prerequisite : rule.prerequisites) {
        facts_.facts.add(names_.name_from(build_folder(target), prerequisite), output, FactSource::depfile);
      }
    }
  }
}

void MakefileFacts::mark_uncompiled(const CMakeTarget& target)
{
  const auto uncompiled = [&](const CMakeTarget::Source& source) {
    return source.compiled && !compiled_.contains(names_.name_from(model_.source_folder, source.path));
  };
  if (std::none_of(target.sources.begin(), target.sources.end(), uncompiled)) return;
  for (const std::string& artifact : target.artifacts) facts_.unbuilt.push_back(names_.name(artifact));
}

} // namespace sluice::facts
