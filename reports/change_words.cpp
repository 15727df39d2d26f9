#include "reports/change_words.h"

#include "reports/phrases.h"
#include "reports/text.h"

#include <fmt/format.h>

namespace sluice::reports {

namespace {

constexpr std::size_t k_id_digits = 12;
constexpr std::size_t k_name_bytes = 60; // a ref may be longer than a line

std::string id(const std::string& commit)
{
  return one_line(commit.substr(0, k_id_digits), k_id_digits);
}

// The base as it is judged against: its tip, where the rules stand, and where the change has left it.
std::string base_words(const event::RunStarted& run)
{
  const event::Compared& compared = *run.compared;
  const std::string& tip = compared.base_tip.empty() ? run.base : compared.base_tip;
  std::string words = "base " + id(tip);
  if (!tip.starts_with(compared.base_name)) words += fmt::format(" ({})", one_line(compared.base_name, k_name_bytes));
  if (tip != run.base) words += ", left at " + id(run.base);
  return words;
}

} // namespace

std::string compared_words(const event::RunStarted& run)
{
  if (!run.compared) return {};
  const event::Compared& compared = *run.compared;
  const std::string paths = counted(compared.paths, "path");
  if (!compared.base_name.empty())
    return fmt::format("{}, {} {}{}, {}, {}", base_words(run), run.working_tree ? "HEAD" : "head", id(run.head),
                       run.working_tree ? " and the working tree" : "", counted(compared.commits, "commit"), paths);
  if (run.head.empty()) return fmt::format("working tree, before the first commit, {}", paths);
  if (run.working_tree) return fmt::format("working tree against HEAD {}, {}", id(run.head), paths);
  if (run.base.empty() || run.base == run.head)
    return fmt::format("head {}, the first commit, {}", id(run.head), paths);
  return fmt::format("head {} against its parent {}, {}", id(run.head), id(run.base), paths);
}

std::string second_tree_words(const event::SecondTreeStarted& tree)
{
  if (tree.base_tests) return "building the change beside this tree, with the tests of its base";
  return fmt::format("building the base {} beside this tree: which tests it has is not known", id(tree.commit));
}

} // namespace sluice::reports
