// Whether a rule applies to a change, with the words that explain the answer.
// It does not know what happened in the run. What cannot be seen (the change set is incomplete, the blast radius is not
// known yet, nor which tests there were at the base) makes a condition true.
#pragma once

#include "model/change_set.h"
#include "model/policy.h"
#include "model/verdict.h"
#include "policy/authorship.h"
#include "policy/circumstances.h"

#include <string>
#include <vector>

namespace sluice::policy {

struct Application {
  bool applies = false;
  std::string summary;               // why not, if it does not
  std::vector<std::string> evidence; // the commits and paths that make it apply
};

Application application_of(const Rule& rule, const Policy& policy, const std::vector<CommitAuthorship>& authorship,
                           const ChangeSet& change, const Catalogue& catalogue, const Circumstances& known);

// Whether one of its conditions rests on which tests there were at the base.
bool looks_at_base(const Rule& rule);

// The changed paths that match any of the globs, the old names of renamed ones too, and what is or was a link or a
// submodule where files that match could lie below it.
std::vector<std::string> changed_paths(const ChangeSet& change, const std::vector<std::string>& globs);

// What conditions on the blast radius compare; every test where what was a test at the base cannot be told. nullopt:
// it has not been measured.
std::optional<ReachedTests> reached_tests(const Catalogue& catalogue, const Circumstances& known);

} // namespace sluice::policy
