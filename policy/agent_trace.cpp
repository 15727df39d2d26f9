#include "policy/agent_trace.h"

#include "policy/message_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace sluice::policy {

namespace {

using nlohmann::json;

constexpr std::size_t k_largest = 8 << 20;
constexpr std::size_t k_most_lines = 20; // of evidence

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

// A commit may be named by a part of its id, as git does.
bool names_commit(const json& record, std::string_view commit, TraceOf place)
{
  constexpr std::size_t k_shortest = 7;
  const json* vcs = member(record, "vcs");
  const std::string revision = vcs ? lower_case(text_of(*vcs, "revision")) : std::string{};
  if (revision.empty()) return place == TraceOf::note;
  return revision.size() >= k_shortest && commit.starts_with(revision);
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
  Statement take() { return std::move(statement_); }

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
    if (statement_.evidence.size() >= k_most_lines) return;
    const std::string type = text_of(contributor, "type");
    const std::string model = text_of(contributor, "model_id");
    const std::string line = "agent trace " + place + ": " + type + (model.empty() ? "" : " " + model);
    if (type != "ai" && type != "mixed") {
      statement_.evidence.push_back({EvidenceGrade::weak, printable(line + " (weak: no tool's lines)")});
      return;
    }
    statement_.evidence.push_back({EvidenceGrade::resolved_note, printable(line)});
    if (type == "ai") statement_.authorship = Authorship::ai;
    else if (statement_.authorship != Authorship::ai) statement_.authorship = Authorship::ai_assisted;
    if (statement_.tool.empty()) statement_.tool = printable(model.substr(0, model.find('/')));
  }

  Statement statement_;
};

} // namespace

Statement read_agent_trace(std::string_view text, std::string_view commit, TraceOf place)
{
  Reader reader;
  bool unreadable = text.size() > k_largest;
  const auto read = [&](std::string_view part) {
    const json record = json::parse(part, nullptr, false);
    if (is_record(record) && names_commit(record, commit, place)) reader.read(record);
    else unreadable = unreadable || !is_record(record);
  };
  if (unreadable) text = {};
  // One record over many lines, or one on each line.
  if (json::accept(text)) read(text);
  else
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (const std::string_view line = trimmed(text.substr(at, end - at)); !line.empty()) read(line);
      at = end + 1;
    }
  Statement statement = reader.take();
  if (unreadable && place == TraceOf::note)
    statement.evidence.push_back({EvidenceGrade::weak, "agent trace (weak: a record cannot be read)"});
  return statement;
}

} // namespace sluice::policy
