// Who had a hand in a change, for the question whether somebody may approve or excuse it: authors, committers and those
// that trailers name as authors or helpers. It errs towards seeing one person in two addresses: the approval of
// somebody else is easier had than one's own is taken back. It does not check signatures.
#pragma once

#include "model/change_set.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::policy {

// One word for all spellings of an address that reach the same mailbox: "Me+tag@X.org." and "\"me\"@x.org" are
// "me@x.org", "1+me@users.noreply.github.com" is "me@users.noreply.github.com".
std::string mailbox(std::string_view address);

std::set<std::string> authors_of(const ChangeSet& change); // mailboxes

// A line of the signers' file. Names may be patterns ("*@example.org").
struct KeyHolder {
  std::vector<std::string> names;
  std::string key;
};

// Every name of the person who has `key` or one of these names: a person is a key with all of its names, and a name
// with all of its keys, and what these lead to. Sorted; it holds what was given.
std::vector<std::string> names_of_person(const std::vector<KeyHolder>& holders, const std::string& key,
                                         std::vector<std::string> names);

// True if one of the names is a mailbox of the set, or a pattern that holds one.
bool is_one_of(const std::vector<std::string>& names, const std::set<std::string>& mailboxes);

// True if two lists of all of a person's names are of one person.
bool is_same_person(const std::vector<std::string>& one, const std::vector<std::string>& other);

} // namespace sluice::policy
