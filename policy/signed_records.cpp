#include "policy/signed_records.h"

#include "policy/dsse.h"
#include "policy/message_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace sluice::policy {

namespace {

constexpr const char* k_format = "sluice.record";
constexpr int k_version = 2; // 2: with the departures
constexpr std::size_t k_largest = 1 << 20;
constexpr std::size_t k_shortest_reason = 10;

std::optional<std::string> text_of(const nlohmann::json& object, const char* key)
{
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::string_view word(RecordKind kind)
{
  return kind == RecordKind::approval ? "approval" : "override";
}

bool read_list(const nlohmann::json& object, const char* key, std::vector<std::string>& into)
{
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) return false;
  for (const auto& text : *found) {
    if (!text.is_string()) return false;
    into.push_back(text.get<std::string>());
  }
  return true;
}

bool read_texts(const nlohmann::json& object, SignedRecord& record)
{
  for (const auto& [key, into] :
       {std::pair("target", &record.target), std::pair("base", &record.base), std::pair("tree", &record.tree),
        std::pair("signer", &record.signer), std::pair("reason", &record.reason), std::pair("rule", &record.rule)}) {
    auto text = text_of(object, key);
    if (!text) return false;
    *into = std::move(*text);
  }
  return !record.target.empty() && !record.base.empty() && !record.tree.empty() && !record.signer.empty() &&
         !record.departures.empty();
}

bool is_whole(const SignedRecord& record)
{
  if (record.kind == RecordKind::approval) return record.tests.empty();
  const bool named = std::all_of(record.tests.begin(), record.tests.end(),
                                 [](const std::string& test) { return !test.empty() && test != "*"; });
  return named && !record.tests.empty() && !record.rule.empty() && record.reason.size() >= k_shortest_reason;
}

} // namespace

std::vector<std::string> departures_of(const ChangeSet& change)
{
  if (change.merge_base.empty()) return {};
  std::vector<std::string> departures = change.other_merge_bases;
  departures.push_back(change.merge_base);
  std::sort(departures.begin(), departures.end());
  return departures;
}

std::string_view signature_namespace(RecordKind kind)
{
  return kind == RecordKind::approval ? "sluice-approval" : "sluice-override";
}

std::string record_text(const SignedRecord& record)
{
  nlohmann::ordered_json json;
  json["format"] = k_format;
  json["version"] = k_version;
  json["kind"] = word(record.kind);
  json["target"] = record.target;
  json["base"] = record.base;
  json["departures"] = record.departures;
  json["tree"] = record.tree;
  json["signer"] = record.signer;
  json["reason"] = record.reason;
  json["rule"] = record.rule;
  json["tests"] = record.tests;
  json["expires"] = record.expires;
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string record_file(const std::string& text, const std::string& signature)
{
  nlohmann::ordered_json json;
  json["record"] = base64(text);
  json["signature"] = signature;
  return json.dump() + "\n";
}

std::optional<RecordFile> read_record_file(std::string_view file)
{
  if (file.size() > k_largest) return std::nullopt;
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto text = from_base64(text_of(json, "record").value_or("?"));
  const auto signature = text_of(json, "signature");
  if (!text || !signature) return std::nullopt;
  return RecordFile{*text, *signature};
}

std::optional<SignedRecord> read_record(std::string_view text)
{
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || text_of(json, "format") != k_format) return std::nullopt;
  const auto version = json.find("version");
  const auto expires = json.find("expires");
  if (version == json.end() || *version != k_version || expires == json.end() || !expires->is_number_integer())
    return std::nullopt;
  SignedRecord record;
  const std::string kind = text_of(json, "kind").value_or("");
  if (kind == word(RecordKind::override_of_tests)) record.kind = RecordKind::override_of_tests;
  else if (kind != word(RecordKind::approval)) return std::nullopt;
  record.expires = expires->get<std::int64_t>();
  if (!read_list(json, "tests", record.tests) || !read_list(json, "departures", record.departures)) return std::nullopt;
  if (!read_texts(json, record) || !is_whole(record)) return std::nullopt;
  return record;
}

std::string not_bound(const SignedRecord& record, const Binding& binding)
{
  if (target_name(record.target) != target_name(binding.target)) return "it is for target " + printable(record.target);
  if (record.base != binding.base) return "the base has moved";
  if (record.tree != binding.tree) return "the tree is another";
  if (binding.departures.empty()) return "who wrote the change is not known, nor where it has left its base";
  if (record.departures != binding.departures) return "the change has left its base elsewhere";
  if (record.expires <= binding.now) return "it has expired";
  return {};
}

std::string target_name(std::string_view ref)
{
  for (const std::string_view prefix : {"refs/heads/", "refs/remotes/", "origin/"})
    if (ref.starts_with(prefix)) ref.remove_prefix(prefix.size());
  return std::string(ref);
}

} // namespace sluice::policy
