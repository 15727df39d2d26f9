// The other process of store_processes_test.cpp: hammers a store, or stops in the middle of recording to be killed.
//   store_client record FOLDER NAME RUNS   records RUNS runs of 200 tests, reading in between
//   store_client hang FOLDER TESTS STOP    records one run of TESTS tests; at test number STOP prints a line and waits
#include "cache/hashing.h"
#include "cache/store.h"
#include "tests/unit/cache/run_builder.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace sluice;

namespace {

const InputSet k_inputs{{InputKind::content, "shared", cache::sha256("shared")}};

int hammer(const std::string& folder, const std::string& name, int runs)
{
  for (int i = 0; i < runs; ++i) {
    cache::Store store = cache::Store::open(folder); // opening at the same moment is part of the exercise
    if (!store.notice().empty()) return 3;
    tests::RunBuilder run(name + "-" + std::to_string(i));
    for (int test = 0; test < 200; ++test) run.passed("t" + std::to_string(test));
    store.record(run.finish(), [](const TestId&) { return &k_inputs; });
    store.remember(name, cache::sha256(std::to_string(i)), name);
    if (store.history().size() < 200) return 4;
  }
  return 0;
}

int hang(const std::string& folder, int tests, int stop)
{
  tests::RunBuilder run("killed");
  for (int test = 0; test < tests; ++test) run.passed("t" + std::to_string(test));
  int asked = 0;
  cache::Store::open(folder).record(run.finish(), [&](const TestId&) {
    if (asked++ == stop) {
      std::puts("in the middle");
      std::fflush(stdout);
      ::sleep(60);
    }
    return &k_inputs;
  });
  return 0;
}

} // namespace

int main(int argc, char** argv)
{
  if (argc != 5) return 2;
  const std::string mode = argv[1];
  if (mode == "record") return hammer(argv[2], argv[3], std::atoi(argv[4]));
  return hang(argv[2], std::atoi(argv[3]), std::atoi(argv[4]));
}
