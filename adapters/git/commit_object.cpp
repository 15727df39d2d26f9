#include "adapters/git/commit_object.h"

#include "model/error.h"

#include <charconv>
#include <utility>

namespace sluice::git {

namespace {

std::string_view take_line(std::string_view& text)
{
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view trimmed(std::string_view text)
{
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

struct Signature {
  Identity identity;
  std::int64_t time = 0;
};

// "Name <email> 1700000000 +0100". As git does, the email ends at the last '>' and starts at the first '<'.
Signature parse_signature(std::string_view text)
{
  Signature signature;
  const std::size_t open = text.find('<');
  const std::size_t close = text.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    signature.identity.name = trimmed(text);
    return signature;
  }
  signature.identity.name = trimmed(text.substr(0, open));
  signature.identity.email = text.substr(open + 1, close - open - 1);
  const std::string_view time = trimmed(text.substr(close + 1));
  std::from_chars(time.data(), time.data() + time.size(), signature.time);
  return signature;
}

bool take_prefix(std::string_view& line, std::string_view prefix)
{
  if (line.substr(0, prefix.size()) != prefix) return false;
  line.remove_prefix(prefix.size());
  return true;
}

[[noreturn]] void cut_short()
{
  throw Error(ErrorKind::world, "git cat-file printed something unexpected", "run git fsck");
}

} // namespace

CommitObject parse_commit(std::string id, std::string_view object)
{
  CommitObject parsed;
  parsed.commit.id = std::move(id);
  bool has_author = false;
  bool has_committer = false;
  // The header ends at the first empty line; a continuation line starts with a space and so matches no key.
  while (!object.empty()) {
    std::string_view line = take_line(object);
    if (line.empty()) break;
    if (parsed.tree.empty() && take_prefix(line, "tree ")) parsed.tree = line;
    else if (!has_author && take_prefix(line, "parent ")) parsed.commit.parents.emplace_back(line);
    else if (!has_author && take_prefix(line, "author ")) {
      has_author = true;
      Signature author = parse_signature(line);
      parsed.commit.author = std::move(author.identity);
      parsed.commit.author_time = author.time;
    } else if (!has_committer && take_prefix(line, "committer ")) {
      has_committer = true;
      parsed.commit.committer = parse_signature(line).identity;
    } else if (parsed.commit.encoding.empty() && take_prefix(line, "encoding ")) parsed.commit.encoding = line;
  }
  parsed.commit.message = object;
  return parsed;
}

std::vector<std::optional<BatchObject>> parse_batch(std::string_view output)
{
  std::vector<std::optional<BatchObject>> objects;
  while (!output.empty()) {
    const std::string_view header = take_line(output);
    const std::size_t first = header.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : header.find(' ', first + 1);
    if (second == std::string_view::npos) {
      if (first == std::string_view::npos) cut_short();
      objects.emplace_back(); // "<what was asked> missing"
      continue;
    }
    std::size_t size = 0;
    const std::string_view digits = header.substr(second + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (error != std::errc{} || end != digits.data() + digits.size() || output.size() <= size) cut_short();
    objects.push_back(BatchObject{std::string(header.substr(0, first)), header.substr(first + 1, second - first - 1),
                                  output.substr(0, size)});
    output.remove_prefix(size + 1); // the object is followed by a newline
  }
  return objects;
}

} // namespace sluice::git
