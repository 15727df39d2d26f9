#include "impact/filter.h"

#include "model/error.h"
#include "model/glob.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace sluice::impact {

namespace {

using FieldTest = bool (*)(std::string_view pattern, const TestCase& test, const Program& program);

bool any_label(std::string_view pattern, const TestCase& test, const Program&)
{
  return std::any_of(test.labels.begin(), test.labels.end(),
                     [&](const std::string& label) { return wildcard_matches(pattern, label); });
}

constexpr std::array<std::pair<std::string_view, FieldTest>, 5> k_fields{{
  {"id", [](std::string_view p, const TestCase& t, const Program&) { return wildcard_matches(p, t.id.value); }},
  {"label", any_label},
  {"path", [](std::string_view p, const TestCase& t, const Program&) { return wildcard_matches(p, t.file); }},
  {"program", [](std::string_view p, const TestCase&, const Program& g) { return wildcard_matches(p, g.name); }},
  {"suite", [](std::string_view p, const TestCase& t, const Program&) { return wildcard_matches(p, t.suite); }},
}};

class Parser {
public:
  explicit Parser(std::string_view text) : text_(text) {}

  TestFilter parse()
  {
    TestFilter filter = expression();
    skip_space();
    if (at_ < text_.size()) fail("nothing more was expected here");
    return filter;
  }

private:
  static constexpr int k_deepest = 200;

  TestFilter expression()
  {
    if (++depth_ > k_deepest) fail("too deeply nested");
    TestFilter left = term();
    while (take_word("or") || take('|'))
      left = [a = std::move(left), b = term()](const TestCase& t, const Program& p) { return a(t, p) || b(t, p); };
    --depth_;
    return left;
  }

  TestFilter term()
  {
    TestFilter left = factor();
    while (take_word("and") || take('&'))
      left = [a = std::move(left), b = factor()](const TestCase& t, const Program& p) { return a(t, p) && b(t, p); };
    return left;
  }

  TestFilter factor()
  {
    if (take_word("not") || take('!')) {
      if (++depth_ > k_deepest) fail("too deeply nested");
      TestFilter inner = factor();
      --depth_;
      return [inner = std::move(inner)](const TestCase& t, const Program& p) { return !inner(t, p); };
    }
    if (take('(')) {
      TestFilter inner = expression();
      if (!take(')')) fail("')' is missing");
      return inner;
    }
    return leaf();
  }

  TestFilter leaf()
  {
    const std::string word = pattern();
    if (word.empty()) fail("a pattern is missing");
    if (!take('(')) return bare(word);
    const auto* field = std::find_if(k_fields.begin(), k_fields.end(), [&](const auto& f) { return f.first == word; });
    if (field == k_fields.end())
      fail(fmt::format("there is no field \"{}\": id, label, path, program and suite are", word));
    std::string value = pattern();
    if (!take(')')) fail("')' is missing");
    return [test = field->second, value = std::move(value)](const TestCase& t, const Program& p) {
      return test(value, t, p);
    };
  }

  static TestFilter bare(const std::string& word)
  {
    const bool wild = word.find_first_of("*?") != std::string::npos;
    return [pattern = wild ? word : "*" + word + "*"](const TestCase& t, const Program&) {
      return wildcard_matches(pattern, t.id.value);
    };
  }

  std::string pattern()
  {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const std::size_t end = std::min(text_.find_first_of(" \t\n()&|\"", at_), text_.size());
    std::string word(text_.substr(at_, end - at_));
    at_ = end;
    return word;
  }

  std::string quoted()
  {
    std::string word;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_];
    }
    if (at_ == text_.size()) fail("the closing '\"' is missing");
    ++at_;
    return word;
  }

  void skip_space()
  {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  bool take(char c)
  {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word)
  {
    skip_space();
    if (text_.substr(at_, word.size()) != word) return false;
    const std::size_t end = at_ + word.size();
    if (end < text_.size() && text_[end] != ' ' && text_[end] != '(') return false;
    at_ = end;
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const
  {
    throw Error(ErrorKind::usage, fmt::format("--filter: {} (at character {} of \"{}\")", what, at_ + 1, text_),
                "see `sluice help filter`");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

} // namespace

bool wildcard_matches(std::string_view pattern, std::string_view text)
{
  // Ids of generated tests have brackets and backslashes ("test_sum[a-b]"): sets and escapes of globs are not meant.
  std::string glob;
  for (const char c : pattern) {
    if (c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return name_glob_matches(glob, text);
}

TestFilter parse_filter(std::string_view expression)
{
  return Parser(expression).parse();
}

} // namespace sluice::impact
