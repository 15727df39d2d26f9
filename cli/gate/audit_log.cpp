#include "cli/gate/audit_log.h"

#include "cli/commands/commands.h"
#include "cli/gate/evidence.h"
#include "cli/records/atomic_file.h"
#include "cli/records/run_summaries.h"
#include "cli/terminal.h"
#include "cli/wall_clock.h"
#include "model/digest.h"
#include "model/error.h"
#include "reports/json_reader.h"
#include "reports/json_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace sluice::cli {

namespace {

constexpr int k_version = 1;
constexpr std::string_view k_start = "{\"hash\":\"", k_middle = "\",\"entry\":";
constexpr std::size_t k_digest = 64;
constexpr const char* k_next = "check that it can be written and the disk is not full; a verdict must leave a trace";

std::string entry_text(const std::string& previous, std::size_t number, const RunRecord& record, const Change& change)
{
  std::string text;
  reports::JsonWriter json(text);
  const Verdict verdict = record.finished ? record.finished->verdict : Verdict{};
  json.begin_object();
  json.number("version", k_version);
  json.count("number", number);
  json.text("previous", previous);
  json.number("time", seconds_now());
  json.text("run", record.started.run);
  json.text("commit", change.set.head);
  json.text("tree", change.set.head_tree);
  json.text("base", change.set.base);
  json.flag("working_tree", change.set.includes_working_tree);
  json.text("policy", change.policy.source);
  json.text("verdict", to_string(verdict.status));
  json.texts("reasons", verdict.reasons);
  std::vector<std::string> approvals;
  for (const policy::Approval& approval : change.known.approvals) approvals.push_back(approval.signer);
  json.texts("approvals", approvals);
  json.begin_array("overrides");
  for (const policy::Override& entry : change.known.overrides) {
    json.begin_object();
    json.text("rule", entry.rule);
    json.texts("tests", entry.tests);
    json.text("reason", entry.reason);
    json.texts("signers", entry.signers);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return text;
}

std::string previous_of(const std::string& entry)
{
  std::string previous;
  const bool ok = reports::read_json(
    entry, [&](reports::JsonFields& fields) { fields.text("previous", previous, reports::Presence::required); });
  return ok ? previous : "?";
}

// A full disk or a kill may leave a line without its end. Nothing is hidden behind it: had there been more between the
// lines around it, the second would not name the first.
bool is_beginning(std::string_view line)
{
  return line.starts_with(k_start) || k_start.starts_with(line);
}

// Reads one line; returns what is wrong with it.
std::string fault_of(std::string_view line, bool& cut_off, AuditLog& log)
{
  const std::size_t entry_at = k_start.size() + k_digest + k_middle.size();
  const bool whole = line.size() > entry_at && line.starts_with(k_start) && line.back() == '}' &&
                     line.substr(k_start.size() + k_digest, k_middle.size()) == k_middle;
  const std::string entry(whole ? line.substr(entry_at, line.size() - entry_at - 1) : std::string_view{});
  const std::string previous = whole ? previous_of(entry) : "?";
  if (previous == "?") {
    cut_off = is_beginning(line);
    return cut_off ? "was cut off" : "is no entry";
  }
  const std::string digest(line.substr(k_start.size(), k_digest));
  const bool follows = previous == log.last;
  log.last = digest; // what is wrong with this line is no fault of the next
  if (hex_digest(entry) != digest) return "was changed";
  log.digests.push_back(digest);
  log.entries.push_back(entry);
  return follows ? "" : "does not follow the line before";
}

std::string audit_file(const Options& options)
{
  if (!options.audit.empty()) return options.audit;
  return state_folder(options.directory) + "/audit.ndjson";
}

// One writer at a time, also among processes.
class Lock {
public:
  explicit Lock(const std::string& file) : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644))
  {
    int locked = -1;
    while (descriptor_ >= 0 && (locked = ::flock(descriptor_, LOCK_EX)) != 0 && errno == EINTR) {
    }
    if (locked == 0) return;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw Error(ErrorKind::world, fmt::format("cannot write the audit log {}", file), k_next);
  }
  ~Lock() { ::close(descriptor_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  void append(const std::string& line) const
  {
    if (::lseek(descriptor_, 0, SEEK_END) < 0 ||
        ::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        ::fsync(descriptor_) != 0)
      throw Error(ErrorKind::world, "cannot write the audit log", k_next);
  }

private:
  int descriptor_;
};

} // namespace

AuditLog read_audit_log(const std::string& file)
{
  AuditLog log;
  const std::string text = read_file(file, "the audit log");
  log.ends_in_line = text.empty() || text.back() == '\n';
  std::size_t number = 0;
  std::vector<std::string> open; // lines that were cut off: the next whole one decides what to make of them
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    bool cut_off = false;
    const std::string fault = end == text.size() ? "was cut off" : fault_of(line, cut_off, log);
    ++number;
    if (!cut_off) {
      std::vector<std::string>& to = fault.empty() ? log.cut_off : log.faults;
      to.insert(to.end(), open.begin(), open.end());
      open.clear();
    }
    if (!fault.empty()) (cut_off ? open : log.faults).push_back(fmt::format("line {} {}", number, fault));
    at = end + 1;
  }
  log.faults.insert(log.faults.end(), open.begin(), open.end());
  return log;
}

void append_to_audit_log(const std::string& file, const RunRecord& record, const Change& change)
{
  require_own_place(file, FileLink::followed);
  if (const auto folder = std::filesystem::path(file).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder);
  const Lock lock(file);
  // A broken chain is continued, so that the fault stays where it is; after a line without an end on one of its own.
  const AuditLog log = read_audit_log(file);
  const std::string entry = entry_text(log.last, log.entries.size() + 1, record, change);
  lock.append(fmt::format("{}{}{}{}{}}}\n", log.ends_in_line ? "" : "\n", k_start, hex_digest(entry), k_middle, entry));
}

int audit_command(const Options& options)
{
  const std::string file = audit_file(options);
  if (!std::filesystem::exists(file))
    throw Error(ErrorKind::usage, fmt::format("there is no audit log {}", file),
                "name it: --audit FILE; a run that is judged by rules begins one");
  const AuditLog log = read_audit_log(file);
  if (options.action == "export") {
    for (const std::string& entry : log.entries) write_bytes(entry + "\n");
    for (const std::string& fault : log.faults) write_error(fmt::format("sluice: {}\n", fault));
    return log.faults.empty() ? 0 : static_cast<int>(ExitCode::refused);
  }
  for (const std::string& fault : log.faults) write_out(fmt::format("BROKEN: {}\n", fault));
  if (!log.faults.empty()) return static_cast<int>(ExitCode::refused);
  for (const std::string& line : log.cut_off) write_out(line + "; the chain goes on behind it\n");
  const auto wanted = digest_from_hex(options.contains);
  if (!options.contains.empty() &&
      (!wanted || options.contains.size() != k_digest || to_hex(*wanted) != options.contains))
    throw Error(ErrorKind::usage, fmt::format("--contains {} is no digest of the log", options.contains),
                "give the 64 hexadecimal digits that sluice audit verify has printed");
  if (!options.contains.empty() &&
      std::find(log.digests.begin(), log.digests.end(), options.contains) == log.digests.end()) {
    write_out(fmt::format("BROKEN: {} is not in it: lines were removed at the end\n", options.contains));
    return static_cast<int>(ExitCode::refused);
  }
  write_out(
    fmt::format("{} entries, the last is {}\n", log.entries.size(), log.digests.empty() ? "none" : log.digests.back()));
  return 0;
}

} // namespace sluice::cli
