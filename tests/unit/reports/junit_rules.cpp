#include "tests/unit/reports/junit_rules.h"

#include <algorithm>
#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <stdexcept>

namespace sluice::tests {

namespace {

using Document = std::unique_ptr<xmlDoc, void (*)(xmlDocPtr)>;

Document parse(std::string_view xml)
{
  return {xmlReadMemory(xml.data(), static_cast<int>(xml.size()), "", nullptr,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
          xmlFreeDoc};
}

std::string string(const xmlChar* text)
{
  return text ? reinterpret_cast<const char*>(text) : "";
}

std::string name_of(xmlNodePtr node)
{
  return string(node->name);
}

std::string attribute(xmlNodePtr node, const char* name)
{
  xmlChar* value = xmlGetProp(node, reinterpret_cast<const xmlChar*>(name));
  std::string text = string(value);
  xmlFree(value);
  return text;
}

bool has(xmlNodePtr node, const char* name)
{
  return xmlHasProp(node, reinterpret_cast<const xmlChar*>(name));
}

std::string text_of(xmlNodePtr node)
{
  xmlChar* content = xmlNodeGetContent(node);
  std::string text = string(content);
  xmlFree(content);
  return text;
}

std::vector<xmlNodePtr> elements(xmlNodePtr parent)
{
  std::vector<xmlNodePtr> found;
  for (xmlNodePtr node = parent->children; node; node = node->next)
    if (node->type == XML_ELEMENT_NODE) found.push_back(node);
  return found;
}

bool is_result(const std::string& name)
{
  return name == "failure" || name == "error" || name == "skipped";
}

std::size_t utf16_units(const std::string& text)
{
  std::size_t units = 0;
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    units += value < 0x80 || value >= 0xC0 ? 1u : 0u;
    units += value >= 0xF0 ? 1u : 0u;
  }
  return units;
}

class Checker {
public:
  std::vector<std::string> check(std::string_view xml)
  {
    rule(1, xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"), "the declaration is another one");
    rule(1, xml.find("<!") == std::string_view::npos, "there is a DTD, CDATA or a comment");
    rule(7,
         std::none_of(xml.begin(), xml.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t'; }),
         "there is a control character");
    rule(7,
         xml.find("&#x") == std::string_view::npos && xml.find("\xef\xbf\xbe") == std::string_view::npos &&
           xml.find("\xef\xbf\xbf") == std::string_view::npos,
         "there is a character that XML forbids");
    rule(8, xml.size() < 25u << 20, "the file is too large");
    const Document document = parse(xml);
    rule(7, document != nullptr, "not well-formed");
    if (document) root(xmlDocGetRootElement(document.get()));
    return std::move(broken_);
  }

private:
  struct Counts {
    int tests = 0, failures = 0, errors = 0, skipped = 0;
  };

  void rule(int number, bool kept, const std::string& words)
  {
    if (!kept) broken_.push_back(fmt::format("rule {}: {}", number, words));
  }

  void counters(xmlNodePtr node, const Counts& counts)
  {
    rule(2,
         attribute(node, "tests") == std::to_string(counts.tests) &&
           attribute(node, "failures") == std::to_string(counts.failures) &&
           attribute(node, "errors") == std::to_string(counts.errors),
         "counters of " + name_of(node) + " " + attribute(node, "name") + " are not those of its cases");
  }

  void fixed_time(xmlNodePtr node)
  {
    static const std::regex pattern("[0-9]+\\.[0-9]{3}");
    rule(2, std::regex_match(attribute(node, "time"), pattern), "time is \"" + attribute(node, "time") + "\"");
  }

  void no_text(xmlNodePtr parent)
  {
    for (xmlNodePtr node = parent->children; node; node = node->next)
      if (node->type != XML_ELEMENT_NODE)
        rule(6, node->type == XML_TEXT_NODE && xmlIsBlankNode(node), "text stands directly in " + name_of(parent));
  }

  void root(xmlNodePtr node)
  {
    rule(1, name_of(node) == "testsuites" && !node->ns, "the root is another one");
    for (xmlAttrPtr a = node->properties; a; a = a->next)
      rule(1, std::set<std::string>{"name", "tests", "failures", "errors", "time"}.contains(string(a->name)),
           "the root has attribute " + string(a->name));
    no_text(node);
    fixed_time(node);
    Counts all;
    std::set<std::string> names;
    for (xmlNodePtr child : elements(node)) {
      rule(2, names.insert(attribute(child, "name")).second, "two suites are called " + attribute(child, "name"));
      const Counts counts = suite(child);
      all = {all.tests + counts.tests, all.failures + counts.failures, all.errors + counts.errors, 0};
    }
    counters(node, all);
    rule(1, all.tests > 0, "there is no case");
  }

  Counts suite(xmlNodePtr node)
  {
    static const std::regex timestamp("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}");
    const std::string name = attribute(node, "name");
    rule(1, name_of(node) == "testsuite", "the root has a child " + name_of(node));
    rule(2, !name.empty(), "a suite has no name");
    rule(2, std::regex_match(attribute(node, "timestamp"), timestamp), "timestamp " + attribute(node, "timestamp"));
    rule(2, !attribute(node, "hostname").empty(), "a suite has no hostname");
    fixed_time(node);
    no_text(node);
    Counts counts;
    std::set<std::string> names;
    for (xmlNodePtr child : elements(node)) {
      if (name_of(child) == "properties") {
        properties(child);
        continue;
      }
      rule(2, name_of(child) == "testcase", "suite " + name + " has a child " + name_of(child));
      rule(3, names.insert(attribute(child, "name")).second,
           "two cases are called " + name + "." + attribute(child, "name"));
      rule(3, attribute(child, "classname") == name, "a classname is not the suite's name");
      test_case(child, counts);
    }
    counters(node, counts);
    rule(2, attribute(node, "skipped") == std::to_string(counts.skipped), "skipped of " + name);
    return counts;
  }

  void properties(xmlNodePtr node)
  {
    no_text(node);
    for (xmlNodePtr child : elements(node))
      rule(10,
           name_of(child) == "property" && !attribute(child, "name").empty() && has(child, "value") && !child->children,
           "a property is not name and value");
  }

  void test_case(xmlNodePtr node, Counts& counts)
  {
    const std::string name = attribute(node, "name");
    rule(3, !name.empty() && utf16_units(name) <= 512, "a name is empty or too long: " + name);
    rule(3, !attribute(node, "file").starts_with("/"), "file is absolute");
    fixed_time(node);
    no_text(node);
    ++counts.tests;
    children_in_order(node);
    std::size_t size = 0;
    std::size_t bound = 8'000;
    int results = 0;
    bool flaky = false, reruns = false;
    for (xmlNodePtr child : elements(node)) {
      const std::string kind = name_of(child);
      // Output is bounded as a whole; each message (1,000 bytes) stands in its text up to twice, with its place.
      size += text_of(child).size();
      if (kind == "failure" || kind == "error" || kind == "rerunFailure" || kind == "flakyFailure") bound += 3'000;
      rule(8, text_of(child).size() <= 8'000, "a text is longer than readers show");
      results += is_result(kind);
      if (kind == "failure") ++counts.failures;
      if (kind == "error") ++counts.errors;
      if (kind == "skipped") ++counts.skipped;
      if (kind == "failure" || kind == "error") problem(child);
      if (kind == "rerunFailure" || kind == "flakyFailure") rerun(child);
      flaky = flaky || kind == "flakyFailure";
      reruns = reruns || kind == "rerunFailure";
      if (kind == "skipped")
        rule(12, attribute(child, "message") == text_of(child) && !text_of(child).empty(),
             "a skip without its reason twice");
      if (kind == "system-out") attachments(text_of(child));
      if (kind == "properties") properties(child);
    }
    rule(11, !flaky || (results == 0 && !reruns), "case " + name + " is flaky and has not passed");
    rule(4, results <= 1, "case " + name + " has several results");
    rule(8, size <= bound, fmt::format("case {} has {} bytes of text", name, size));
  }

  void children_in_order(xmlNodePtr node)
  {
    static const std::map<std::string, int> order{{"properties", 0},   {"failure", 1},   {"rerunFailure", 2},
                                                  {"flakyFailure", 3}, {"skipped", 4},   {"error", 5},
                                                  {"system-out", 6},   {"system-err", 7}};
    int last = -1;
    for (xmlNodePtr child : elements(node)) {
      const auto found = order.find(name_of(child));
      rule(4, found != order.end(), "a case has a child " + name_of(child));
      if (found == order.end()) continue;
      rule(4, found->second >= last, name_of(child) + " stands at the wrong place");
      last = found->second;
    }
  }

  void message_and_type(xmlNodePtr node)
  {
    static const std::regex type("[A-Z][a-z]+[A-Z][A-Za-z]*"); // two words at least: no ActiveSupport type is one
    const std::string message = attribute(node, "message");
    rule(5, !message.empty() && message.size() <= 1'000 && message.find_first_of("\n\t") == std::string::npos,
         "message is not one line: " + message);
    rule(5, std::regex_match(attribute(node, "type"), type), "type is " + attribute(node, "type"));
  }

  void problem(xmlNodePtr node)
  {
    message_and_type(node);
    const std::string body = text_of(node);
    rule(5, body.substr(0, body.find('\n')) == attribute(node, "message"),
         "the body does not repeat the message: " + body);
  }

  void rerun(xmlNodePtr node)
  {
    message_and_type(node);
    const auto children = elements(node);
    rule(11, !children.empty() && name_of(children[0]) == "stackTrace", "a rerun has no stackTrace");
  }

  void attachments(const std::string& output)
  {
    static const std::regex line("\\[\\[ATTACHMENT\\|[^\\[\\]|\n]+\\]\\]\n[^]*");
    if (output.starts_with("[[ATTACHMENT|.sluice/")) // ours; tests may name files of their own

      rule(9, std::regex_match(output, line), "an attachment is not a line of its own");
  }

  std::vector<std::string> broken_;
};

} // namespace

std::vector<std::string> broken_junit_rules(std::string_view xml)
{
  return Checker().check(xml);
}

const JunitView::Case& JunitView::at(std::string_view suite, std::string_view name) const
{
  for (const Case& entry : cases)
    if (entry.suite == suite && entry.name == name) return entry;
  throw std::runtime_error(fmt::format("the report has no case {} {}", suite, name));
}

std::vector<std::string> JunitView::red() const
{
  std::vector<std::string> names;
  for (const Case& entry : cases)
    if (entry.status == "failure" || entry.status == "error") names.push_back(entry.suite + "/" + entry.name);
  return names;
}

JunitView view_junit(std::string_view xml)
{
  const Document document = parse(xml);
  if (!document) throw std::runtime_error("not well-formed");
  JunitView view;
  for (xmlNodePtr suite : elements(xmlDocGetRootElement(document.get()))) {
    for (xmlNodePtr node : elements(suite)) {
      if (name_of(node) != "testcase") continue;
      JunitView::Case entry;
      entry.suite = attribute(suite, "name");
      entry.name = attribute(node, "name");
      entry.time = attribute(node, "time");
      entry.file = attribute(node, "file");
      entry.line = attribute(node, "line");
      entry.status = "passed";
      for (xmlNodePtr child : elements(node)) {
        if (name_of(child) == "system-out") entry.output = text_of(child);
        if (name_of(child) == "rerunFailure") entry.reruns.push_back(attribute(child, "message"));
        if (!is_result(name_of(child))) continue;
        entry.status = name_of(child);
        entry.message = attribute(child, "message");
        entry.body = text_of(child);
      }
      view.cases.push_back(std::move(entry));
    }
  }
  return view;
}

} // namespace sluice::tests
