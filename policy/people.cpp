#include "policy/people.h"

#include "policy/message_text.h"
#include "policy/signatures.h"
#include "policy/trailer.h"

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

} // namespace sluice::policy
