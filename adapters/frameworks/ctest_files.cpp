#include "adapters/frameworks/ctest_files.h"

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/cmake_language.h"
#include "adapters/frameworks/cmake_regex.h"

#include <array>
#include <unordered_set>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_largest_script = 256u << 20;
constexpr int k_deepest = 100;
using Arguments = std::vector<CMakeArgument>;

class Walk {
public:
  Walk(CTestFiles& found, std::string configuration) : found_(found), configuration_(std::move(configuration)) {}

  void folder(const std::string& directory)
  {
    const std::string outer = std::exchange(folder_, directory);
    script(directory + "/CTestTestfile.cmake");
    folder_ = outer;
  }

private:
  using Step = void (Walk::*)(const Arguments&);

  void script(const std::string& path)
  {
    add(path);
    // A script may stand in several folders' lists; its relative paths then mean different files.
    if (!open_.insert(path).second || open_.size() > k_deepest) {
      found_.exact = false;
      return;
    }
    const std::string outer = std::exchange(script_, path);
    const std::vector<bool> outer_branches = std::exchange(branches_, {});
    if (const auto text = read_whole_file(path, k_largest_script)) {
      if (!read_cmake(*text, [this](const CMakeCall& call) { take(call); })) found_.exact = false;
    }
    script_ = outer;
    branches_ = outer_branches;
    open_.erase(path);
  }

  void take(const CMakeCall& call)
  {
    struct Entry {
      std::string_view name;
      Step step;
    };
    static constexpr std::array<Entry, 11> k_steps{{{"add_test", &Walk::add_test},
                                                    {"set_tests_properties", &Walk::plain},
                                                    {"set", &Walk::plain},
                                                    {"subdirs", &Walk::subdirs},
                                                    {"include", &Walk::include},
                                                    {"if", &Walk::begin_if},
                                                    {"elseif", &Walk::begin_elseif},
                                                    {"else", &Walk::begin_else},
                                                    {"endif", &Walk::end_if},
                                                    {"gtest_discover_tests_impl", &Walk::discover},
                                                    {"set_directory_properties", &Walk::plain}}};
    for (const Entry& entry : k_steps) {
      if (call.name == entry.name) return (this->*entry.step)(call.arguments);
    }
    found_.exact = false;
  }

  void plain(const Arguments& arguments)
  {
    for (const CMakeArgument& argument : arguments) {
      if (argument.expands) found_.exact = false;
    }
  }

  void add_test(const Arguments& arguments)
  {
    plain(arguments);
    if (arguments.size() < 2 || !active()) return;
    const std::string& program = arguments[1].text;
    const bool relative = program.find('/') != std::string::npos && !program.starts_with('/');
    found_.programs[arguments[0].text].push_back(relative ? folder_ + "/" + program : program);
  }

  void subdirs(const Arguments& arguments)
  {
    for (const CMakeArgument& argument : arguments) folder(absolute(argument));
  }

  void include(const Arguments& arguments)
  {
    if (arguments.empty()) return;
    const std::string path = absolute(arguments.front());
    // CMake's own module: its content counts, its commands are those of the calls that are read here.
    if (path.ends_with("/GoogleTestAddTests.cmake")) add(path);
    else script(path);
  }

  void discover(const Arguments& arguments)
  {
    plain(arguments);
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
      if (arguments[i].text == "TEST_EXECUTABLE") add(absolute(arguments[i + 1]));
    }
  }

  void begin_if(const Arguments& arguments) { branches_.push_back(condition(arguments)); }
  void begin_elseif(const Arguments& arguments)
  {
    const bool taken = taken_;
    if (!branches_.empty()) branches_.back() = condition(arguments) && !taken;
    taken_ = taken_ || taken;
  }
  void begin_else(const Arguments&)
  {
    if (!branches_.empty()) branches_.back() = !taken_;
  }
  void end_if(const Arguments&)
  {
    if (!branches_.empty()) branches_.pop_back();
  }

  // Notes the files that a condition looks at. False only for another configuration's branch: what else a condition
  // comes to is not decided here.
  bool condition(const Arguments& arguments)
  {
    const auto word = [&](std::size_t i) { return i < arguments.size() ? arguments[i].text : std::string(); };
    taken_ = false;
    if (word(0) == "CTEST_CONFIGURATION_TYPE" && word(1) == "MATCHES" && arguments.size() == 3)
      return taken_ = CMakeRegex(word(2)).found_in(configuration_);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (word(i) == "NOT" || word(i) == "OR" || word(i) == "AND") continue;
      if (word(i) == "EXISTS" && i + 1 < arguments.size()) {
        add(absolute(arguments[++i]));
      } else if (word(i + 1) == "IS_NEWER_THAN" && i + 2 < arguments.size()) {
        found_.newer.emplace_back(absolute(arguments[i]), absolute(arguments[i + 2]));
        i += 2;
      } else {
        found_.exact = false;
      }
    }
    return true;
  }

  bool active() const
  {
    for (const bool branch : branches_) {
      if (!branch) return false;
    }
    return true;
  }

  // The path that an argument means; the set becomes inexact when that cannot be told.
  std::string absolute(const CMakeArgument& argument)
  {
    std::string path = argument.text;
    if (argument.expands) {
      replace(path, "${CTEST_CONFIGURATION_TYPE}", configuration_);
      replace(path, "${CMAKE_CURRENT_LIST_FILE}", script_);
      replace(path, "${CMAKE_CURRENT_LIST_DIR}", script_.substr(0, script_.rfind('/')));
      if (path.find('$') != std::string::npos) found_.exact = false;
    }
    return path.starts_with('/') ? path : folder_ + "/" + path;
  }

  static void replace(std::string& text, std::string_view what, std::string_view with)
  {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
      text.replace(at, what.size(), with);
  }

  void add(const std::string& path)
  {
    if (seen_.insert(path).second) found_.files.push_back(path);
  }

  CTestFiles& found_;
  std::string configuration_;
  std::string folder_;
  std::string script_;
  std::vector<bool> branches_; // of the ifs that are open: whether the branch belongs to the configuration
  bool taken_ = false;         // a branch of the innermost configuration test was taken
  std::unordered_set<std::string> open_;
  std::unordered_set<std::string> seen_;
};

} // namespace

CTestFiles find_ctest_files(const std::string& directory, const std::string& configuration)
{
  CTestFiles found;
  Walk(found, configuration).folder(directory);
  // CTest reads these on its own, and they may leave tests out by commands of any kind.
  for (const char* name : {"/CTestCustom.cmake", "/CTestCustom.ctest"}) {
    found.files.push_back(directory + name);
    if (read_whole_file(found.files.back(), k_largest_script)) found.exact = false;
  }
  return found;
}

} // namespace sluice::frameworks
