#include "adapters/git/git_output.h"

#include "model/error.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>

namespace sluice::git {

namespace {

[[noreturn]] void malformed(const char* what)
{
  throw Error(ErrorKind::world, std::string("git printed something unexpected: ") + what,
              "check that `git --version` is a plain git, 2.30 or newer");
}

// Takes fields off the front of one piece of output.
class Cursor {
public:
  Cursor(std::string_view text, const char* format) : rest_(text), format_(format) {}

  bool at_end() const { return rest_.empty(); }

  std::string_view until(char separator)
  {
    const std::size_t end = rest_.find(separator);
    if (end == std::string_view::npos) malformed(format_);
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return field;
  }

  char character()
  {
    if (rest_.empty()) malformed(format_);
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void expect(char c)
  {
    if (character() != c) malformed(format_);
  }

  std::uint32_t mode(char separator)
  {
    const std::string_view field = until(separator);
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, 8);
    if (error != std::errc{} || end != field.data() + field.size()) malformed(format_);
    return value;
  }

  Digest id(char separator)
  {
    const std::string_view field = until(separator);
    // The all-zero id is git's word for "none" or "not computed".
    if (field.find_first_not_of('0') == std::string_view::npos && (field.size() == 40 || field.size() == 64)) return {};
    const std::optional<Digest> digest = digest_from_hex(field);
    if (!digest || digest->absent()) malformed(format_);
    return *digest;
  }

  std::string path()
  {
    const std::string_view field = until('\0');
    if (field.empty()) malformed(format_);
    return std::string(field);
  }

private:
  std::string_view rest_;
  const char* format_;
};

void read_submodule_field(Cursor& cursor, StatusEntry& entry)
{
  const std::string_view field = cursor.until(' ');
  if (field.size() != 4) malformed("git status");
  entry.submodule = field[0] == 'S';
  entry.submodule_moved = field[1] == 'C';
  entry.submodule_dirty = field[2] == 'M' || field[3] == 'U';
}

void read_states(Cursor& cursor, StatusEntry& entry)
{
  entry.staged = cursor.character();
  entry.unstaged = cursor.character();
  cursor.expect(' ');
  read_submodule_field(cursor, entry);
}

StatusEntry read_tracked(Cursor& cursor, StatusEntry::Kind kind)
{
  StatusEntry entry;
  entry.kind = kind;
  read_states(cursor, entry);
  entry.head_mode = cursor.mode(' ');
  entry.index_mode = cursor.mode(' ');
  entry.disk_mode = cursor.mode(' ');
  entry.head_id = cursor.id(' ');
  entry.index_id = cursor.id(' ');
  if (kind == StatusEntry::Kind::renamed) cursor.until(' '); // similarity score
  entry.path = cursor.path();
  if (kind == StatusEntry::Kind::renamed) entry.old_path = cursor.path();
  return entry;
}

StatusEntry read_unmerged(Cursor& cursor)
{
  StatusEntry entry;
  entry.kind = StatusEntry::Kind::unmerged;
  read_states(cursor, entry);
  cursor.mode(' ');
  entry.head_mode = cursor.mode(' ');
  cursor.mode(' ');
  entry.disk_mode = cursor.mode(' ');
  cursor.id(' ');
  entry.head_id = cursor.id(' ');
  cursor.id(' ');
  entry.path = cursor.path();
  return entry;
}

// "branch.oid <id>" or "branch.oid (initial)"; false for other headers.
bool read_head(std::string_view header, std::string& head)
{
  constexpr std::string_view key = "branch.oid ";
  if (header.substr(0, key.size()) != key) return false;
  header.remove_prefix(key.size());
  if (header == "(initial)") return true;
  const std::optional<Digest> id = digest_from_hex(header);
  if (!id || id->absent()) malformed("git status");
  head = header;
  return true;
}

} // namespace

std::vector<TreeDifference> parse_raw_diff(std::string_view text)
{
  std::vector<TreeDifference> differences;
  Cursor cursor(text, "git diff-tree");
  while (!cursor.at_end()) {
    TreeDifference difference;
    cursor.expect(':');
    difference.old_mode = cursor.mode(' ');
    difference.new_mode = cursor.mode(' ');
    difference.old_id = cursor.id(' ');
    difference.new_id = cursor.id(' ');
    const std::string_view status = cursor.until('\0');
    if (status.empty() || std::string_view("ACDMRTUX").find(status[0]) == std::string_view::npos)
      malformed("git diff-tree");
    difference.status = status[0];
    difference.path = cursor.path();
    if (difference.status == 'R' || difference.status == 'C') {
      difference.old_path = std::move(difference.path);
      difference.path = cursor.path();
    }
    differences.push_back(std::move(difference));
  }
  return differences;
}

Status parse_status(std::string_view text)
{
  Status status;
  bool names_head = false;
  Cursor cursor(text, "git status");
  while (!cursor.at_end()) {
    const char kind = cursor.character();
    cursor.expect(' ');
    if (kind == '1') status.entries.push_back(read_tracked(cursor, StatusEntry::Kind::ordinary));
    else if (kind == '2') status.entries.push_back(read_tracked(cursor, StatusEntry::Kind::renamed));
    else if (kind == 'u') status.entries.push_back(read_unmerged(cursor));
    else if (kind == '?') {
      StatusEntry& entry = status.entries.emplace_back();
      entry.kind = StatusEntry::Kind::untracked;
      entry.path = cursor.path();
    } else if (kind == '#') names_head |= read_head(cursor.until('\0'), status.head);
    else malformed("git status");
  }
  // Every complete answer names the commit, so that nothing at all cannot pass for "nothing changed".
  if (!names_head) malformed("git status");
  return status;
}

std::vector<IndexEntry> parse_index_listing(std::string_view text)
{
  std::vector<IndexEntry> entries;
  Cursor cursor(text, "git ls-files");
  while (!cursor.at_end()) {
    IndexEntry& entry = entries.emplace_back();
    const char tag = cursor.character();
    entry.assume_unchanged = tag >= 'a' && tag <= 'z';
    entry.skip_worktree = tag == 'S' || tag == 's';
    cursor.expect(' ');
    entry.mode = cursor.mode(' ');
    entry.id = cursor.id(' ');
    entry.stage = static_cast<std::uint8_t>(cursor.mode('\t'));
    entry.path = cursor.path();
  }
  return entries;
}

bool is_no(std::string_view value)
{
  constexpr std::string_view k_no[] = {"", "false", "no", "off", "0"};
  const auto equal = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); };
  return std::any_of(std::begin(k_no), std::end(k_no), [&](std::string_view word) {
    return std::equal(word.begin(), word.end(), value.begin(), value.end(), equal);
  });
}

std::vector<Setting> parse_settings(std::string_view text)
{
  std::vector<Setting> settings;
  for (const std::string_view record : split_records(text)) {
    const std::size_t end = record.find('\n');
    Setting& setting = settings.emplace_back();
    setting.name = record.substr(0, end);
    // A key without '=' is git's way to write "true".
    setting.value = end == std::string_view::npos ? std::string_view("true") : record.substr(end + 1);
  }
  return settings;
}

std::vector<std::string_view> split_records(std::string_view text)
{
  std::vector<std::string_view> records;
  Cursor cursor(text, "a list");
  while (!cursor.at_end()) records.push_back(cursor.until('\0'));
  return records;
}

} // namespace sluice::git
