#include "policy/people.h"

#include "model/glob.h"
#include "policy/message_text.h"
#include "policy/signatures.h"
#include "policy/trailer.h"

#include <algorithm>
#include <vector>

namespace sluice::policy {

namespace {

constexpr std::string_view k_numbered_logins = "users.noreply.github.com"; // "NUMBER+LOGIN"
constexpr std::string_view k_handed_on = "signed-off-by"; // also whoever passed the change on, having looked at it

void add_named(const std::string& message, std::set<std::string>& authors)
{
  const Signatures& known = built_in_signatures();
  std::vector<std::string_view> keys;
  for (const AuthorKey& entry : known.author_keys) keys.push_back(entry.key);
  const std::string text = look_alike_text(message);
  const std::vector<std::string_view> lines = split_lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i)
    for (const Trailer& trailer : parse_trailers(lines[i], i + 1 < lines.size() ? lines[i + 1] : "", keys))
      if (!trailer.address.empty() && known.author_key(trailer.key) && trailer.key != k_handed_on)
        authors.insert(mailbox(trailer.address));
}

} // namespace

std::string mailbox(std::string_view address)
{
  const std::string text = lower_case(trimmed(address));
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos) return text;
  std::string host = text.substr(at + 1);
  while (host.ends_with('.')) host.pop_back();
  std::string local = text.substr(0, at);
  std::erase(local, '"');
  if (const std::size_t plus = local.find('+'); plus != std::string::npos)
    local = host == k_numbered_logins ? local.substr(plus + 1) : local.substr(0, plus);
  return local + "@" + host;
}

std::set<std::string> authors_of(const ChangeSet& change)
{
  std::set<std::string> authors;
  for (const Commit& commit : change.commits) {
    authors.insert(mailbox(commit.author.email));
    authors.insert(mailbox(commit.committer.email));
    add_named(commit.message, authors);
  }
  return authors;
}

std::vector<std::string> names_of_person(const std::vector<KeyHolder>& holders, const std::string& key,
                                         std::vector<std::string> names)
{
  std::set<std::string> keys{key}, mailboxes, all(names.begin(), names.end());
  for (const std::string& name : names) mailboxes.insert(mailbox(name));
  // Each round that finds something may lead to more.
  for (std::size_t before = 0; before != keys.size() + mailboxes.size();) {
    before = keys.size() + mailboxes.size();
    for (const KeyHolder& holder : holders) {
      const bool is_theirs = keys.contains(holder.key) ||
                             std::any_of(holder.names.begin(), holder.names.end(),
                                         [&](const std::string& name) { return mailboxes.contains(mailbox(name)); });
      if (!is_theirs) continue;
      keys.insert(holder.key);
      for (const std::string& name : holder.names) {
        mailboxes.insert(mailbox(name));
        all.insert(name);
      }
    }
  }
  return {all.begin(), all.end()};
}

bool is_one_of(const std::vector<std::string>& names, const std::set<std::string>& mailboxes)
{
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const std::string own = mailbox(name);
    if (mailboxes.contains(own)) return true;
    return is_glob(own) && std::any_of(mailboxes.begin(), mailboxes.end(),
                                       [&](const std::string& other) { return name_glob_matches(own, other); });
  });
}

bool is_same_person(const Person& one, const Person& other)
{
  if (!one.key.empty() && one.key == other.key) return true;
  std::set<std::string> ours, theirs;
  for (const std::string& name : one.names) ours.insert(mailbox(name));
  for (const std::string& name : other.names) theirs.insert(mailbox(name));
  return is_one_of(one.names, theirs) || is_one_of(other.names, ours);
}

std::size_t count_people(const std::vector<std::string>& names, const std::vector<KeyHolder>& holders)
{
  std::vector<Person> people;
  for (const std::string& name : names) {
    Person person{names_of_person(holders, "", {name}), ""};
    if (std::none_of(people.begin(), people.end(), [&](const Person& one) { return is_same_person(one, person); }))
      people.push_back(std::move(person));
  }
  return people.size();
}

} // namespace sluice::policy
