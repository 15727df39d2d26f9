// report_samples FOLDER COUNT SEED: the reports of COUNT hostile runs, FOLDER/N/junit.xml and so on, with
// FOLDER/N/expected.json: the status of each case in the order of the report, as the record says.
#include "reports/formats.h"
#include "reports/junit_layout.h"
#include "tests/unit/reports/hostile_record.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

using namespace sluice;

const char* word(reports::CaseStatus status)
{
  switch (status) {
  case reports::CaseStatus::passed:
    return "passed";
  case reports::CaseStatus::failure:
  case reports::CaseStatus::error:
    return "failed";
  case reports::CaseStatus::skipped:
    return "skipped";
  }
  return "?";
}

void write(const std::string& path, const std::string& bytes)
{
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

void write_sample(const std::string& folder, const RunRecord& record)
{
  std::filesystem::create_directories(folder);
  nlohmann::json statuses = nlohmann::json::array();
  for (const reports::JunitSuite& suite : reports::junit_layout(record))
    for (const reports::JunitCase& entry : suite.cases) statuses.push_back(word(entry.status));
  write(folder + "/expected.json", statuses.dump());
  reports::FormatOptions options;
  options.split = false;
  for (const reports::Format& format : reports::formats())
    if (!format.folder && format.name != "html") // a page is for a browser: ui/tests
      write(folder + "/" + std::string(format.name) + std::string(format.extension),
            reports::render(format, record, options));
}

} // namespace

int main(int argc, char** argv)
{
  if (argc != 4) {
    std::cerr << "usage: report_samples FOLDER COUNT SEED\n";
    return 2;
  }
  const unsigned count = static_cast<unsigned>(std::stoul(argv[2])), seed = static_cast<unsigned>(std::stoul(argv[3]));
  for (unsigned i = 0; i < count; ++i)
    write_sample(std::string(argv[1]) + "/" + std::to_string(i), tests::hostile_record(seed + i));
  return 0;
}
