#include "adapters/facts/ninja_deps_log.h"

#include <limits>

namespace sluice::facts {

namespace {

constexpr std::string_view k_signature = "# ninjadeps\n";
constexpr std::uint32_t k_is_deps = 0x80000000u;
constexpr std::uint32_t k_largest_record = (1u << 19) - 1; // ninja's own limit
constexpr std::uint32_t k_none = std::numeric_limits<std::uint32_t>::max();

std::uint32_t word(std::string_view bytes, std::size_t at)
{
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// Reads the records one after the other, keeping the place of each output's last one.
class Reader {
public:
  explicit Reader(NinjaDepsLog& log) : log_(log) {}

  // False when the record cannot be right.
  bool add(std::string_view record, bool is_deps) { return is_deps ? add_deps(record) : add_path(record); }

private:
  bool add_path(std::string_view record)
  {
    if (record.size() < 8) return false;
    // The last word is the number's complement; up to three zero bytes before it align it.
    const std::uint32_t number = ~word(record, record.size() - 4);
    if (number != log_.paths.size()) return false;
    std::string_view path = record.substr(0, record.size() - 4);
    for (int i = 0; i < 3 && !path.empty() && path.back() == '\0'; ++i) path.remove_suffix(1);
    if (path.empty()) return false;
    log_.paths.push_back(path);
    last_.push_back(k_none);
    return true;
  }

  bool add_deps(std::string_view record)
  {
    const std::size_t head = log_.version == 4 ? 12 : 8;
    if (record.size() < head) return false;
    NinjaDepsLog::Record made;
    made.output = word(record, 0);
    made.mtime = log_.version == 4 ? static_cast<std::int64_t>((std::uint64_t{word(record, 8)} << 32) | word(record, 4))
                                   : static_cast<std::int32_t>(word(record, 4));
    made.inputs = record.substr(head);
    if (made.output >= log_.paths.size()) return false;
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (made.input(i) >= log_.paths.size()) return false;
    }
    std::uint32_t& last = last_[made.output];
    if (last == k_none) {
      last = static_cast<std::uint32_t>(log_.records.size());
      log_.records.push_back(made);
    } else {
      log_.records[last] = made;
    }
    return true;
  }

  NinjaDepsLog& log_;
  std::vector<std::uint32_t> last_; // by path number: its place among the records
};

} // namespace

NinjaDepsLog read_ninja_deps_log(std::string_view bytes)
{
  NinjaDepsLog log;
  std::size_t at = k_signature.size() + 4;
  if (bytes.size() < at || !bytes.starts_with(k_signature)) {
    log.problem = "not a deps log";
    return log;
  }
  const std::uint32_t version = word(bytes, k_signature.size());
  if (version != 3 && version != 4) {
    log.problem = "unknown version " + std::to_string(version);
    return log;
  }
  log.version = static_cast<int>(version);
  Reader reader(log);
  while (at < bytes.size()) {
    const std::uint32_t head = bytes.size() - at >= 4 ? word(bytes, at) : 0;
    const std::uint32_t size = head & ~k_is_deps;
    const bool whole = size > 0 && size % 4 == 0 && size <= k_largest_record && bytes.size() - at - 4 >= size;
    if (!whole || !reader.add(bytes.substr(at + 4, size), (head & k_is_deps) != 0)) {
      log.problem = "damaged or cut off at byte " + std::to_string(at);
      break;
    }
    at += 4 + std::size_t{size};
  }
  return log;
}

} // namespace sluice::facts
