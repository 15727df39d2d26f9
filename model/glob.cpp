#include "model/glob.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t k_none = std::string_view::npos;

struct CharacterClass {
  std::string_view name;
  int (*holds)(int);
};
// POSIX classes, as fnmatch and git know them; ASCII only, since globs match bytes.
constexpr std::array<CharacterClass, 12> k_classes{{{"alnum", std::isalnum},
                                                    {"alpha", std::isalpha},
                                                    {"blank", std::isblank},
                                                    {"cntrl", std::iscntrl},
                                                    {"digit", std::isdigit},
                                                    {"graph", std::isgraph},
                                                    {"lower", std::islower},
                                                    {"print", std::isprint},
                                                    {"punct", std::ispunct},
                                                    {"space", std::isspace},
                                                    {"upper", std::isupper},
                                                    {"xdigit", std::isxdigit}}};

unsigned char byte(char c)
{
  return static_cast<unsigned char>(c);
}

// The set that starts with '[' at `at`: `end` is the position behind its ']' (k_none if it has none, and then nothing
// matches), `holds` whether `c` is in it.
struct SetMatch {
  std::size_t end = k_none;
  bool holds = false;
};

// "[:alpha:]" inside a set at `at`; the position behind it, or k_none if there is no such class there.
std::size_t match_class(std::string_view glob, std::size_t at, unsigned char c, bool& holds)
{
  for (const CharacterClass& known : k_classes) {
    const std::size_t size = known.name.size();
    if (glob.substr(at, 2) != "[:" || glob.substr(at + 2, size) != known.name) continue;
    if (glob.substr(at + 2 + size, 2) != ":]") continue;
    holds = holds || (c < 0x80 && known.holds(c) != 0);
    return at + size + 4;
  }
  return k_none;
}

SetMatch match_set(std::string_view glob, std::size_t at, char wanted)
{
  const unsigned char c = byte(wanted);
  ++at;
  const bool negated = at < glob.size() && (glob[at] == '!' || glob[at] == '^');
  if (negated) ++at;
  bool holds = false;
  for (bool first = true; at < glob.size() && (first || glob[at] != ']'); first = false) {
    if (const std::size_t behind = match_class(glob, at, c, holds); behind != k_none) {
      at = behind;
      continue;
    }
    if (glob[at] == '\\' && ++at == glob.size()) return {};
    const unsigned char low = byte(glob[at++]);
    unsigned char high = low;
    if (at + 1 < glob.size() && glob[at] == '-' && glob[at + 1] != ']') {
      if (glob[++at] == '\\' && ++at == glob.size()) return {};
      high = byte(glob[at++]);
    }
    holds = holds || (low <= c && c <= high);
  }
  if (at >= glob.size()) return {};
  return {at + 1, holds != negated};
}

// Matches one item of the glob (not a star) against one byte; the position behind the item, or k_none.
std::size_t match_one(std::string_view glob, std::size_t at, char c)
{
  if (glob[at] == '?') return at + 1;
  if (glob[at] == '[') {
    const SetMatch set = match_set(glob, at, c);
    return set.holds ? set.end : k_none;
  }
  if (glob[at] == '\\' && at + 1 < glob.size()) ++at;
  return glob[at] == c ? at + 1 : k_none;
}

