#include "adapters/frameworks/junit_report.h"

#include "adapters/process/fd.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fcntl.h>
#include <fmt/format.h>
#include <libxml/xmlreader.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace sluice::frameworks {

namespace {

constexpr std::size_t k_most_bytes = 64u << 20;

struct FreeReader {
  void operator()(xmlTextReaderPtr reader) const { xmlFreeTextReader(reader); }
};
using Reader = std::unique_ptr<xmlTextReader, FreeReader>;

std::string_view view(const xmlChar* text)
{
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

std::string attribute(xmlTextReaderPtr reader, const char* name)
{
  const std::unique_ptr<xmlChar, void (*)(void*)> value(
    xmlTextReaderGetAttribute(reader, reinterpret_cast<const xmlChar*>(name)), xmlFree);
  return std::string(view(value.get()));
}

constexpr std::array<const char*, 3> k_red_counters{"failures", "errors", "failed"};

bool same_letter(char a, char b)
{
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

bool begins_with(std::string_view text, std::string_view word)
{
  return text.size() >= word.size() && std::equal(word.begin(), word.end(), text.begin(), same_letter);
}

std::string_view trimmed(std::string_view text)
{
  constexpr std::string_view k_blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(k_blank);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(k_blank) - first + 1);
}

// Some writers name the outcome in an attribute of the case and leave the children out.
bool says_red(std::string_view outcome)
{
  constexpr std::array<std::string_view, 9> k_words{"fail",  "err",   "broken", "crash", "timeout",
                                                    "timed", "abort", "kill",   "lost"};
  const std::string_view text = trimmed(outcome);
  return std::any_of(k_words.begin(), k_words.end(), [&](std::string_view word) { return begins_with(text, word); });
}

// GoogleTest writes "notrun" and "suppressed" of a disabled case, and no <skipped>.
bool says_skipped(std::string_view outcome)
{
  constexpr std::array<std::string_view, 10> k_words{"notrun",   "not run",  "not_run", "not-run", "skip",
                                                     "disabled", "suppress", "ignored", "pending", "todo"};
  const std::string_view text = trimmed(outcome);
  return std::any_of(k_words.begin(), k_words.end(), [&](std::string_view word) { return begins_with(text, word); });
}

// <rerunFailure> and <rerunError> are attempts of a case that failed each time; <flakyFailure> is not.
bool is_red(std::string_view element)
{
  if (begins_with(element, "rerun")) element.remove_prefix(std::string_view("rerun").size());
  return (element.size() == 7 && begins_with(element, "failure")) ||
         (element.size() == 5 && begins_with(element, "error"));
}

bool is_named_red(xmlTextReaderPtr reader)
{
  return says_red(attribute(reader, "status")) || says_red(attribute(reader, "result"));
}

class JunitReader {
public:
  explicit JunitReader(ReportedCases& reported) : reported_(reported) {}

  void visit(xmlTextReaderPtr reader)
  {
    const int type = xmlTextReaderNodeType(reader);
    const std::string_view name = view(xmlTextReaderConstLocalName(reader));
    const int depth = xmlTextReaderDepth(reader);
    if (type == XML_READER_TYPE_DOCUMENT_TYPE) reported_.add_problem("its JUnit report has a document type");
    if (type == XML_READER_TYPE_END_ELEMENT && depth == case_depth_) close();
    if (type != XML_READER_TYPE_ELEMENT) return;
    if (depth == 0 && name != "testsuites" && name != "testsuite")
      reported_.add_problem(fmt::format("its JUnit report begins with <{}>", name));
    if (name == "testsuite" || name == "testsuites") count(reader);
    if (case_depth_ >= 0) child(reader, name, depth);
    else if (name == "testcase") open(reader, depth);
    else if (is_red(name)) reported_.add_problem(fmt::format("its JUnit report has an <{}> outside of any case", name));
  }

  void finish()
  {
    if (reported_.cases == 0) reported_.add_problem("its JUnit report holds no case");
    if (admitted_ && reported_.failed == 0)
      reported_.add_problem("its JUnit report counts failures and shows no case that failed");
  }

private:
  // `tests` is no plan to hold the report to: Catch2, Behat and others count assertions in it.
  void count(xmlTextReaderPtr reader)
  {
    for (const char* counter : k_red_counters) {
      const std::string value = attribute(reader, counter);
      const std::string_view text = trimmed(value);
      if (text.empty()) continue;
      long number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size())
        reported_.add_problem(fmt::format("its JUnit report counts {}=\"{}\"", counter, text));
      admitted_ = admitted_ || number != 0;
    }
  }

  void open(xmlTextReaderPtr reader, int depth)
  {
    const std::string group = attribute(reader, "classname");
    name_ = (group.empty() ? "" : group + ".") + attribute(reader, "name");
    failed_ = is_named_red(reader);
    skipped_ = says_skipped(attribute(reader, "status")) || says_skipped(attribute(reader, "result"));
    reason_.clear();
    case_depth_ = depth;
    if (xmlTextReaderIsEmptyElement(reader) == 1) close();
  }

  // Some writers nest a case in a case; what is red in it makes the outer one red.
  void child(xmlTextReaderPtr reader, std::string_view name, int depth)
  {
    if (is_red(name) || (name == "testcase" && is_named_red(reader))) failed_ = true;
    if (name != "skipped" || depth != case_depth_ + 1) return;
    skipped_ = true;
    reason_ = attribute(reader, "message");
  }

  void close()
  {
    case_depth_ = -1;
    ++reported_.cases;
    if (failed_) reported_.add_failure(name_);
    else if (skipped_) reported_.add_skip(reason_);
  }

  ReportedCases& reported_;
  int case_depth_ = -1; // of the case that is open
  std::string name_, reason_;
  bool failed_ = false;
  bool skipped_ = false;
  bool admitted_ = false; // a suite counts failures or errors
};

} // namespace

ReportedCases read_junit(std::string_view xml)
{
  ReportedCases reported;
  if (xml.size() > k_most_bytes) {
    reported.add_problem("its JUnit report is longer than 64 MiB");
    return reported;
  }
  const Reader reader(xmlReaderForMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  JunitReader cases(reported);
  int more = reader ? xmlTextReaderRead(reader.get()) : -1;
  for (; more == 1; more = xmlTextReaderRead(reader.get())) cases.visit(reader.get());
  if (more != 0) reported.add_problem("its JUnit report is no well-formed XML");
  cases.finish();
  return reported;
}

ReportedCases read_junit_file(const std::string& path)
{
  ReportedCases reported;
  // Without O_NONBLOCK a pipe in its place would be waited for.
  const process::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    reported.add_problem("it wrote no JUnit report");
    return reported;
  }
  std::string text;
  char buffer[1 << 16];
  for (ssize_t count = 1; count > 0 && text.size() <= k_most_bytes;) {
    count = ::read(file.get(), buffer, sizeof buffer);
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
  }
  return read_junit(text);
}

} // namespace sluice::frameworks
