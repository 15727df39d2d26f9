// What each lane did when: batches with their tests, and the waiting between them. Spans of one lane nest and never
// overlap otherwise, whatever the clocks said, because viewers draw nonsense when they do. It does not know formats.
#pragma once

#include "model/run_record.h"

#include <vector>

namespace sluice::reports {

struct TimelineSpan {
  enum class Kind { batch, test, waiting };
  Kind kind = Kind::batch;
  int lane = 0;
  Timestamp begin, end;
  const BatchRecord* batch = nullptr; // of kind batch
  const TestRecord* test = nullptr;   // of kind test, with
  const Attempt* attempt = nullptr;
};

// Sorted by lane, then begin; a batch comes before its tests. Waiting is what is longer than a millisecond.
std::vector<TimelineSpan> timeline(const RunRecord& record);

} // namespace sluice::reports
