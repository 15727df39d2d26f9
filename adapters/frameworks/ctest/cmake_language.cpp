#include "adapters/frameworks/ctest/cmake_language.h"

#include <optional>

namespace sluice::frameworks {

namespace {

bool is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_name(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

class Scanner {
public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }

  // Spaces and comments; false for a bracket comment without end.
  bool skip_blank()
  {
    while (!done()) {
      if (is_space(peek())) {
        ++at_;
        continue;
      }
      if (peek() != '#') break;
      ++at_;
      if (bracket_level()) {
        if (!bracket()) return false;
        continue;
      }
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
    return true;
  }

  std::string name()
  {
    std::string result;
    while (!done() && is_name(peek())) result += lower(text_[at_++]);
    return result;
  }

  bool take(char c)
  {
    if (peek() != c || done()) return false;
    ++at_;
    return true;
  }

  // nullopt when it is not well formed.
  std::optional<CMakeArgument> argument()
  {
    if (bracket_level()) {
      auto text = bracket();
      if (!text) return std::nullopt;
      return CMakeArgument{std::move(*text), false};
    }
    return peek() == '"' ? quoted() : unquoted();
  }

private:
  // The number of '=' of the bracket that opens here; nullopt when none does.
  std::optional<std::size_t> bracket_level() const
  {
    if (peek() != '[') return std::nullopt;
    std::size_t at = at_ + 1;
    while (at < text_.size() && text_[at] == '=') ++at;
    if (at >= text_.size() || text_[at] != '[') return std::nullopt;
    return at - at_ - 1;
  }

  std::optional<std::string> bracket()
  {
    const std::size_t level = *bracket_level();
    const std::string close = "]" + std::string(level, '=') + "]";
    const std::size_t first = at_ + level + 2;
    const std::size_t end = text_.find(close, first);
    if (end == std::string_view::npos) return std::nullopt;
    at_ = end + close.size();
    std::string_view text = text_.substr(first, end - first);
    if (text.starts_with('\n')) text.remove_prefix(1);
    return std::string(text);
  }

  std::optional<CMakeArgument> quoted()
  {
    CMakeArgument argument;
    for (++at_; !done(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return argument;
      }
      if (c == '\\') {
        if (!escape(argument.text)) return std::nullopt;
        continue;
      }
      if (c == '$') argument.expands = argument.expands || opens_variable();
      argument.text += c;
    }
    return std::nullopt;
  }

  std::optional<CMakeArgument> unquoted()
  {
    CMakeArgument argument;
    while (!done() && !is_space(peek()) && peek() != ')' && peek() != '#') {
      const char c = text_[at_];
      if (c == '(' || c == '"') return std::nullopt; // nested groups and legacy forms are not read
      if (c == '\\') {
        if (!escape(argument.text)) return std::nullopt;
      } else {
        if (c == '$') argument.expands = argument.expands || opens_variable();
        argument.text += c;
      }
      ++at_;
    }
    return argument;
  }

  // At a backslash; leaves the position on the escape's last character.
  bool escape(std::string& out)
  {
    if (++at_ >= text_.size()) return false;
    const char c = text_[at_];
    switch (c) {
    case 'n':
      out += '\n';
      break;
    case 't':
      out += '\t';
      break;
    case 'r':
      out += '\r';
      break;
    case ';':
      out += "\\;";
      break; // kept for the list that it may stand in
    case '\n':
      break;
    default:
      if (is_name(c)) return false;
      out += c;
    }
    return true;
  }

  bool opens_variable() const
  {
    std::size_t at = at_ + 1;
    while (at < text_.size() && is_name(text_[at])) ++at;
    return at < text_.size() && text_[at] == '{';
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

} // namespace

bool read_cmake(std::string_view script, const std::function<void(const CMakeCall&)>& visit)
{
  Scanner scanner(script);
  while (scanner.skip_blank()) {
    if (scanner.done()) return true;
    CMakeCall call;
    call.name = scanner.name();
    if (call.name.empty() || !scanner.skip_blank() || !scanner.take('(')) return false;
    while (scanner.skip_blank() && !scanner.done() && scanner.peek() != ')') {
      auto argument = scanner.argument();
      if (!argument) return false;
      call.arguments.push_back(std::move(*argument));
    }
    if (!scanner.take(')')) return false;
    visit(call);
  }
  return false;
}

} // namespace sluice::frameworks