// Stars match any run of bytes. Only the last star is ever tried again: what an earlier one could take in addition, the
// later one can take as well, so the cost is at most |glob| * |text|.
bool match_text(std::string_view glob, std::string_view text)
{
  std::size_t g = 0, t = 0, star = k_none, retry = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = ++g;
      retry = t;
      continue;
    }
    const std::size_t next = g < glob.size() ? match_one(glob, g, text[t]) : k_none;
    if (next != k_none) {
      g = next;
      ++t;
    } else if (star != k_none) {
      g = star;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

// The end of the glob's component that starts at `at`; k_none if a set in it has no end. A '/' inside a set belongs to
// the set.
std::size_t component_end(std::string_view glob, std::size_t at)
{
  while (at < glob.size() && glob[at] != '/') {
    if (glob[at] == '[') {
      at = match_set(glob, at, '\0').end;
      if (at == k_none) return k_none;
    } else {
      at += glob[at] == '\\' && at + 1 < glob.size() ? 2 : 1;
    }
  }
  return at;
}

// A set without end can never match, wherever it stands; knowing it first keeps hostile globs cheap.
bool well_formed(std::string_view glob)
{
  std::size_t at = 0;
  while (at <= glob.size()) {
    const std::size_t end = component_end(glob, at);
    if (end == k_none) return false;
    at = end + 1;
  }
  return true;
}

struct Component {
  enum class Kind { text, any_depth, end };
  Kind kind = Kind::end;
  std::string_view text;
};

// Walks the components of a glob, spelling out what is implied: a glob without '/' may stand at any depth, "**" at its
// end needs at least one component, and a final '/' means everything below. Copying the cursor remembers a position.
// The glob must be well-formed.
class GlobCursor {
public:
  explicit GlobCursor(std::string_view glob) : glob_(glob)
  {
    everything_below_ = glob_.ends_with('/');
    if (everything_below_) glob_.remove_suffix(1);
    const bool anywhere = component_end(glob_, 0) == glob_.size();
    if (glob_.starts_with('/')) glob_.remove_prefix(1);
    else if (anywhere) pending_depth_ = true;
  }

  Component next()
  {
    if (std::exchange(pending_depth_, false)) return {Component::Kind::any_depth, {}};
    if (at_ <= glob_.size()) {
      const std::size_t end = component_end(glob_, at_);
      const std::string_view text = glob_.substr(at_, end - at_);
      at_ = end + 1;
      if (text != "**") return {Component::Kind::text, text};
      if (end < glob_.size()) return {Component::Kind::any_depth, {}};
      return one_or_more();
    }
    if (std::exchange(everything_below_, false)) return one_or_more();
    return {};
  }

private:
  Component one_or_more()
  {
    pending_depth_ = true;
    return {Component::Kind::text, "*"};
  }

  std::string_view glob_;
  std::size_t at_ = 0;
  bool pending_depth_ = false;
  bool everything_below_ = false;
};

} // namespace

// The same argument as in match_text, one level up: only the last "**" is ever tried again.
bool glob_matches(std::string_view glob, std::string_view path)
{
  if (glob.empty() || glob == "/" || path.empty() || !well_formed(glob)) return false;
  GlobCursor cursor(glob);
  Component wanted = cursor.next();
  std::optional<GlobCursor> after_depth;
  std::size_t at = 0, retry = 0;
  const auto behind = [&path](std::size_t from) { return std::min(path.find('/', from), path.size()) + 1; };
  while (at <= path.size()) {
    if (wanted.kind == Component::Kind::any_depth) {
      after_depth = cursor;
      retry = at;
      wanted = cursor.next();
      continue;
    }
    const std::size_t next = behind(at);
    if (wanted.kind == Component::Kind::text && match_text(wanted.text, path.substr(at, next - 1 - at))) {
      at = next;
    } else if (after_depth) {
      at = retry = behind(retry);
      cursor = *after_depth;
    } else {
      return false;
    }
    wanted = cursor.next();
  }
  while (wanted.kind == Component::Kind::any_depth) wanted = cursor.next();
  return wanted.kind == Component::Kind::end;
}

bool name_glob_matches(std::string_view glob, std::string_view name)
{
  return match_text(glob, name);
}

const std::string* first_match(const std::vector<std::string>& globs, std::string_view path)
{
  for (const std::string& glob : globs)
    if (glob_matches(glob, path)) return &glob;
  return nullptr;
}

bool is_glob(std::string_view text)
{
  return text.find_first_of("*?[") != k_none;
}

} // namespace sluice
