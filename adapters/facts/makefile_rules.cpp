#include "adapters/facts/makefile_rules.h"

#include <algorithm>

namespace sluice::facts {

namespace {

bool blank(char c)
{
  return c == ' ' || c == '\t';
}

// Reads names until the end of the logical line.
class Reader {
public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::vector<MakeRule> rules()
  {
    while (at_ < bytes_.size()) line();
    return std::move(rules_);
  }

private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < bytes_.size() ? bytes_[at_ + ahead] : '\0'; }
  bool at_line_end() const { return at_ >= bytes_.size() || peek() == '\n' || (peek() == '\r' && peek(1) == '\n'); }

  std::string_view rest_of_line()
  {
    const std::size_t end = std::min(bytes_.find('\n', at_), bytes_.size());
    const std::string_view text = bytes_.substr(at_, end - at_);
    at_ = std::min(end + 1, bytes_.size());
    return text;
  }

  void line()
  {
    if (peek() == '\t') {
      const std::string_view command = rest_of_line();
      if (!rules_.empty()) rules_.back().recipe.append(command).push_back('\n');
      return;
    }
    MakeRule made;
    bool after_colon = false;
    while (skip_blanks()) {
      if (peek() == '#') break;
      bool ends_with_colon = false;
      std::string name = read_name(!after_colon, ends_with_colon);
      if (!name.empty()) (after_colon ? made.prerequisites : made.targets).push_back(std::move(name));
      after_colon = after_colon || ends_with_colon;
    }
    rest_of_line();
    if (after_colon && !made.targets.empty()) rules_.push_back(std::move(made));
  }

  // False at the end of the logical line.
  bool skip_blanks()
  {
    while (true) {
      if (blank(peek()) && at_ < bytes_.size()) ++at_;
      else if (peek() == '\\' && peek(1) == '\n') at_ += 2;
      else if (peek() == '\\' && peek(1) == '\r' && peek(2) == '\n') at_ += 3;
      else return !at_line_end();
    }
  }

  bool continuation_here() const { return peek() == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n')); }

  // A colon ends a target only before a blank, a continued line or the end: "c:/x" is a name.
  bool colon_ends_target() const
  {
    if (peek() != ':') return false;
    const char after = peek(1);
    return blank(after) || after == '\n' || after == '\r' || after == '\\' || after == ':' || at_ + 1 >= bytes_.size();
  }

  std::string read_name(bool is_target, bool& ends_with_colon)
  {
    std::string name;
    while (!at_line_end() && !blank(peek()) && !continuation_here()) {
      if (is_target && colon_ends_target()) {
        at_ += peek(1) == ':' ? 2 : 1;
        ends_with_colon = true;
        break;
      }
      const char c = peek();
      const char next = peek(1);
      const bool escape =
        (c == '\\' && (next == ' ' || next == '#' || next == ':' || next == '\t')) || (c == '$' && next == '$');
      if (escape) ++at_;
      name += peek();
      ++at_;
    }
    return name;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::vector<MakeRule> rules_;
};

} // namespace

std::vector<MakeRule> read_make_rules(std::string_view bytes)
{
  return Reader(bytes).rules();
}

} // namespace sluice::facts
