#include "adapters/git/configuration_secrets.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sluice::git {

namespace {

constexpr std::array<std::string_view, 5> k_secret_words{"extraheader", "token", "password", "passwd", "smtppass"};

bool is_word(char c)
{
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '+';
}

std::string lower_case(std::string_view text)
{
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// "ssh://git@host" names an account that everybody knows; over http the name alone may be the token.
bool is_secret(std::string_view scheme, std::string_view user)
{
  return !user.empty() && (scheme.starts_with("http") || user.find(':') != std::string_view::npos);
}

// The text without what stands between "SCHEME://" and the last '@' before the host ends; whether there was any.
bool strip_users(std::string& text)
{
  bool found = false;
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    std::size_t scheme = at;
    while (scheme > 0 && is_word(text[scheme - 1])) --scheme;
    const std::size_t end = std::min(text.find_first_of("/ \t\r\n\"'", at + 3), text.size());
    const std::string_view whole = text, place = whole.substr(at + 3, end - at - 3);
    const std::size_t user = place.rfind('@');
    if (user == std::string_view::npos) continue;
    if (!is_secret(lower_case(whole.substr(scheme, at - scheme)), place.substr(0, user))) continue;
    text.erase(at + 3, user + 1);
    found = true;
  }
  return found;
}

class Reader {
public:
  explicit Reader(std::string_view text) : in_(text) {}

  CleanedConfiguration run()
  {
    while (at_ < in_.size()) {
      const char c = in_[at_];
      if (std::isspace(static_cast<unsigned char>(c)) != 0) out_.text += in_[at_++];
      else if (c == '[') section();
      else if (c == '#' || c == ';') keep(end_of_line(at_), "a comment");
      else entry();
    }
    return std::move(out_);
  }

private:
  std::size_t end_of_line(std::size_t from) const { return std::min(in_.find('\n', from), in_.size()); }

  // A value goes on behind a backslash at the end of its line.
  std::size_t end_of_value() const
  {
    std::size_t end = end_of_line(at_);
    while (end < in_.size() && continues(end)) end = end_of_line(end + 1);
    return end;
  }
  bool continues(std::size_t end) const
  {
    if (end > 0 && in_[end - 1] == '\r') --end;
    std::size_t backslashes = 0;
    while (backslashes < end && in_[end - 1 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 1;
  }

  void keep(std::size_t end, const std::string& name)
  {
    std::string part(in_.substr(at_, end - at_));
    if (strip_users(part)) out_.secrets.push_back(name);
    out_.text += part;
    at_ = end;
  }

  // [name "subsection"]: what is quoted may hold a ']'.
  void section()
  {
    std::size_t end = at_ + 1;
    bool quoted = false;
    for (; end < in_.size() && in_[end] != '\n' && (quoted || in_[end] != ']'); ++end) {
      if (in_[end] == '"') quoted = !quoted;
      else if (quoted && in_[end] == '\\' && end + 1 < in_.size()) ++end;
    }
    end = std::min(end + 1, in_.size());
    const std::string_view name = in_.substr(at_ + 1, end - at_ - 1);
    section_ = lower_case(name.substr(0, name.find_first_of(" \t\".]")));
    keep(end, section_ + ".*");
  }

  void entry()
  {
    const std::size_t begin = at_, end = end_of_value();
    const std::string_view line = in_.substr(begin, end - begin);
    const std::size_t length = std::min(line.find_first_of(" \t\r\n=#;"), line.size());
    const std::string key = lower_case(line.substr(0, length)), name = section_ + "." + key;
    if (section_.starts_with("include") && key == "path") include(line.substr(length));
    const bool proxy = key.ends_with("proxy") && line.find('@') != std::string_view::npos;
    const bool named = std::any_of(k_secret_words.begin(), k_secret_words.end(),
                                   [&](std::string_view word) { return key.find(word) != std::string::npos; });
    if (!named && !proxy && section_ != "credential") return keep(end, name);
    out_.secrets.push_back(name);
    at_ = end;
  }

  void include(std::string_view value)
  {
    value.remove_prefix(std::min(value.find_first_not_of(" \t="), value.size()));
    const bool quoted = value.starts_with('"');
    if (quoted) value.remove_prefix(1);
    value = value.substr(0, value.find_first_of(quoted ? "\"\n" : "#;\r\n"));
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    if (!value.empty()) out_.included.emplace_back(value);
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string section_;
  CleanedConfiguration out_;
};

} // namespace

CleanedConfiguration without_secrets(std::string_view configuration)
{
  return Reader(configuration).run();
}

} // namespace sluice::git
