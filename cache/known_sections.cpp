#include "cache/known_sections.h"

#include "cache/hashing.h"
#include "cache/store.h"

#include <charconv>

namespace sluice::cache {

namespace {

constexpr std::string_view k_purpose = "dynamic-sections-1";
// Beyond this what nobody asked for in this run is forgotten.
constexpr std::size_t k_most_entries = 100'000;

Digest only_key()
{
  return sha256("all");
}

// A section is one line of fields that end with NUL (no string of ELF can hold one), an entry one line "HEX NUMBER";
// an empty line stands between them. Names with a newline would break a line: such a section is not kept.
class FieldWriter {
public:
  void add(std::string_view text) { line.append(text).push_back('\0'); }
  void add(int number) { add(std::string_view(std::to_string(number))); }
  void add(const std::vector<std::string>& texts)
  {
    add(static_cast<int>(texts.size()));
    for (const std::string& text : texts) add(text);
  }
  std::string line;
};

class FieldReader {
public:
  explicit FieldReader(std::string_view text) : rest_(text) {}
  std::string_view text()
  {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) {
      good_ = false;
      return {};
    }
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return field;
  }
  int number()
  {
    const std::string_view field = text();
    int value = 0;
    if (std::from_chars(field.data(), field.data() + field.size(), value).ec != std::errc()) good_ = false;
    return value;
  }
  std::vector<std::string> texts()
  {
    std::vector<std::string> all;
    for (int left = number(); left > 0 && good_; --left) all.emplace_back(text());
    return all;
  }
  bool good_at_end() const { return good_ && rest_.empty(); }

private:
  std::string_view rest_;
  bool good_ = true;
};

std::string encode(const DynamicSection& section)
{
  FieldWriter out;
  for (const bool flag : {section.native, section.malformed, section.has_runpath, section.audited, section.no_defaults})
    out.add(flag ? 1 : 0);
  out.add(section.machine);
  out.add(section.width);
  for (const std::string* text : {&section.interpreter, &section.soname, &section.rpath, &section.runpath})
    out.add(*text);
  out.add(section.needed);
  out.add(section.optional);
  return std::move(out.line);
}

bool decode(std::string_view line, DynamicSection& section)
{
  FieldReader in(line);
  for (bool* flag : {&section.native, &section.malformed, &section.has_runpath, &section.audited, &section.no_defaults})
    *flag = in.number() != 0;
  section.machine = in.number();
  section.width = in.number();
  for (std::string* text : {&section.interpreter, &section.soname, &section.rpath, &section.runpath}) *text = in.text();
  section.needed = in.texts();
  section.optional = in.texts();
  return in.good_at_end();
}

std::string_view next_line(std::string_view& rest)
{
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

} // namespace

KnownSections::KnownSections(Store& store) : store_(store)
{
  const auto bytes = store.remembered(k_purpose, only_key());
  if (bytes) read(*bytes);
}

void KnownSections::read(std::string_view bytes)
{
  while (!bytes.empty()) {
    const std::string_view line = next_line(bytes);
    if (line.empty()) break;
    DynamicSection section;
    if (!decode(line, section)) return;
    numbers_.emplace(line, sections_.size());
    sections_.push_back(std::move(section));
  }
  while (!bytes.empty()) {
    const std::string_view line = next_line(bytes);
    const std::size_t space = line.find(' ');
    const auto content = digest_from_hex(line.substr(0, space));
    std::size_t number = sections_.size();
    if (space != std::string_view::npos) std::from_chars(line.data() + space + 1, line.data() + line.size(), number);
    if (!content || number >= sections_.size()) return;
    entries_.emplace_hint(entries_.end(), *content, Entry{number, false});
  }
}

const DynamicSection* KnownSections::find(const Digest& content)
{
  const auto found = entries_.find(content);
  if (content.absent() || found == entries_.end()) return nullptr;
  found->second.asked = true;
  return &sections_[found->second.section];
}

void KnownSections::add(const Digest& content, const DynamicSection& section)
{
  if (content.absent() || encode(section).find('\n') != std::string::npos) return;
  entries_[content] = {number_of(section), true};
  changed_ = true;
}

std::size_t KnownSections::number_of(const DynamicSection& section)
{
  const auto [at, fresh] = numbers_.try_emplace(encode(section), sections_.size());
  if (fresh) sections_.push_back(section);
  return at->second;
}

void KnownSections::save()
{
  if (!changed_) return;
  if (entries_.size() > k_most_entries) std::erase_if(entries_, [](const auto& entry) { return !entry.second.asked; });
  std::string bytes;
  for (const DynamicSection& section : sections_) bytes.append(encode(section)).push_back('\n');
  bytes.push_back('\n');
  for (const auto& [content, entry] : entries_)
    bytes.append(to_hex(content)).append(" ").append(std::to_string(entry.section)).push_back('\n');
  store_.remember(k_purpose, only_key(), bytes);
  changed_ = false;
}

} // namespace sluice::cache
