#include "reports/event_log.h"

namespace sluice::reports {

RunRecord read_log(std::string_view bytes, std::size_t* unreadable)
{
  RunRecordFold fold;
  std::size_t lost = 0;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.empty()) continue;
    if (const std::optional<RunEvent> event = decode(line)) fold.add(*event);
    else ++lost;
  }
  if (unreadable) *unreadable = lost;
  return fold.take();
}

} // namespace sluice::reports
