#include "policy/event_file.h"

#include "policy/message_text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace sluice::policy {

namespace {

using nlohmann::json;

const json& member(const json& object, const char* key)
{
  static const json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

std::string text_of(const json& object, const char* key)
{
  const json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::string number_of(const json& object, const char* key)
{
  const json& value = member(object, key);
  return value.is_number_unsigned() ? std::to_string(value.get<std::uint64_t>()) : std::string{};
}

class Event {
public:
  Event(const Signatures& known, const std::vector<std::string>& labels) : known_(known), labels_(labels) {}

  AuthorshipClaim read(const json& event)
  {
    const json& request = member(event, "pull_request");
    account(member(request, "user"), "opened by", EvidenceGrade::platform_identity);
    account(member(member(request, "head"), "user"), "from the account", EvidenceGrade::weak);
    app(member(request, "performed_via_github_app"));
    for (const json& label : list(request, "labels")) read_label(text_of(label, "name"));
    for (const json& label : list(event, "labels")) read_label(text_of(label, "title")); // GitLab's
    branch(text_of(member(request, "head"), "ref"));
    branch(text_of(member(event, "object_attributes"), "source_branch"));
    const bool is_push = !member(event, "pusher").is_null() && request.is_null();
    account(member(event, "sender"), is_push ? "pushed by" : "started by",
            is_push ? EvidenceGrade::platform_identity : EvidenceGrade::weak);
    return std::move(claim_);
  }

private:
  static const json& list(const json& object, const char* key)
  {
    static const json none = json::array();
    const json& value = member(object, key);
    return value.is_array() ? value : none;
  }

  void add(EvidenceGrade grade, const std::string& text)
  {
    claim_.evidence.push_back({grade, printable("event: " + text)});
  }

  void strong(Authorship authorship, const std::string& tool, const std::string& text)
  {
    add(EvidenceGrade::platform_identity, text);
    if (claim_.authorship == Authorship::ai) return;
    claim_.authorship = authorship;
    claim_.tool = tool;
  }

  void account(const json& user, const std::string& part, EvidenceGrade grade)
  {
    const std::string login = text_of(user, "login");
    const std::string id = number_of(user, "id");
    for (const Signature& signature : known_.ai) {
      if (login.empty() || !is_login(signature, id, login)) continue;
      const std::string text = part + " " + login + " (" + id + ")";
      if (grade == EvidenceGrade::weak) add(grade, text + " (weak: not its author)");
      else strong(Authorship::ai, signature.tool, text);
      return;
    }
  }

  void app(const json& made_with)
  {
    const std::string slug = lower_case(text_of(made_with, "slug"));
    for (const Signature& signature : known_.ai) {
      const std::string_view login = std::string_view(signature.value).substr(signature.value.find('+') + 1);
      const bool is_bot = signature.kind == SignatureKind::login && login == slug + "[bot]";
      if (slug.empty() || !is_bot) continue;
      strong(Authorship::ai, signature.tool, "made through the app " + slug);
      return;
    }
  }

  void read_label(const std::string& label)
  {
    if (!label.empty() && std::find(labels_.begin(), labels_.end(), label) != labels_.end())
      strong(Authorship::ai, "", "label " + label);
  }

  void branch(const std::string& name)
  {
    const std::string lower = lower_case(name);
    for (const Signature& signature : known_.ai)
      if (signature.kind == SignatureKind::branch && signature.value.ends_with('/') &&
          lower.starts_with(signature.value))
        add(EvidenceGrade::weak, "branch " + name + " (weak: people name branches so too)");
  }

  const Signatures& known_;
  const std::vector<std::string>& labels_;
  AuthorshipClaim claim_;
};

} // namespace

AuthorshipClaim read_event(std::string_view text, const Signatures& known, const std::vector<std::string>& ai_labels)
{
  if (text.empty()) return {};
  const json event = json::parse(text, nullptr, false);
  if (!event.is_object())
    return {Authorship::undeclared, "", {{EvidenceGrade::weak, "event (weak: the file is no JSON object)"}}};
  return Event(known, ai_labels).read(event);
}

} // namespace sluice::policy
