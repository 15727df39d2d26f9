#include "reports/junit.h"

#include "reports/junit_layout.h"

#include <fmt/format.h>
#include <libxml/xmlreader.h>
#include <limits>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace sluice::reports {

namespace {

struct FreeReader {
  void operator()(xmlTextReaderPtr reader) const { xmlFreeTextReader(reader); }
};
using Reader = std::unique_ptr<xmlTextReader, FreeReader>;

std::string_view view(const xmlChar* text)
{
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

enum class Scope { tests, gate };

// What a consumer would read out of the report: it takes nothing over from the code that wrote it.
class Recount {
public:
  // Reads one file more. One line for the first thing that is wrong with it in itself; empty if nothing is.
  std::string read(std::string_view xml)
  {
    if (xml.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      return "the report is too large to read";
    Reader reader(xmlReaderForMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    if (!reader) return "the report cannot be read";
    declared_all_ = {};
    all_ = {};
    root_is_suite_ = false;
    files_suites_.clear();
    int more = xmlTextReaderRead(reader.get());
    for (; more == 1 && problem_.empty(); more = xmlTextReaderRead(reader.get())) visit(reader.get());
    if (!problem_.empty()) return problem_;
    if (more != 0) return "the report is not well-formed XML";
    close_suite();
    if (problem_.empty() && !root_is_suite_ && declared_all_ != all_)
      problem_ = "the counters of <testsuites> are not those of its cases";
    return problem_;
  }

  const JunitCounts& counts(Scope scope) const { return scope == Scope::gate ? gate_ : tests_; }
  std::optional<CaseStatus> verdict() const { return verdict_; }

private:
  struct Declared {
    std::string tests, failures, errors;
    bool operator==(const JunitCounts& counts) const
    {
      return tests == std::to_string(counts.tests) && failures == std::to_string(counts.failures) &&
             errors == std::to_string(counts.errors);
    }
  };

  void visit(xmlTextReaderPtr reader)
  {
    const int type = xmlTextReaderNodeType(reader);
    const int depth = xmlTextReaderDepth(reader) + (root_is_suite_ ? 1 : 0);
    const std::string_view name = view(xmlTextReaderConstName(reader));
    if (type == XML_READER_TYPE_END_ELEMENT && depth == 2 && name == "testcase") close_case();
    if (type != XML_READER_TYPE_ELEMENT) return;
    if (depth == 0) open_root(reader, name);
    else if (depth == 1) open_suite(reader, name);
    else if (depth == 2 && name == "testcase") open_case(reader);
    else if (depth == 3) child(name);
  }

  void open_root(xmlTextReaderPtr reader, std::string_view name)
  {
    if (name == "testsuite") {
      root_is_suite_ = true;
      return open_suite(reader, name);
    }
    if (name != "testsuites") problem_ = "the root is not <testsuites>";
    declared_all_ = declared(reader);
  }

  void open_suite(xmlTextReaderPtr reader, std::string_view name)
  {
    close_suite();
    if (name != "testsuite" && problem_.empty()) problem_ = "something other than a suite stands below the root";
    suite_name_ = attribute(reader, "name");
    declared_ = declared(reader);
    declared_skipped_ = attribute(reader, "skipped");
    if (suite_name_.empty() && problem_.empty()) problem_ = "a suite has no name";
    if (!files_suites_.insert(suite_name_).second && problem_.empty()) problem_ = "two suites have one name";
    in_suite_ = true;
  }

  void close_suite()
  {
    if (!in_suite_) return;
    in_suite_ = false;
    if (problem_.empty() && (declared_ != suite_ || declared_skipped_ != std::to_string(suite_.skipped)))
      problem_ = fmt::format("the counters of suite {} are not those of its cases", suite_name_);
    (suite_name_ == k_gate_suite ? gate_ : tests_).add(suite_);
    all_.add(suite_);
    suite_ = {};
  }

  void open_case(xmlTextReaderPtr reader)
  {
    case_name_ = attribute(reader, "name");
    status_.reset();
    if (case_name_.empty() || attribute(reader, "classname").empty()) problem_ = "a case has no name or no classname";
    else if (!names_[suite_name_].insert(case_name_).second)
      problem_ = fmt::format("two cases of suite {} have the name {}", suite_name_, case_name_);
    if (xmlTextReaderIsEmptyElement(reader) == 1) close_case();
  }

  void child(std::string_view element)
  {
    std::optional<CaseStatus> status;
    if (element == "failure") status = CaseStatus::failure;
    if (element == "error") status = CaseStatus::error;
    if (element == "skipped") status = CaseStatus::skipped;
    if (status && status_) problem_ = fmt::format("case {} has more than one result", case_name_);
    if (status) status_ = status;
  }

  void close_case()
  {
    const CaseStatus status = status_.value_or(CaseStatus::passed);
    suite_.add(status, std::chrono::milliseconds(0));
    if (suite_name_ == k_gate_suite && case_name_ == k_verdict_case) verdict_ = status;
  }

  static std::string attribute(xmlTextReaderPtr reader, const char* name)
  {
    std::string value;
    if (xmlTextReaderMoveToAttribute(reader, reinterpret_cast<const xmlChar*>(name)) == 1)
      value = view(xmlTextReaderConstValue(reader));
    xmlTextReaderMoveToElement(reader);
    return value;
  }

  static Declared declared(xmlTextReaderPtr reader)
  {
    return {attribute(reader, "tests"), attribute(reader, "failures"), attribute(reader, "errors")};
  }

  std::string problem_;
  JunitCounts tests_, gate_, all_, suite_;
  Declared declared_all_, declared_;
  std::string declared_skipped_;
  std::string suite_name_, case_name_;
  bool in_suite_ = false;
  std::optional<CaseStatus> status_;
  std::optional<CaseStatus> verdict_;
  bool root_is_suite_ = false;
  std::unordered_set<std::string> files_suites_;                           // of one file
  std::unordered_map<std::string, std::unordered_set<std::string>> names_; // by suite, over all files
};

std::string differ(std::string_view what, std::size_t report, std::size_t record)
{
  return fmt::format("the report shows {} {}, the record has {}", report, what, record);
}

} // namespace

std::string junit_disagreement(std::string_view xml, const RunRecord& record)
{
  return junit_disagreement(std::vector{xml}, record);
}

std::string junit_disagreement(const std::vector<std::string_view>& files, const RunRecord& record,
                               Unselected unselected)
{
  Recount recount;
  for (const std::string_view xml : files)
    if (std::string problem = recount.read(xml); !problem.empty()) return problem;

  const JunitCounts& tests = recount.counts(Scope::tests);
  const JunitCounts& gate = recount.counts(Scope::gate);
  const Counts expected = record.counts();
  const std::size_t left_out = unselected == Unselected::show ? expected.left_out : 0;
  const std::size_t red = tests.failures + tests.errors;
  if (tests.tests != expected.selected + expected.reused + left_out)
    return differ("tests", tests.tests, expected.selected + expected.reused + left_out);
  if (red != expected.red) return differ("red tests", red, expected.red);
  if (tests.skipped != expected.skipped + expected.quarantined + left_out)
    return differ("skipped tests", tests.skipped, expected.skipped + expected.quarantined + left_out);

  if (!recount.verdict()) return "the report does not carry the gate's verdict";
  const bool passed = record.finished && record.finished->verdict.status == VerdictStatus::passed &&
                      record.finished->verdict.exit == ExitCode::passed;
  if (passed != (*recount.verdict() == CaseStatus::passed))
    return "the gate's verdict in the report is not the record's";
  const bool green = red == 0 && gate.failures + gate.errors == 0;
  if (passed && !green) return "the verdict is PASSED, but the report shows something red";
  if (!passed && green) return "the verdict is not PASSED, but the report shows nothing red";
  return {};
}

} // namespace sluice::reports
