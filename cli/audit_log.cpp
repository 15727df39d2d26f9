#include "cli/audit_log.h"

#include "cli/atomic_file.h"
#include "cli/commands.h"
#include "cli/evidence.h"
#include "cli/terminal.h"
#include "cli/wall_clock.h"
#include "model/error.h"
#include "reports/json_reader.h"
#include "reports/json_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace sluice::cli {

namespace {

constexpr int k_version = 1;
constexpr std::string_view k_start = "{\"hash\":\"", k_middle = "\",\"entry\":";
constexpr std::size_t k_digest = 64;

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

std::string fault_of(std::string_view line, const std::string& last, AuditLog& log)
{
  const std::size_t entry_at = k_start.size() + k_digest + k_middle.size();
  if (line.size() <= entry_at || !line.starts_with(k_start) || line.back() != '}' ||
      line.substr(k_start.size() + k_digest, k_middle.size()) != k_middle)
    return "is no entry";
  std::string digest(line.substr(k_start.size(), k_digest));
  std::string entry(line.substr(entry_at, line.size() - entry_at - 1));
  if (hex_digest(entry) != digest) return "was changed";
  if (previous_of(entry) != last) return "does not follow the line before";
  log.digests.push_back(std::move(digest));
  log.entries.push_back(std::move(entry));
  return {};
}

std::string audit_file(const Options& options)
{
  if (!options.audit.empty()) return options.audit;
  return git::Repository::open(options.directory).root() + "/.sluice/audit.ndjson";
}

// One writer at a time, also among processes.
class Lock {
public:
  explicit Lock(const std::string& file) : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644))
  {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0)
      throw Error(ErrorKind::world, fmt::format("cannot write the audit log {}", file));
  }
  ~Lock() { ::close(descriptor_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  void append(const std::string& line) const
  {
    if (::lseek(descriptor_, 0, SEEK_END) < 0 ||
        ::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        ::fsync(descriptor_) != 0)
      throw Error(ErrorKind::world, "cannot write the audit log");
  }

private:
  int descriptor_;
};

} // namespace

AuditLog read_audit_log(const std::string& file)
{
  AuditLog log;
  const std::string text = read_file(file, "the audit log");
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    ++number;
    const std::string last = log.digests.empty() ? std::string{} : log.digests.back();
    std::string fault =
      end == text.size() ? "was cut off" : fault_of(std::string_view(text).substr(at, end - at), last, log);
    if (!fault.empty()) {
      log.fault = fmt::format("line {} {}", number, fault);
      return log;
    }
    at = end + 1;
  }
  return log;
}

void append_to_audit_log(const std::string& file, const RunRecord& record, const Change& change)
{
  if (const auto folder = std::filesystem::path(file).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder);
  const Lock lock(file);
  // A broken chain is continued from its last good line, so that the fault stays where it is.
  const AuditLog log = read_audit_log(file);
  const std::string entry =
    entry_text(log.digests.empty() ? std::string{} : log.digests.back(), log.entries.size() + 1, record, change);
  lock.append(fmt::format("{}{}{}{}}}\n", k_start, hex_digest(entry), k_middle, entry));
}

int audit_command(const Options& options)
{
  const std::string file = audit_file(options);
  if (!std::filesystem::exists(file)) throw Error(ErrorKind::usage, fmt::format("there is no audit log {}", file));
  const AuditLog log = read_audit_log(file);
  if (options.action == "export") {
    for (const std::string& entry : log.entries) write_out(entry + "\n");
    if (!log.fault.empty()) fmt::print(stderr, "sluice: {}\n", log.fault);
    return log.fault.empty() ? 0 : static_cast<int>(ExitCode::refused);
  }
  if (!log.fault.empty()) {
    write_out(fmt::format("BROKEN: {}\n", log.fault));
    return static_cast<int>(ExitCode::refused);
  }
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
