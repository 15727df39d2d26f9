// Evidence of several runs in one bundle: the same tree may be judged for two branches, or once more. It believes
// nobody: what is kept here counts for verify_evidence() only if it was signed. It decides what stays where not
// everything can.
#pragma once

#include <string>
#include <string_view>

namespace sluice::policy {

// `added` after what `kept` had, a line for each envelope. Lines that are no evidence here are dropped, since one of
// them has the whole bundle refused. At most 100 envelopes and 12 MiB: runs that a later one of the same base has
// repeated go first, then the oldest; `added` stays.
std::string with_kept_evidence(std::string_view kept, const std::string& added);

} // namespace sluice::policy
