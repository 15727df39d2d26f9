#include "policy/test_direction.h"

#include "model/glob.h"
#include "policy/json_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace sluice::policy {

namespace {

using namespace std::string_view_literals;

// Globs of files that count as a whole.
constexpr std::array k_whole_files{"/sluice.toml"sv,
                                   ".gitattributes"sv, // has git write a test in another way
                                   "conftest.py"sv,
                                   "pytest.ini"sv,
                                   ".pytest.ini"sv,
                                   "pytest.toml"sv,
                                   ".pytest.toml"sv,
                                   "tox.ini"sv,
                                   "tox.toml"sv,
                                   "noxfile.py"sv,
                                   ".coveragerc"sv,
                                   "jest.config.*"sv,
                                   "vitest.config.*"sv,
                                   "vitest.workspace.*"sv,
                                   "vite.config.*"sv, // vitest reads this, too
                                   ".mocharc*"sv,
                                   "mocha.opts"sv,
                                   "karma.conf.*"sv,
                                   "playwright.config.*"sv,
                                   "cypress.config.*"sv,
                                   "cypress.json"sv,
                                   "ava.config.*"sv,
                                   "jasmine.json"sv,
                                   "wdio.conf.*"sv,
                                   ".taprc"sv,
                                   ".nycrc*"sv,
                                   "nyc.config.*"sv,
                                   ".c8rc*"sv,
                                   "web-test-runner.config.*"sv,
                                   "CTestCustom.cmake"sv,
                                   "CTestCustom.ctest"sv,
                                   "nextest.toml"sv,
                                   "**/.cargo/config.toml"sv, // what starts the tests
                                   "**/.cargo/config"sv,
                                   "bunfig.toml"sv,
                                   ".npmrc"sv, // what runs scripts
                                   ".yarnrc"sv,
                                   ".yarnrc.yml"sv,
                                   ".bazelrc"sv,
                                   "**/.mvn/**"sv,
                                   "*.pth"sv, // Python runs lines of it
                                   "xunit.runner.json"sv,
                                   "sitecustomize.py"sv, // Python imports these unasked
                                   "usercustomize.py"sv,
                                   "jest.setup.*"sv, // what runners load before tests, by the usual names
                                   "jest-setup.*"sv,
                                   "setupJest.*"sv,
                                   "setup-jest.*"sv,
                                   "setupTests.*"sv,
                                   "setup-tests.*"sv,
                                   "vitest.setup.*"sv,
                                   "vitest-setup.*"sv,
                                   "spec_helper.rb"sv,
                                   "rails_helper.rb"sv,
                                   "test_helper.*"sv,
                                   ".cucumber.*"sv,
                                   "cucumber.yml"sv,
                                   ".rspec"sv,
                                   "phpunit.xml"sv,
                                   "phpunit.xml.dist"sv,
                                   "testng.xml"sv,
                                   "*.runsettings"sv,
                                   "junit-platform.properties"sv};

// What is said here is no runner's affair: who made the project, what it needs, of what parts it is made.
constexpr std::array k_other_tables{"project"sv, "build-system"sv, "dependency-groups"sv};
constexpr std::array k_other_tools{"poetry"sv, "uv"sv, "pdm"sv};
// But for plugins, which pytest loads into every run.
constexpr std::array k_plugins{"entry-points"sv, "plugins"sv};
constexpr std::array k_other_fields{"name"sv,
                                    "version"sv,
                                    "description"sv,
                                    "keywords"sv,
                                    "author"sv,
                                    "contributors"sv,
                                    "maintainers"sv,
                                    "license"sv,
                                    "homepage"sv,
                                    "bugs"sv,
                                    "repository"sv,
                                    "funding"sv,
                                    "private"sv,
                                    "publishConfig"sv,
                                    "files"sv,
                                    "engines"sv,
                                    "os"sv,
                                    "cpu"sv,
                                    "packageManager"sv,
                                    "dependencies"sv,
                                    "devDependencies"sv,
                                    "peerDependencies"sv,
                                    "peerDependenciesMeta"sv,
                                    "optionalDependencies"sv,
                                    "bundledDependencies"sv,
                                    "bundleDependencies"sv,
                                    "overrides"sv,
                                    "resolutions"sv,
                                    "workspaces"sv,
                                    "type"sv,
                                    "main"sv,
                                    "module"sv,
                                    "exports"sv,
                                    "imports"sv,
                                    "types"sv,
                                    "typings"sv,
                                    "browser"sv,
                                    "bin"sv,
                                    "man"sv,
                                    "sideEffects"sv};

template <class List> bool holds(const List& list, std::string_view word)
{
  return std::find(list.begin(), list.end(), word) != list.end();
}

// With the length before each text, so that no two values are written alike.
void write(const ConfigNode& node, std::string& text);

void write(std::string_view word, std::string& text)
{
  text += fmt::format("{}:{}", word.size(), word);
}

void write(const ConfigTable& table, std::string& text, bool (*left_out)(std::string_view) = nullptr)
{
  text += '{';
  for (const ConfigEntry& entry : table.entries) {
    if (left_out && left_out(entry.key)) continue;
    write(entry.key, text);
    write(entry.node, text);
  }
  text += '}';
}

void write(const ConfigNode& node, std::string& text)
{
  if (const auto* flag = std::get_if<bool>(&node.value)) text += *flag ? "true;" : "false;";
  else if (const auto* number = std::get_if<std::int64_t>(&node.value)) text += fmt::format("{};", *number);
  else if (const auto* real = std::get_if<double>(&node.value)) text += fmt::format("{}f;", *real);
  else if (const auto* word = std::get_if<std::string>(&node.value)) write(std::string_view(*word), text);
  else if (const auto* table = std::get_if<ConfigTable>(&node.value)) write(*table, text);
  else {
    text += '[';
    for (const ConfigNode& each : std::get<ConfigArray>(node.value)) write(each, text);
    text += ']';
  }
}

void write_plugins(const ConfigEntry& table, std::string& text)
{
  const auto* entries = std::get_if<ConfigTable>(&table.node.value);
  for (const ConfigEntry& entry : entries ? entries->entries : std::vector<ConfigEntry>{}) {
    if (!holds(k_plugins, entry.key)) continue;
    write(table.key, text);
    write(entry.key, text);
    write(entry.node, text);
  }
}

// Readers of setup.cfg split lines at more than line ends; a file with such characters is nobody's honest work.
bool splits_alike_for_all(std::string_view text)
{
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\r' && text.substr(i + 1, 1) != "\n") return false;
    if (byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r') return false;
  }
  constexpr std::array k_ends{"\xc2\x85"sv, "\xe2\x80\xa8"sv, "\xe2\x80\xa9"sv}; // U+0085, U+2028, U+2029
  return std::none_of(k_ends.begin(), k_ends.end(),
                      [&](std::string_view end) { return text.find(end) != std::string_view::npos; });
}

// As a whole and in plain letters: after "[options.x#]" one reader sees a section and another a comment.
bool is_other_section(std::string_view line)
{
  if (line == "[metadata]" || line == "[options]") return true;
  if (line == "[options.entry_points]") return false; // plugins
  constexpr std::string_view k_start = "[options.";
  if (!line.starts_with(k_start) || !line.ends_with("]")) return false;
  const std::string_view name = line.substr(k_start.size(), line.size() - k_start.size() - 1);
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '-'; });
}

} // namespace

