#include "adapters/git/commit_notes.h"

#include "adapters/git/commit_object.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sluice::git {

namespace {

constexpr std::size_t k_most_behind = 1'000;  // one squash
constexpr std::size_t k_most_walked = 10'000; // for one change
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

// "refs/pull/12/head", "refs/remotes/origin/merge-requests/12" -> "12"; empty for other references.
std::string request_in(std::string_view reference)
{
  const bool remote = reference.starts_with("refs/remotes/");
  reference.remove_prefix(std::min(remote ? reference.find('/', 13) + 1 : 5, reference.size()));
  const bool head = reference.ends_with("/head");
  if (head) reference.remove_suffix(5);
  for (const std::string_view folder : {"pull/", "merge-requests/"})
    if ((head || remote) && reference.starts_with(folder) && is_digits(reference.substr(folder.size())))
      return std::string(reference.substr(folder.size()));
  return {};
}

// Where the requests end that were fetched, by their numbers.
std::multimap<std::string, std::string> heads_of_requests(const Plumbing& git)
{
  std::multimap<std::string, std::string> heads;
  const std::string listed = git.output(
    {"for-each-ref", "--format=%(objectname) %(refname)", "refs/pull", "refs/merge-requests", "refs/remotes"});
  for (std::size_t at = 0; at < listed.size();) {
    const std::size_t end = std::min(listed.find('\n', at), listed.size());
    const std::string line = listed.substr(at, end - at);
    at = end + 1;
    const std::size_t blank = std::min(line.find(' '), line.size() - 1);
    if (std::string number = request_in(std::string_view(line).substr(blank + 1)); !number.empty())
      heads.emplace(std::move(number), line.substr(0, blank));
  }
  return heads;
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

BehindSquashes commits_behind(const Plumbing& git, const History& history, const std::vector<Commit>& commits)
{
  BehindSquashes found;
  std::multimap<std::string, std::string> heads;
  bool listed = false;
  std::size_t walked = 0;
  for (const Commit& squash : commits) {
    const std::string number = squash.parents.size() == 1 ? request_number(squash.message) : std::string{};
    if (number.empty()) continue;
    if (!std::exchange(listed, true)) heads = heads_of_requests(git);
    const auto [first, last] = heads.equal_range(number);
    std::vector<Commit> behind;
    bool read = true;
    for (auto at = first; at != last && read; ++at) {
      read = walked < k_most_walked;
      if (!read) break;
      std::vector<Commit> part = history.commits(at->second, squash.parents.front());
      walked += part.size();
      std::erase_if(part, [&](const Commit& commit) { return commit.id == squash.id; });
      read = behind.size() + part.size() <= k_most_behind;
      if (read) std::move(part.begin(), part.end(), std::back_inserter(behind));
    }
    if (!read) found.unread.insert(squash.id);
    if (!behind.empty()) found.commits.emplace(squash.id, std::move(behind));
  }
  return found;
}

std::string patch_id(const Plumbing& git, const std::string& from, const std::string& to)
{
  // As text, whatever an attribute of the tree says, and in one form, whatever a setting says: the same difference must
  // have the same identity in every tree.
  const auto patch =
    git.ask({"diff", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--text", "--full-index",
             "--unified=3", "--inter-hunk-context=0", "--diff-algorithm=default", "--indent-heuristic",
             "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=none", "--submodule=short", from, to, "--"});
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
