#include "adapters/git/commit_notes.h"

#include "adapters/git/commit_object.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::git {

namespace {

constexpr std::size_t k_most_behind = 1'000;
constexpr std::size_t k_note_paths = 4;

bool is_digits(std::string_view text)
{
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "Fix the parser (#12)" and GitLab's "See merge request group/project!12".
std::string request_number(const std::string& message)
{
  const std::string subject = message.substr(0, message.find('\n'));
  if (const std::size_t open = subject.rfind("(#"); open != std::string::npos) {
    const std::string number = subject.substr(open + 2, subject.find(')', open) - open - 2);
    if (is_digits(number)) return number;
  }
  constexpr std::string_view k_gitlab = "See merge request ";
  if (const std::size_t at = message.rfind(k_gitlab); at != std::string::npos) {
    const std::string line = message.substr(at, message.find('\n', at) - at);
    const std::string number = line.substr(std::min(line.rfind('!'), line.size() - 1) + 1);
    if (is_digits(number)) return number;
  }
  return {};
}

std::string without_line_end(std::string text)
{
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// The places in a notes tree where the note on `id` may lie: git fans out when there are many.
std::array<std::string, k_note_paths> note_paths(const std::string& id)
{
  return {id, id.substr(0, 2) + "/" + id.substr(2), id.substr(0, 2) + "/" + id.substr(2, 2) + "/" + id.substr(4),
          id.substr(0, 2) + "/" + id.substr(2, 2) + "/" + id.substr(4, 2) + "/" + id.substr(6)};
}

} // namespace

std::map<std::string, std::string> notes_about(const Plumbing& git, const History& history, const std::string& ref,
                                               const std::vector<std::string>& commits)
{
  std::map<std::string, std::string> notes;
  const auto tip = history.commit_id(ref);
  if (!tip || commits.empty()) return notes;
  std::string wanted;
  for (const std::string& id : commits)
    for (const std::string& path : note_paths(id)) wanted += *tip + ":" + path + "\n";
  const std::string output = git.output({"cat-file", "--batch"}, wanted);
  const auto objects = parse_batch(output);
  for (std::size_t i = 0; i < objects.size(); ++i)
    if (objects[i] && objects[i]->type == "blob")
      notes.emplace(commits[i / k_note_paths], std::string(objects[i]->content));
  return notes;
}

std::vector<Commit> commits_behind(const Plumbing& git, const History& history, const Commit& squash)
{
  const std::string number = request_number(squash.message);
  if (number.empty() || squash.parents.size() != 1) return {};
  const std::string listed =
    git.output({"for-each-ref", "--format=%(objectname)", "refs/pull/" + number + "/head",
                "refs/merge-requests/" + number + "/head", "refs/remotes/*/pull/" + number + "/head",
                "refs/remotes/*/pull/" + number, "refs/remotes/*/merge-requests/" + number});
  std::vector<Commit> behind;
  for (std::size_t at = 0; at < listed.size();) {
    const std::size_t end = std::min(listed.find('\n', at), listed.size());
    const std::string head = listed.substr(at, end - at);
    at = end + 1;
    for (Commit& commit : history.commits(head, squash.parents.front()))
      if (behind.size() < k_most_behind && commit.id != squash.id) behind.push_back(std::move(commit));
  }
  return behind;
}

std::string patch_id(const Plumbing& git, const std::string& from, const std::string& to)
{
  const auto patch = git.ask({"diff", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--binary",
                              "--full-index", from, to, "--"});
  if (patch.exit_code != 0 || patch.output.empty()) return {};
  const auto id = git.ask({"patch-id", "--stable"}, patch.output);
  return id.exit_code == 0 ? id.output.substr(0, id.output.find(' ')) : std::string{};
}

void write_note(const Plumbing& git, const std::string& ref, const std::string& object, const std::string& text)
{
  const std::string blob = without_line_end(git.output({"hash-object", "-w", "--stdin"}, text));
  git.output({"-c", "user.name=sluice", "-c", "user.email=sluice@localhost", "notes", "--ref=" + ref, "add", "-f", "-C",
              blob, object});
}

} // namespace sluice::git