TestDirection direction_of(std::string_view path)
{
  const auto is_it = [&](std::string_view glob) { return glob_matches(glob, path); };
  if (std::any_of(k_whole_files.begin(), k_whole_files.end(), is_it)) return TestDirection::whole;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name == "pyproject.toml") return TestDirection::pyproject_toml;
  if (name == "setup.cfg") return TestDirection::setup_cfg;
  if (name == "package.json") return TestDirection::package_json;
  return TestDirection::none;
}

bool is_metadata_of_package(std::string_view path)
{
  return glob_matches("**/*.egg-info/**", path) || glob_matches("**/*.dist-info/**", path) ||
         glob_matches("*.egg-info", path) || glob_matches("*.dist-info", path); // links to such a folder
}

std::string directing_part_of_pyproject(const ConfigNode& file)
{
  std::string text;
  const auto* top = std::get_if<ConfigTable>(&file.value);
  if (!top) return text;
  for (const ConfigEntry& entry : top->entries) {
    if (holds(k_other_tables, entry.key)) {
      write_plugins(entry, text);
      continue;
    }
    write(entry.key, text);
    const auto* tools = entry.key == "tool" ? std::get_if<ConfigTable>(&entry.node.value) : nullptr;
    if (!tools) {
      write(entry.node, text);
      continue;
    }
    write(*tools, text, [](std::string_view key) { return holds(k_other_tools, key); });
    for (const ConfigEntry& tool : tools->entries)
      if (holds(k_other_tools, tool.key)) write_plugins(tool, text);
  }
  return text;
}

std::optional<std::string> directing_part_of_setup_cfg(std::string_view text)
{
  if (!splits_alike_for_all(text)) return std::nullopt;
  std::string part;
  bool other = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("[")) other = is_other_section(line);
    if (line.starts_with("entry_points") || line.starts_with("entry-points")) other = false; // of [options]
    if (!other) part.append(line).push_back('\n');
  }
  return part;
}

std::optional<std::string> directing_part_of_package_json(std::string_view text)
{
  if (is_nested_too_deep(text)) return std::nullopt;
  auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  for (const std::string_view field : k_other_fields) json.erase(std::string(field));
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace sluice::policy
