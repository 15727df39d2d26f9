#include "policy/agent_trace.h"

#include "policy/json_text.h"
#include "policy/message_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::policy {

namespace {

using nlohmann::json;

constexpr std::size_t k_largest = 8 << 20;
constexpr std::size_t k_longest_line = 1 << 20;
constexpr std::size_t k_most_lines = 20; // of evidence
constexpr std::size_t k_shortest_id = 7; // a commit may be named by a part of its id, as git does

const json* member(const json& object, const char* key)
{
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::string text_of(const json& object, const char* key)
{
  const json* value = member(object, key);
  return value && value->is_string() ? value->get<std::string>() : std::string{};
}

bool is_record(const json& record)
{
  const json* files = member(record, "files");
  return !text_of(record, "version").empty() && !text_of(record, "id").empty() &&
         !text_of(record, "timestamp").empty() && files && files->is_array();
}

// The commit that it names, in lower case; empty for none.
std::string revision_of(const json& record)
{
  const json* vcs = member(record, "vcs");
  return vcs ? lower_case(text_of(*vcs, "revision")) : std::string{};
}

std::optional<std::int64_t> line_of(const json& range, const char* key)
{
  const json* value = member(range, key);
  if (!value || !value->is_number_integer()) return std::nullopt;
  const auto line = value->get<std::int64_t>();
  return line < 1 ? std::nullopt : std::optional(line);
}

class Reader {
public:
  void read(const json& record)
  {
    for (const json& file : record["files"]) {
      const std::string path = text_of(file, "path");
      const json* conversations = member(file, "conversations");
      if (path.empty() || !conversations || !conversations->is_array()) continue;
      for (const json& conversation : *conversations) read_conversation(path, conversation);
    }
  }
  AuthorshipClaim take() { return std::move(claim_); }

private:
  void read_conversation(const std::string& path, const json& conversation)
  {
    const json* ranges = member(conversation, "ranges");
    if (!ranges || !ranges->is_array()) return;
    for (const json& range : *ranges) {
      const auto first = line_of(range, "start_line");
      const auto last = line_of(range, "end_line");
      if (!first || !last || *last < *first) continue;
      const json* contributor = member(range, "contributor");
      if (!contributor) contributor = member(conversation, "contributor");
      if (contributor) weigh(path + " " + std::to_string(*first) + "-" + std::to_string(*last), *contributor);
    }
  }

  void weigh(const std::string& place, const json& contributor)
  {
    if (claim_.evidence.size() >= k_most_lines) return;
    const std::string type = text_of(contributor, "type");
    const std::string model = text_of(contributor, "model_id");
    const std::string line = "agent trace " + place + ": " + type + (model.empty() ? "" : " " + model);
    if (type != "ai" && type != "mixed") {
      claim_.evidence.push_back({EvidenceGrade::weak, printable(line + " (weak: no tool's lines)")});
      return;
    }
    claim_.evidence.push_back({EvidenceGrade::resolved_note, printable(line)});
    if (type == "ai") claim_.authorship = Authorship::ai;
    else if (claim_.authorship != Authorship::ai) claim_.authorship = Authorship::ai_assisted;
    if (claim_.tool.empty()) claim_.tool = printable(model.substr(0, model.find('/')));
  }

  AuthorshipClaim claim_;
};

} // namespace

struct AgentTraces::Impl {
  std::multimap<std::string, json, std::less<>> records; // by the commit that each names, in their order
  bool unreadable = false;

  void read(std::string_view part)
  {
    json record;
    if (part.size() <= k_largest && !is_nested_too_deep(part)) record = json::parse(part, nullptr, false);
    if (is_record(record)) records.emplace(revision_of(record), std::move(record));
    else unreadable = true;
  }
  void read_lines(std::string_view text)
  {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = trimmed(text.substr(at, end - at));
      if (line.size() > k_longest_line) unreadable = true;
      else if (!line.empty()) read(line);
      at = end + 1;
    }
  }
};

AgentTraces::AgentTraces(std::string_view text) : impl_(std::make_unique<Impl>())
{
  if (text.size() > k_largest) impl_->unreadable = true;
  else if (!is_nested_too_deep(text) && json::accept(text)) impl_->read(text); // one record over many lines
  else impl_->read_lines(text);
}

AgentTraces::~AgentTraces() = default;

AuthorshipClaim AgentTraces::about(std::string_view commit, TraceOf place) const
{
  Reader reader;
  const auto read = [&](std::string_view revision) {
    const auto [first, last] = impl_->records.equal_range(revision);
    for (auto at = first; at != last; ++at) reader.read(at->second);
  };
  if (place == TraceOf::note) read({});
  for (std::size_t length = k_shortest_id; length <= commit.size(); ++length) read(commit.substr(0, length));
  AuthorshipClaim claim = reader.take();
  if (impl_->unreadable && place == TraceOf::note)
    claim.evidence.push_back({EvidenceGrade::weak, "agent trace (weak: a record cannot be read)"});
  return claim;
}

AuthorshipClaim read_agent_trace(std::string_view text, std::string_view commit, TraceOf place)
{
  return AgentTraces(text).about(commit, place);
}

} // namespace sluice::policy
