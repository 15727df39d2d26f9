// Fetches what policy/authorship.h weighs: notes, trace records, the event file, the commits behind squashes, and the
// verdicts kept in the store. It decides nothing.
#pragma once

#include "adapters/git/repository.h"
#include "cache/store.h"
#include "model/policy.h"
#include "model/run_event.h"
#include "policy/authorship.h"

#include <string>
#include <vector>

namespace sluice::cli {

// `store` may be null: then no earlier verdict is known. It is asked about the newest 500 commits that differ from
// their first parent; who wrote what lies beyond is not known (`unread`) unless it has a mark. Throws Error{usage} for
// an event file that is not there.
std::vector<policy::CommitAuthorship> authorship_of(const git::Repository& repository, const ChangeSet& change,
                                                    const Policy& policy, const std::string& event_file,
                                                    const cache::Store* store);

// What the run's log says of it: at most 500 commits with 30 pieces of evidence each, the strongest over all of them.
event::AuthorshipRead authorship_read(const ChangeSet& change, const std::vector<policy::CommitAuthorship>& commits);

// Keeps what was found to be AI-written by tree and by patch id, each commit and the change as a whole: an amended,
// rebased or squashed commit with the same content is then judged as what it was. However many commits there are.
void keep_authorship(const git::Repository& repository, const ChangeSet& change,
                     const std::vector<policy::CommitAuthorship>& commits, cache::Store& store);

} // namespace sluice::cli
