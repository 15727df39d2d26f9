#include "adapters/frameworks/ctest/ctest_files.h"

#include "adapters/frameworks/binary.h"
#include "adapters/frameworks/ctest/cmake_language.h"
#include "adapters/frameworks/ctest/cmake_regex.h"

#include <algorithm>
#include <array>
#include <unistd.h>
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
    const std::string list = directory + "/CTestTestfile.cmake";
    script(list);
    // CTest reads this one, an older tool's, in a folder that has no other.
    if (::access(list.c_str(), F_OK) != 0) {
      const std::string older = directory + "/DartTestfile.txt";
      add(older);
      if (::access(older.c_str(), F_OK) == 0) found_.exact = false;
    }
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
    const std::vector<Branch> outer_branches = std::exchange(branches_, {});
    const auto text = read_whole_file(path, k_largest_script);
    if (text && !read_cmake(*text, [this](const CMakeCall& call) { take(call); })) found_.exact = false;
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
    // What is not named in full may be a module, which CMake searches in folders that are not known here.
    if (!arguments.front().text.starts_with('/') && !arguments.front().expands) found_.exact = false;
    const std::string path = absolute(arguments.front());
    // CMake's own module: its content counts, its commands are those of the calls that are read here.
    if (path.ends_with("/Modules/GoogleTestAddTests.cmake")) add(path);
    else script(path);
  }

  void discover(const Arguments& arguments)
  {
    plain(arguments);
    // It starts the program, which may read anything. Where that is done only for a list that is older than the
    // program, as CMake writes it, nothing is started as long as the list is new, and more is not remembered.
    if (std::none_of(branches_.begin(), branches_.end(), [](const Branch& branch) { return branch.for_old_lists; }))
      found_.exact = false;
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
      if (arguments[i].text == "TEST_EXECUTABLE") add(absolute(arguments[i + 1]));
    }
  }

  void begin_if(const Arguments& arguments)
  {
    const bool taken = condition(arguments);
    branches_.push_back({taken, is_for_old_lists(arguments)});
  }
  void begin_elseif(const Arguments& arguments)
  {
    const bool taken = taken_;
    if (!branches_.empty()) branches_.back() = {condition(arguments) && !taken, false};
    taken_ = taken_ || taken;
  }
  void begin_else(const Arguments&)
  {
    if (!branches_.empty()) branches_.back() = {!taken_, false};
  }
  void end_if(const Arguments&)
  {
    if (!branches_.empty()) branches_.pop_back();
  }

  // True for "NOT EXISTS list OR NOT list IS_NEWER_THAN program ...": false as soon as the list is there and is new.
  static bool is_for_old_lists(const Arguments& arguments)
  {
    bool any = false;
    for (std::size_t i = 0; i < arguments.size(); i += 2) {
      if (arguments[i].text == "OR") ++i;
      if (i + 2 >= arguments.size() || arguments[i].text != "NOT") return false;
      if (arguments[i + 1].text == "EXISTS") ++i;
      else if (arguments[i + 2].text == "IS_NEWER_THAN") any = true, i += 2;
      else return false;
    }
    return any;
  }

  // Notes the files that a condition looks at. False only for another configuration's branch: what else a condition
  // comes to is not decided here.
  bool condition(const Arguments& arguments)
  {
    const auto word = [&](std::size_t i) { return i < arguments.size() ? arguments[i].text : std::string(); };
    taken_ = false;
    const bool literal =
      std::none_of(arguments.begin(), arguments.end(), [](const auto& each) { return each.expands; });
    if (literal && word(0) == "CTEST_CONFIGURATION_TYPE" && word(1) == "MATCHES" && arguments.size() == 3)
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
    return std::all_of(branches_.begin(), branches_.end(), [](const Branch& branch) { return branch.taken; });
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

  // Of an if that is open.
  struct Branch {
    bool taken = false;         // it belongs to the configuration
    bool for_old_lists = false; // it is not entered once its list of tests is as new as the program
  };

  CTestFiles& found_;
  std::string configuration_;
  std::string folder_;
  std::string script_;
  std::vector<Branch> branches_;
  bool taken_ = false; // a branch of the innermost configuration test was taken
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
  for (const char* settings : {"/CTestConfiguration.ini", "/DartConfiguration.tcl"})
    found.files.push_back(directory + settings);
  return found;
}

} // namespace sluice::frameworks
