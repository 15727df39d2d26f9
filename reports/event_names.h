// The words that events.ndjson uses for events and for values that model/ has no words for. Stable: a word that was
// once written keeps its meaning.
#pragma once

#include "model/run_event.h"

#include <array>
#include <string_view>
#include <utility>

namespace sluice::reports {

// In the order of EventBody's alternatives; event_log_test.cpp writes and reads each of them.
inline constexpr std::array<std::string_view, std::variant_size_v<EventBody>> k_event_names{
  "run_started",   "authorship_read",  "build_started", "build_finished",     "test_planned",
  "plan_made",     "sandbox_prepared", "batch_started", "batch_finished",     "test_started",
  "test_finished", "interrupted",      "run_finished",  "second_tree_started"};

inline constexpr std::array<std::pair<event::AttemptKind, std::string_view>, 4> k_attempt_kinds{
  {{event::AttemptKind::first, "first"},
   {event::AttemptKind::isolated, "isolated"},
   {event::AttemptKind::repeat, "repeat"},
   // With "retry": true beside it. Readers that know no retries see an attempt alone, which makes nothing green.
   {event::AttemptKind::retry, "isolated"}}};

} // namespace sluice::reports
