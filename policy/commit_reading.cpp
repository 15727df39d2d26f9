#include "policy/commit_reading.h"

#include "policy/declaration.h"
#include "policy/message_text.h"
#include "policy/tool_names.h"
#include "policy/trailer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sluice::policy {

namespace {

constexpr std::size_t k_shown_line = 300;   // bytes
constexpr std::size_t k_most_evidence = 20; // lines of each strength for one commit
constexpr std::string_view k_github = "@users.noreply.github.com";

bool is_digits(std::string_view text)
{
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "41898282+claude[bot]" against "claude[bot]@users.noreply.github.com" and the like; both in lower case.
bool login_matches(std::string_view login, std::string_view address)
{
  if (!address.ends_with(k_github)) return false;
  address.remove_suffix(k_github.size());
  if (address == login) return true;
  if (!login.ends_with("[bot]")) return false; // without its number, such a name could be a person's
  const std::size_t given = address.find('+');
  const std::size_t known = login.find('+');
  if (given == std::string_view::npos) return address == login.substr(known + 1);
  return known == std::string_view::npos && is_digits(address.substr(0, given)) && address.substr(given + 1) == login;
}

bool identity_matches(const Signature& mark, std::string_view name, std::string_view address)
{
  switch (mark.kind) {
  case SignatureKind::address:
    return mark.value == address;
  case SignatureKind::login:
  case SignatureKind::release_login:
  case SignatureKind::review_login:
    return login_matches(mark.value, address);
  case SignatureKind::shared_address:
    return mark.value == address && !named_tool(name).empty();
  case SignatureKind::author_name:
  case SignatureKind::key:
  case SignatureKind::key_value:
  case SignatureKind::footer:
  case SignatureKind::link:
  case SignatureKind::subject:
  case SignatureKind::branch:
  case SignatureKind::weak_key:
    return false;
  }
  return false;
}

const Signature* find_identity(const std::vector<Signature>& marks, std::string_view name, std::string_view address)
{
  const auto found = std::find_if(marks.begin(), marks.end(),
                                  [&](const Signature& mark) { return identity_matches(mark, name, address); });
  return address.empty() || found == marks.end() ? nullptr : &*found;
}

// Collects the marks of one commit; conclude() weighs them.
class Reading {
public:
  Reading(const Commit& commit, const Signatures& known)
    : commit_(commit), known_(known), message_(look_alike_text(commit.message))
  {
    for (const AuthorKey& entry : known.author_keys) keys_.push_back(entry.key);
  }

  CommitAuthorship conclude()
  {
    read_author();
    read_committer();
    read_message();
    CommitAuthorship result;
    result.commit = commit_.id;
    // A suggestion of a review bot that makes up a commit of its own is its work; in a squash it is a part, and nothing
    // says how large.
    if (review_ && !other_text_ && !other_author_) strong(*review_, EvidenceGrade::structured_line, review_evidence_);
    else if (review_) weak(review_evidence_ + " (weak: a review bot among others)");
    const Signature* automation =
      find_identity(known_.automation, commit_.author.name, lower_case(trimmed(commit_.author.email)));
    if (best_) {
      result.authorship = best_->first;
      result.tool = best_->second;
    } else if (automation && weak_evidence_.empty() &&
               (automation->kind != SignatureKind::release_login || is_release())) {
      result.authorship = automation->authorship;
      result.tool = automation->tool;
      note(strong_evidence_, EvidenceGrade::bot_identity,
           "author " + identity(commit_.author) + ": documented automation");
    } else if (!declared_.empty() && weak_evidence_.empty()) {
      result.authorship = Authorship::human;
      note(strong_evidence_, EvidenceGrade::structured_line, declared_ + ": declared");
    }
    result.evidence = std::move(strong_evidence_);
    result.evidence.insert(result.evidence.end(), weak_evidence_.begin(), weak_evidence_.end());
    return result;
  }

private:
  struct Claim {
    std::string tool;
    Authorship authorship;
  };

  static std::string identity(const Identity& who) { return who.name + " <" + who.email + ">"; }

  static void note(std::vector<Evidence>& lines, EvidenceGrade grade, const std::string& line)
  {
    const std::string text = printable(line);
    const auto same = [&](const Evidence& known) { return known.text == text; };
    if (lines.size() < k_most_evidence && std::none_of(lines.begin(), lines.end(), same))
      lines.push_back({grade, text});
  }

  void weak(const std::string& line) { note(weak_evidence_, EvidenceGrade::weak, line); }

  void strong(const Claim& claim, EvidenceGrade grade, const std::string& line)
  {
    if (!best_ || (best_->first == Authorship::ai_assisted && claim.authorship == Authorship::ai))
      best_.emplace(claim.authorship, claim.tool);
    note(strong_evidence_, grade, line);
  }

  const Signature* name_mark(std::string_view name) const
  {
    const std::string lower = lower_case(trimmed(name));
    for (const Signature& mark : known_.ai)
      if (mark.kind == SignatureKind::author_name && lower.ends_with(" " + std::string(mark.value))) return &mark;
    return nullptr;
  }

  // "Merge 19c9... into 1519...": the platform's own trial merge, which carries the author of the pull request.
  bool is_trial_merge() const
  {
    constexpr std::size_t k_id = 40;
    const std::string_view line = split_lines(message_).front();
    const bool says =
      line.starts_with("Merge ") && line.size() == 6 + k_id + 6 + k_id && line.substr(6 + k_id, 6) == " into ";
    // Anybody may write that subject; what was merged is a parent.
    return says && commit_.parents.size() == 2 && commit_.parents[1] == line.substr(6, k_id);
  }

  bool is_release() const
  {
    const std::string subject = lower_case(split_lines(message_).front());
    return subject.starts_with("chore(release)") || subject.starts_with("chore/release") ||
           subject.starts_with("chore: release") || subject.starts_with("release");
  }

  void read_author()
  {
    const Identity& author = commit_.author;
    const std::string evidence = "author " + identity(author);
    const std::string name = look_alike_text(author.name);
    const Signature* mark = find_identity(known_.ai, name, lower_case(trimmed(look_alike_text(author.email))));
    if (!mark) mark = name_mark(name);
    if (mark && is_trial_merge()) {
      weak(evidence + " (weak: a merge that the platform made)");
    } else if (mark && mark->kind == SignatureKind::release_login && is_release()) {
      weak(evidence + " (weak: the bot makes releases too)");
    } else if (mark) {
      // Who is the author wrote it, also a bot that otherwise suggests.
      strong({std::string(mark->tool), mark->kind == SignatureKind::review_login ? Authorship::ai : mark->authorship},
             EvidenceGrade::bot_identity, evidence);
    } else if (const std::size_t open = name.rfind('('); carries_model(name) || carries_model(tail(name, open))) {
      strong({named_tool(carries_model(name) ? name : tail(name, open)), Authorship::ai}, EvidenceGrade::bot_identity,
             evidence);
    } else if (!named_tool(name).empty()) {
      weak(evidence + " (weak: a tool's name with an address that is not known)");
    }
  }

  static std::string tail(const std::string& name, std::size_t open)
  {
    return open == std::string::npos ? std::string{} : name.substr(open + 1);
  }

  void read_committer()
  {
    const Identity& committer = commit_.committer;
    if (committer == commit_.author) return;
    if (find_identity(known_.ai, committer.name, lower_case(trimmed(committer.email))) || name_mark(committer.name))
      weak("committer " + identity(committer) + " (weak: it committed, another is the author)");
  }

  void read_message()
  {
    if (message_.find('\0') != std::string::npos) weak("a NUL in the message (weak: git shows what stands before it)");
    if (!keeps_ascii(commit_.encoding))
      weak("encoding " + commit_.encoding + " (weak: the message cannot be read in it)");
    const std::vector<std::string_view> lines = split_lines(message_);
    read_subject(lines.front());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string_view next = i + 1 < lines.size() ? lines[i + 1] : std::string_view{};
      bool is_trailer = false;
      // No more of it is shown anywhere, and a line may hold thousands of trailers.
      const std::string evidence = "trailer " + std::string(bare(lines[i]).substr(0, k_shown_line));
      for (const Trailer& trailer : parse_trailers(lines[i], next, keys_))
        is_trailer |= read_trailer(trailer, evidence);
      read_plain_line(bare(lines[i]));
      const bool rule = trimmed(lines[i]).find_first_not_of('-') == std::string_view::npos; // "---------", or blank
      other_text_ = other_text_ || (i > 0 && !rule && !is_trailer);
    }
  }

  void read_subject(std::string_view subject)
  {
    const std::string lower = lower_case(subject);
    for (const Signature& mark : known_.ai)
      if (mark.kind == SignatureKind::subject && lower.starts_with(mark.value))
        strong({std::string(mark.tool), mark.authorship}, mark.grade, "subject " + std::string(subject));
    if (!lower.starts_with("merge ")) return;
    for (std::size_t at = 0; at < lower.size();) {
      const std::size_t end = std::min(lower.find_first_of(" '\"", at), lower.size());
      read_branch(std::string_view(lower).substr(at, end - at));
      at = end + 1;
    }
  }

  // "claude/fix-it", also behind the name of a remote or an owner.
  void read_branch(std::string_view branch)
  {
    const std::size_t slash = branch.find('/');
    const std::string_view behind = slash == std::string_view::npos ? branch : branch.substr(slash + 1);
    for (const Signature& mark : known_.ai) {
      if (mark.kind != SignatureKind::branch) continue;
      for (const std::string_view name : {branch, behind}) {
        if (!name.starts_with(mark.value)) continue;
        const std::string_view rest = name.substr(mark.value.size());
        if (rest.empty() || (mark.value.ends_with('-') && !is_digits(rest.substr(0, 8)))) continue;
        weak("branch " + std::string(name) + " (weak: people name branches so too)");
        break;
      }
    }
  }

  // True if the line names an author or a helper, whoever that is.
  bool read_trailer(const Trailer& trailer, const std::string& evidence)
  {
    read_key_marks(trailer, evidence);
    const std::optional<Authorship> key = known_.author_key(trailer.key);
    if (trailer.key == "authorship") return read_declaration(trailer, evidence);
    const Signature* mark = find_identity(known_.ai, trailer.name, trailer.address);
    if (!key) {
      if (mark) weak(evidence + " (weak: the key does not say who wrote it)");
      return false;
    }
    if (mark) read_known_identity(*mark, *key, evidence);
    else if (trailer.address.empty()) read_unaddressed(trailer, *key, evidence);
    else if (carries_model(trailer.name))
      strong({named_tool(trailer.name), *key}, EvidenceGrade::structured_line, evidence);
    else if (!named_tool(trailer.name).empty() || is_known_bot(trailer.address))
      weak(evidence + " (weak: a tool's name with an address that is not known)");
    if (trailer.key.starts_with("co-") && (!mark || mark->kind != SignatureKind::review_login)) other_author_ = true;
    return true;
  }

  // "Authorship: human", "Authorship: ai (Cursor)": what the commit-msg hook writes.
  bool read_declaration(const Trailer& trailer, const std::string& evidence)
  {
    const std::string value = lower_case(trailer.value);
    const std::string_view word = trimmed(std::string_view(value).substr(0, value.find('(')));
    const std::size_t open = trailer.value.find('(');
    const std::string tool =
      open == std::string::npos ? "" : trailer.value.substr(open + 1, trailer.value.find(')', open) - open - 1);
    if (word == "ai") strong({printable(tool), Authorship::ai}, EvidenceGrade::structured_line, evidence);
    else if (word == "ai_assisted")
      strong({printable(tool), Authorship::ai_assisted}, EvidenceGrade::structured_line, evidence);
    else if (value == "human" && declares_human(commit_.message)) declared_ = evidence;
    else if (value == "human") weak(evidence + " (weak: no line of its own among the trailers at the end)");
    else weak(evidence + " (weak: no declaration that is known)");
    return true;
  }

  void read_known_identity(const Signature& mark, Authorship key, const std::string& evidence)
  {
    const bool weak_now = commit_.author_time >= mark.weak_from && commit_.author_time < mark.weak_until;
    const Claim claim{std::string(mark.tool), key == Authorship::ai_assisted ? key : mark.authorship};
    if (weak_now) {
      weak(evidence + " (weak: the editor added it to hand-made commits in these weeks)");
    } else if (mark.kind == SignatureKind::review_login) {
      review_ = claim;
      review_evidence_ = evidence;
    } else {
      strong(claim, EvidenceGrade::structured_line, evidence);
    }
  }

  void read_unaddressed(const Trailer& trailer, Authorship key, const std::string& evidence)
  {
    constexpr auto k_denials = std::to_array<std::string_view>({"", "no", "none", "false", "n/a", "0", "-", "never"});
    const std::string tool = named_tool(trailer.value);
    const bool denied = std::find(k_denials.begin(), k_denials.end(), lower_case(trailer.value)) != k_denials.end();
    if (!tool.empty() || (trailer.key.starts_with("ai-") && !denied))
      strong({tool, key}, EvidenceGrade::structured_line, evidence);
    else if (!named_tool(trailer.value.substr(0, trailer.value.find(' '))).empty())
      weak(evidence + " (weak: a tool's name among other words)");
    else if (trailer.key == "ai") weak(evidence + " (weak: the author's own word)");
  }

  // A [bot] login of the tables under a number that is not: a fork or another platform.
  bool is_known_bot(std::string_view address) const
  {
    const std::size_t plus = address.find('+');
    if (plus == std::string_view::npos) return false;
    return std::any_of(known_.ai.begin(), known_.ai.end(), [&](const Signature& mark) {
      return mark.kind == SignatureKind::login && login_matches(mark.value, address.substr(plus + 1));
    });
  }

  void read_key_marks(const Trailer& trailer, const std::string& evidence)
  {
    const std::string pair = trailer.key + ": " + lower_case(trailer.value);
    for (const Signature& mark : known_.ai) {
      if (mark.kind == SignatureKind::key && mark.value == trailer.key && !trailer.value.empty())
        strong({std::string(mark.tool), mark.authorship}, mark.grade, evidence);
      if (mark.kind == SignatureKind::key_value && mark.value == pair)
        strong({std::string(mark.tool), mark.authorship}, mark.grade, evidence);
      if (mark.kind == SignatureKind::weak_key && mark.value == trailer.key)
        weak(evidence + " (weak: a tool was there; not who wrote it)");
    }
  }

  // Footers, links and prose.
  void read_plain_line(std::string_view line)
  {
    std::string lower = lower_case(line);
    for (const Signature& mark : known_.ai)
      if (mark.kind == SignatureKind::link && lower.starts_with(mark.value) && lower.find(' ') == std::string::npos)
        strong({std::string(mark.tool), mark.authorship}, mark.grade, "link " + std::string(line));
    std::erase_if(lower, [](char c) { return c == '[' || c == ']' || c == '*' || c == '`'; });
    for (const Signature& mark : known_.ai) {
      if (mark.kind != SignatureKind::footer || !lower.starts_with(mark.value)) continue;
      const std::string_view rest = trimmed(std::string_view(lower).substr(mark.value.size()));
      if (rest.empty() || rest.front() == '(' || rest == "." || rest.starts_with("http"))
        strong({std::string(mark.tool), mark.authorship}, mark.grade, "footer " + std::string(line));
    }
    read_prose(lower, line);
  }

  void read_prose(const std::string& lower, std::string_view line)
  {
    constexpr auto k_phrases = std::to_array<std::string_view>(
      {"generated by ", "generated with ", "generated using ", "written by ", "written with ", "created by ",
       "created with ", "implemented by ", "implemented with ", "developed by ", "developed with ", "assisted by ",
       "authored by ", "help of ", "help from ", "made with ", "have ", "asked ", "found by "});
    if (weak_evidence_.size() >= k_most_evidence) return;
    for (const std::string_view phrase : k_phrases) {
      const std::size_t at = lower.find(phrase);
      if (at == std::string::npos) continue;
      const std::string_view rest = std::string_view(lower).substr(at + phrase.size());
      if (named_tool(rest.substr(0, rest.find_first_of(" .,"))).empty()) continue;
      note(weak_evidence_, EvidenceGrade::free_text, "text " + std::string(line) + " (weak: free text)");
      return;
    }
  }

  const Commit& commit_;
  const Signatures& known_;
  const std::string message_;
  std::vector<std::string_view> keys_;
  std::vector<Evidence> strong_evidence_;
  std::vector<Evidence> weak_evidence_;
  std::optional<std::pair<Authorship, std::string>> best_;
  std::optional<Claim> review_;
  std::string review_evidence_;
  std::string declared_;      // the line by which the author says that a person wrote it
  bool other_text_ = false;   // the message has more than a subject and names
  bool other_author_ = false; // a co-author that is no review bot
};

} // namespace

CommitAuthorship read_commit(const Commit& commit, const Signatures& known)
{
  return Reading(commit, known).conclude();
}

} // namespace sluice::policy
