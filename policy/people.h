// Who had a hand in a change, for the question whether somebody may approve or excuse it: authors, committers, and the
// people that trailers name as authors or helpers. When in doubt, two addresses are one person: asking someone else to
// approve is cheap, a self-approval cannot be undone. It does not check signatures.
#pragma once

#include "model/change_set.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

// The one form of all spellings that reach the same mailbox: "Me+tag@X.org." and "\"me\"@x.org" become "me@x.org",
// "1+me@users.noreply.github.com" becomes "me@users.noreply.github.com".
std::string mailbox(std::string_view address);

std::set<std::string> authors_of(const ChangeSet& change); // mailboxes

// A line of the signers' file. Names may be patterns ("*@example.org").
struct KeyHolder {
  std::vector<std::string> names;
  std::string key;
};

// Every name of the person who has `key` or one of `names`. All names of a key are one person, and so are all keys of a
// name; this is followed to its end. Sorted; the result contains `names`.
std::vector<std::string> names_of_person(const std::vector<KeyHolder>& holders, const std::string& key,
                                         std::vector<std::string> names);

// True if one of the names is a mailbox of the set, or a pattern that matches one.
bool is_one_of(const std::vector<std::string>& names, const std::set<std::string>& mailboxes);

// Somebody who signs: all names that are known of them, and the key. A certificate's names stand in no file, so that
// two certificates of one key have nothing in common but the key.
struct Person {
  std::vector<std::string> names;
  std::string key; // empty: not known
};

bool is_same_person(const Person& one, const Person& other);

// How many people these names are: one may have several keys, and a key several names.
std::size_t count_people(const std::vector<std::string>& names, const std::vector<KeyHolder>& holders);

} // namespace sluice::policy
