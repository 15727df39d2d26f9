// Who had a hand in a change, for the question whether somebody may approve or excuse it: authors, committers and those
// that trailers name as authors or helpers. It errs towards seeing one person in two addresses: the approval of
// somebody else is easier had than one's own is taken back. It does not know signatures.
#pragma once

#include "model/change_set.h"

#include <set>
#include <string>
#include <string_view>

namespace sluice::policy {

// One word for all spellings of an address that reach the same mailbox: "Me+tag@X.org." and "\"me\"@x.org" are
// "me@x.org", "1+me@users.noreply.github.com" is "me@users.noreply.github.com".
std::string mailbox(std::string_view address);

std::set<std::string> authors_of(const ChangeSet& change); // mailboxes

} // namespace sluice::policy
