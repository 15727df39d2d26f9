// The marks by which AI tools and automation can be told, as one visible table of entries.
// It does not know how a commit is read (policy/authorship.cpp does) nor what a mark leads to. Each entry was seen in
// public commits or stands in the vendor's documentation; lists without evidence are not copied. All values are lower
// case and are compared as a whole, ASCII case ignored.
#pragma once

#include "model/policy.h"

#include <span>
#include <string_view>

namespace sluice::policy {

enum class MarkKind {
  address,        // whole address of an author, or in a trailer
  login,          // "ID+login" at users.noreply.github.com; "login" alone counts where it ends in [bot]
  release_login,  // the same for a bot that also makes releases: weak where the subject says so
  shared_address, // an address that others use too: counts only with a tool's name before it
  review_login,   // login of a bot that becomes co-author when a person applies its suggestion
  author_name,    // last word of the author's name
  key,            // trailer with this key, whatever its value
  key_value,      // "key: value"
  footer,         // a line that says this, alone or with a link
  link,           // an address of the web that begins so, alone on its line
  subject,        // how the subject begins
  branch,         // how the name of a merged branch begins; after a final '-' eight digits must follow: weak
  weak_key,       // a trailer that shows a tool at work but not who wrote the lines: weak
};

struct Mark {
  std::string_view tool;
  MarkKind kind;
  std::string_view value;
  Authorship authorship;
};

// AI tools.
std::span<const Mark> ai_marks();

// Documented automation that is not AI: authors with these logins or addresses count as human.
std::span<const Mark> automation_marks();

// Keys whose value names who wrote the commit, and what it then is.
struct AuthorKey {
  std::string_view key;
  Authorship authorship;
};
std::span<const AuthorKey> author_keys();

} // namespace sluice::policy
