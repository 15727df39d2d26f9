#include "policy/idle_globs.h"

#include "model/glob.h"
#include "policy/message_text.h"
#include "policy/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace sluice::policy {

namespace {

// What people write who know other globs than these.
std::string way_out(const std::string& glob, const std::vector<std::string>& files)
{
  if (glob.find('{') != std::string::npos) return ": { is no pattern here, write one glob for each";
  std::string folder = glob.substr(std::min(glob.find_first_not_of('/'), glob.size())) + "/";
  while (folder.ends_with("//")) folder.pop_back();
  const auto below = std::lower_bound(files.begin(), files.end(), folder);
  const bool is_folder = below != files.end() && below->starts_with(folder);
  return is_folder ? fmt::format(", which is a folder: \"{}/\" has what lies in it", printable(glob)) : "";
}

class Search {
public:
  Search(const std::vector<std::string>& files, const Catalogue& catalogue) : files_(files)
  {
    for (const TestCase& test : catalogue.tests)
      tests_.push_back({test.id.value, test.file, catalogue.program_of(test).name, test.labels});
  }

  void files_for(const std::string& place, int line, const std::vector<std::string>& globs)
  {
    for (const std::string& glob : globs)
      if (std::none_of(files_.begin(), files_.end(), [&](const auto& file) { return glob_matches(glob, file); }))
        add(line, fmt::format("{}: no file matches \"{}\"{}", place, printable(glob), way_out(glob, files_)));
  }

  // Each of a suite's lists as if it were the only one.
  void tests_for(const Suite& suite)
  {
    one_by_one(suite, "has a name like", suite.tests, &Suite::tests);
    one_by_one(suite, "has the label", suite.labels, &Suite::labels);
    one_by_one(suite, "has a file like", suite.paths, &Suite::paths);
    one_by_one(suite, "has a program like", suite.programs, &Suite::programs);
  }

  std::vector<IdleGlob> found() && { return std::move(found_); }

private:
  void one_by_one(const Suite& suite, const char* is_what, const std::vector<std::string>& globs,
                  std::vector<std::string> Suite::*list)
  {
    for (const std::string& glob : globs) {
      Suite alone;
      (alone.*list).push_back(glob);
      if (std::any_of(tests_.begin(), tests_.end(), [&](const ListedTest& test) { return holds(alone, test); }))
        continue;
      const std::string out = list == &Suite::labels ? std::string{} : way_out(glob, files_);
      add(suite.line, fmt::format("suite \"{}\": no test {} \"{}\"{}", suite.name, is_what, printable(glob), out));
    }
  }
  void add(int line, std::string text) { found_.push_back({line, std::move(text)}); }

  const std::vector<std::string>& files_;
  std::vector<ListedTest> tests_;
  std::vector<IdleGlob> found_;
};

} // namespace

std::vector<IdleGlob> idle_globs(const Policy& policy, const std::vector<std::string>& files,
                                 const Catalogue& catalogue)
{
  Search search(files, catalogue);
  for (const Tier& tier : policy.tiers) search.files_for(fmt::format("tier \"{}\"", tier.name), tier.line, tier.paths);
  for (const Suite& suite : policy.suites) {
    search.tests_for(suite);
    search.files_for(fmt::format("suite \"{}\"", suite.name), suite.line, suite.files);
  }
  for (const Validator& validator : policy.validators)
    search.files_for(fmt::format("validator \"{}\"", validator.name), validator.line, validator.paths);
  for (const Rule& rule : policy.rules) search.files_for(fmt::format("rule \"{}\"", rule.name), rule.line, rule.paths);
  return std::move(search).found();
}

} // namespace sluice::policy
