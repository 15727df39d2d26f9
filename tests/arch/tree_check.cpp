#include "tests/arch/tree_check.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace sluice::tests {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_longest_file = 400;
constexpr std::size_t k_least_prose = 2, k_most_prose = 8; // lines; a fixture of tests may do with one

std::vector<std::string> words(std::string_view text)
{
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

std::vector<std::string> lines_of(const fs::path& path)
{
  std::ifstream file(path, std::ios::binary);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(std::move(line));
  return lines;
}

// "a b : c d" -> {a, b}, {c, d}
std::pair<std::vector<std::string>, std::set<std::string>> split_owners(std::string_view text)
{
  const std::size_t colon = text.find(" : ");
  if (colon == std::string_view::npos) return {};
  const std::vector<std::string> owners = words(text.substr(colon + 3));
  return {words(text.substr(0, colon)), {owners.begin(), owners.end()}};
}

bool read_rule(Layers& layers, const std::string& kind, std::string_view rest)
{
  if (kind == "folder") {
    const std::size_t arrow = rest.find("->");
    const std::vector<std::string> name = words(rest.substr(0, arrow));
    if (arrow == std::string_view::npos || name.size() != 1) return false;
    return layers.folders.emplace(name[0], words(rest.substr(arrow + 2))).second;
  }
  if (kind == "readme") {
    for (std::string& folder : words(rest)) layers.readmes.push_back(std::move(folder));
    return true;
  }
  const auto [names, owners] = split_owners(rest);
  if (names.empty() || owners.empty()) return false;
  if (kind == "library" && names.size() == 2) {
    layers.libraries.push_back({names[0], names[1], owners});
  } else if (kind == "system" || kind == "pure") {
    for (const std::string& name : names)
      (kind == "pure" ? layers.pure : layers.systems).push_back({name, "-", owners});
  } else {
    return false;
  }
  return true;
}

// What throws where nobody expects it.
struct ThrowingText {
  std::string_view text, why;
};
constexpr ThrowingText k_throwing[] = {
  {"print(stderr", "printing to standard error throws when that is closed or full: write_error() does not"},
  {": fs::directory_iterator(", "++ throws whatever the iterator was given: entries() of model/entries.h does not"},
  {": fs::recursive_directory_iterator(", "++ throws: entries() of model/entries.h does not"},
  {": std::filesystem::directory_iterator(", "++ throws: entries() of model/entries.h does not"}};

struct Include {
  int line = 0;
  bool quoted = false;
  std::string name;
};

std::optional<Include> include_in(std::string_view text, int line)
{
  const std::vector<std::string> parts = words(text);
  std::string rest;
  for (const std::string& part : parts) rest += part;
  const std::string_view prefix = "#include";
  if (!rest.starts_with(prefix) || rest.size() < prefix.size() + 3) return std::nullopt;
  const char open = rest[prefix.size()];
  if (open != '"' && open != '<') return std::nullopt;
  const std::size_t end = rest.find(open == '"' ? '"' : '>', prefix.size() + 1);
  if (end == std::string::npos) return std::nullopt;
  return Include{line, open == '"', rest.substr(prefix.size() + 1, end - prefix.size() - 1)};
}

bool is_within(std::string_view path, std::string_view folder)
{
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

class Checker {
public:
  Checker(std::string root, const Layers& layers) : root_(std::move(root)), layers_(layers) {}

  std::vector<Finding> run()
  {
    for (const std::string& file : files()) check_file(file);
    for (const auto& [folder, edges] : layers_.folders) check_links(folder, edges);
    std::vector<std::string> folders = layers_.readmes;
    for (const auto& [folder, edges] : layers_.folders) folders.push_back(folder);
    for (const std::string& folder : folders)
      if (fs::is_directory(root_ + "/" + folder)) check_readme(folder);
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) {
      return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    });
    return std::move(findings_);
  }

private:
  void add(std::string file, int line, std::string what)
  {
    findings_.push_back({std::move(file), line, std::move(what)});
  }

  // A README that a formatter of sources went over does not open like this any more.
  void check_readme(const std::string& folder)
  {
    const std::string file = folder + "/README.md";
    if (!fs::is_regular_file(root_ + "/" + file)) return add(folder, 0, "has no README.md");
    const std::vector<std::string> lines = lines_of(root_ + "/" + file);
    if (lines.empty() || lines[0] != "# " + folder) add(file, 1, "does not begin with \"# " + folder + "\"");
  }

  // Sources of the program and of its tests; what a person builds or clones beside them is no concern of ours.
  std::vector<std::string> files() const
  {
    std::vector<std::string> names;
    for (const fs::directory_entry& top : fs::directory_iterator(root_)) {
      const std::string name = top.path().filename().string();
      const bool ours =
        name == "tests" || std::any_of(layers_.folders.begin(), layers_.folders.end(),
                                       [&](const auto& f) { return f.first == name || is_within(f.first, name); });
      if (!ours || !fs::is_directory(top.path())) continue;
      for (const fs::directory_entry& entry : fs::recursive_directory_iterator(top.path()))
        if (entry.is_regular_file() && (entry.path().extension() == ".h" || entry.path().extension() == ".cpp"))
          names.push_back(entry.path().lexically_relative(root_).generic_string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  // The declared folder that holds the file; the innermost, where one lies in another.
  const std::string* folder_of(std::string_view file) const
  {
    const std::string* found = nullptr;
    for (const auto& [folder, edges] : layers_.folders)
      if (is_within(file, folder) && (!found || folder.size() > found->size())) found = &folder;
    return found;
  }

  void check_file(const std::string& file)
  {
    // What tests feed to the program (cases, small projects) is data.
    const bool test = is_within(file, "tests");
    if (test && (is_within(file, "tests/cases") || file.find("/data/") != std::string::npos)) return;
    const std::vector<std::string> lines = lines_of(root_ + "/" + file);
    check_form(file, lines);
    check_pages(file, lines);
    if (test) return;
    const std::string* folder = folder_of(file);
    if (!folder) return add(file, 0, "lies in no folder of layers.txt");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const int line = static_cast<int>(i) + 1;
      if (const auto include = include_in(lines[i], line))
        include->quoted ? check_own(file, *folder, *include) : check_foreign(file, *folder, *include);
      for (const ThrowingText& each : k_throwing)
        if (lines[i].find(each.text) != std::string::npos) add(file, line, std::string(each.why));
    }
  }

  void check_form(const std::string& file, const std::vector<std::string>& lines)
  {
    const bool says_why =
      std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return line.starts_with("// Length:"); });
    if (lines.size() > k_longest_file && !says_why)
      add(file, static_cast<int>(lines.size()), "is longer than 400 lines and no \"// Length:\" comment says why");
    if (!file.ends_with(".h")) return;
    std::size_t prose = 0;
    while (prose < lines.size() && lines[prose].starts_with("// ")) ++prose;
    if (prose < (is_within(file, "tests") ? 1 : k_least_prose) || prose > k_most_prose)
      add(file, 1, "does not open with two to eight lines of prose: what it is, what it does not know");
  }

  // Pages of docs/ that comments send a reader to. In code the same words are data.
  void check_pages(const std::string& file, const std::vector<std::string>& lines)
  {
    static const std::regex page("\\bdocs/[A-Za-z0-9_./-]+\\.md\\b");
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t comment = lines[i].find("//");
      if (comment == std::string::npos || lines[i].find("docs/", comment) == std::string::npos) continue;
      const std::string words = lines[i].substr(comment);
      for (std::sregex_iterator at(words.begin(), words.end(), page), end; at != end; ++at)
        if (!fs::is_regular_file(root_ + "/" + at->str()))
          add(file, static_cast<int>(i) + 1, at->str() + " is no page of the tree");
    }
  }

  void check_own(const std::string& file, const std::string& folder, const Include& include)
  {
    const std::string* other = folder_of(include.name);
    if (!fs::is_regular_file(root_ + "/" + include.name))
      return add(file, include.line, "\"" + include.name + "\" is no file of the tree, named from its root");
    if (other && (*other == folder || allowed(folder, *other, include.name))) return;
    add(file, include.line, "\"" + include.name + "\": " + folder + " may not include " + (other ? *other : "this"));
  }

  bool allowed(const std::string& folder, const std::string& other, const std::string& header) const
  {
    const std::vector<std::string>& edges = layers_.folders.at(folder);
    return std::any_of(edges.begin(), edges.end(),
                       [&](const std::string& edge) { return edge == "*" || edge == other || edge == header; });
  }

  void check_foreign(const std::string& file, const std::string& folder, const Include& include)
  {
    const std::string name = "<" + include.name + ">";
    for (const LibraryRule& rule : layers_.pure)
      if (rule.prefix == include.name && rule.owners.contains(folder))
        add(file, include.line, name + ": " + folder + " has no input and output");
    for (const LibraryRule& rule : layers_.libraries) {
      if (!include.name.starts_with(rule.prefix)) continue;
      if (!owns(rule, folder))
        add(file, include.line, name + " belongs to " + *rule.owners.begin() + ", not to " + folder);
      else if (file.ends_with(".h")) add(file, include.line, name + " is a library's header in a header of ours");
      return;
    }
    for (const LibraryRule& rule : layers_.systems) {
      if (!include.name.starts_with(rule.prefix)) continue;
      if (!owns(rule, folder)) add(file, include.line, name + ": " + folder + " does not touch the system");
      return;
    }
    const bool standard = include.name.find_first_of("/.") == std::string::npos;
    if (!standard) add(file, include.line, name + " has no owner in layers.txt");
  }

  static bool owns(const LibraryRule& rule, const std::string& folder)
  {
    return rule.owners.contains("*") || rule.owners.contains(folder);
  }

  // The library's name is the last part of its folder's name.
  const std::string* folder_of_library(std::string_view library) const
  {
    for (const auto& [folder, edges] : layers_.folders)
      if ("sluice_" + folder.substr(folder.rfind('/') + 1) == library) return &folder;
    return nullptr;
  }

  // The arguments behind LINKS and PRIVATE_LINKS of the folder's sluice_library() call, with their lines.
  using Links = std::map<std::string, int>;
  void read_links(const std::string& file, Links& ours, Links& theirs) const
  {
    Links* into = nullptr;
    bool inside = false;
    const std::vector<std::string> lines = lines_of(root_ + "/" + file);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      std::string text = lines[i].substr(0, lines[i].find('#'));
      const bool ends = inside && text.find(')') != std::string::npos;
      if (text.starts_with("sluice_library(")) inside = true;
      if (!inside) continue;
      const bool closed = ends || text.find(')') != std::string::npos;
      std::replace(text.begin(), text.end(), ')', ' ');
      for (const std::string& word : words(text)) {
        if (word == "LINKS") into = &ours;
        else if (word == "PRIVATE_LINKS") into = &theirs;
        else if (word == "SOURCES") into = nullptr;
        else if (into) into->emplace(word, static_cast<int>(i) + 1);
      }
      if (closed) return;
    }
  }

  void check_links(const std::string& folder, const std::vector<std::string>& edges)
  {
    const std::string file = folder + "/CMakeLists.txt";
    if (!fs::is_regular_file(root_ + "/" + file)) return;
    Links ours, theirs;
    read_links(file, ours, theirs);
    std::set<std::string> linked;
    for (const auto& [library, line] : ours) {
      const std::string* other = folder_of_library(library);
      const bool may = other && std::any_of(edges.begin(), edges.end(), [&](const std::string& edge) {
                         return edge == *other || is_within(edge, *other);
                       });
      if (!may) add(file, line, folder + " may not link " + library);
      if (other) linked.insert(*other);
    }
    for (const auto& [name, line] : theirs) {
      const std::string& target = name; // clang 14 cannot capture a structured binding
      const bool may = std::any_of(layers_.libraries.begin(), layers_.libraries.end(), [&](const LibraryRule& rule) {
        return rule.target == target && owns(rule, folder);
      });
      if (!may) add(file, line, folder + " does not own " + target);
    }
    for (const std::string& edge : edges)
      if (layers_.folders.contains(edge) && !linked.contains(edge))
        add(file, 0, folder + " does not link " + edge + ", which layers.txt lists");
  }

  const std::string root_;
  const Layers& layers_;
  std::vector<Finding> findings_;
};

} // namespace

Layers read_layers(std::string_view text)
{
  Layers layers;
  std::istringstream in{std::string(text)};
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::string_view rule = std::string_view(line).substr(0, line.find('#'));
    const std::vector<std::string> all = words(rule);
    if (all.empty()) continue;
    if (!read_rule(layers, all[0], rule.substr(rule.find(all[0]) + all[0].size())))
      throw std::runtime_error("layers.txt:" + std::to_string(number) + ": no rule: " + line);
  }
  return layers;
}

std::vector<Finding> check_tree(const std::string& root, const Layers& layers)
{
  return Checker(root, layers).run();
}

} // namespace sluice::tests
