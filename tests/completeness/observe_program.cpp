// Runs a program under the filter and the observer and prints what it was seen to use, one name a line with its list in
// front ("read /etc/passwd"); the last line says whether that is all. --fast: with the fast path.
//   observe_program [--fast] PROGRAM [ARGUMENT...]
#include "tests/support/observed_lane.h"

#include <cstdio>
#include <string_view>

int main(int argc, char** argv)
{
  const int first = argc > 1 && std::string_view(argv[1]) == "--fast" ? 2 : 1;
  if (argc <= first) {
    std::fprintf(stderr, "usage: %s [--fast] PROGRAM [ARGUMENT...]\n", argv[0]);
    return 2;
  }
  sluice::tests::LaneOptions options;
  options.fast = first == 2;
  const sluice::tests::LaneResult result = sluice::tests::observe_program({argv + first, argv + argc}, options);
  const sluice::Observation& seen = result.observation;
  const std::pair<const char*, const std::vector<std::string>*> lists[] = {
    {"read", &seen.read},     {"looked", &seen.looked}, {"link", &seen.links},
    {"absent", &seen.absent}, {"listed", &seen.listed}, {"written", &seen.written}};
  for (const auto& [list, names] : lists)
    for (const std::string& name : *names) std::printf("%s %s\n", list, name.c_str());
  for (const sluice::Finding& finding : seen.findings)
    std::printf("finding %d %s\n", static_cast<int>(finding.kind), finding.detail.c_str());
  std::printf("notifications %zu\nnoted %zu\nincomplete %s\n", result.notifications, result.noted,
              seen.incomplete.c_str());
  return result.exited_with(0) ? 0 : 1;
}
