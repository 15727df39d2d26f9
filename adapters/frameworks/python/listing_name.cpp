#include "adapters/frameworks/python/listing_name.h"

#include "model/glob.h"
#include "model/path.h"

namespace sluice::frameworks {

namespace {

void append_escaped(std::string& to, std::string_view text)
{
  for (const char byte : text) {
    if (byte == '\\') to += "\\\\";
    else if (byte == '\n') to += "\\n";
    else to += byte;
  }
}

std::string unescaped(std::string_view text)
{
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) plain += text[i];
    else plain += text[++i] == 'n' ? '\n' : text[i];
  }
  return plain;
}

} // namespace

std::string ListingName::text() const
{
  std::string text;
  append_escaped(text, folder);
  for (const std::string& glob : other_tests) append_escaped(text += '\n', glob);
  return text;
}

ListingName ListingName::parse(std::string_view text)
{
  std::size_t end = text.find('\n');
  ListingName name{unescaped(text.substr(0, end)), {}};
  while (end != std::string_view::npos) {
    text.remove_prefix(end + 1);
    end = text.find('\n');
    name.other_tests.push_back(unescaped(text.substr(0, end)));
  }
  return name;
}

bool ListingName::leaves_out(const std::string& path) const
{
  return is_other_test(other_tests, path);
}

bool is_named_like_a_test(std::string_view stem)
{
  return stem.starts_with("test") || stem.ends_with("test") || stem.ends_with("tests");
}

// Not what Python finds before any ".py" of its name, nor what pytest loads by its name.
bool is_other_test(const std::vector<std::string>& globs, const std::string& path)
{
  const std::string_view base = last_component(path);
  if (base.ends_with(".so") || base.ends_with(".pyc") || base == "conftest.py") return false;
  return is_named_like_a_test(base.substr(0, base.rfind('.'))) && first_match(globs, path);
}

} // namespace sluice::frameworks
