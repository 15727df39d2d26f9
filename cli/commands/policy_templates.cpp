#include "cli/commands/policy_templates.h"

#include <algorithm>
#include <array>

namespace sluice::cli {

namespace {

constexpr std::string_view k_start_policy =
  R"toml(# What a change must prove. Read from the base of the change, never from the change itself.

[policy]
version = 1
undeclared = "ai" # a commit without evidence of who wrote it counts as written by an AI tool

[[suite]]
name = "core"
tests = ["*"] # every test; name yours: tests, labels, paths, programs
min_tests = 1

[[rule]]
name = "AI-authored changes prove the core suite"
when = { authorship = ["ai", "ai_assisted"] }
require = { suites = ["core"] }

# Better, once sluice.signers says whose keys count: approvals = 1
[[rule]]
name = "The gate itself changes for a stated reason"
when = { kinds = ["policy"] }
require = { suites = ["core"], reason = true }

# Where sluice doctor says "full": no change opens a wall around tests or builds for itself.
# [[rule]]
# name = "Tests and builds run behind walls"
# require = { sandbox = "full" }
)toml";

constexpr std::string_view k_start_tests = R"toml([[change]]
name = "an agent's change that ran the suite"
authorship = ["ai"]
paths = ["src/a.cpp"]
passed = ["core"]
expect = "PASSED"

[[change]]
name = "an agent's change that did not"
authorship = ["ai"]
paths = ["src/a.cpp"]
expect = "REFUSED"
violated = ["AI-authored changes prove the core suite"]

[[change]]
name = "a person's change"
authorship = ["human"]
paths = ["src/a.cpp"]
expect = "PASSED"

[[change]]
name = "a person's change of the policy, without a word"
authorship = ["human"]
paths = ["sluice.policy.toml"]
passed = ["core"]
expect = "REFUSED"
violated = ["The gate itself changes for a stated reason"]

[[change]]
name = "a change that does not say who wrote it"
authorship = ["undeclared"]
paths = ["src/a.cpp"]
expect = "REFUSED"
)toml";

constexpr std::string_view k_tier_1_policy =
  R"toml(# What a change to a critical service must prove. Read from the base of the change, never from the change itself.

[policy]
version = 1
undeclared = "ai"
signers = "sluice.signers" # allowed-signers file of ssh-keygen, read from the base too

[[tier]]
name = "tier-1"
paths = ["src/**"] # name what the service consists of

[[group]]
name = "owners"
members = ["owner@example.org", "second@example.org"]

[[group]]
name = "qa"
members = ["qa@example.org"]

[[suite]]
name = "core"
labels = ["core"]
min_tests = 1
owners = ["qa@example.org"]

[[suite]]
name = "everything"
tests = ["*"]
min_tests = 1

[[validator]]
name = "json"
paths = ["*.json"]
command = ["python3", "-I", "-m", "json.tool", "{file}", "/dev/null"]

[[rule]]
name = "Every change proves the core suite"
require = { suites = ["core"] }

[[rule]]
name = "Tests and builds run behind walls"
require = { sandbox = "full", observed = true }

[[rule]]
name = "Tier 1 needs two people"
when = { tiers = ["tier-1"] }
require = { suites = ["core"], approvals = 1, groups = ["owners"] }

[[rule]]
name = "AI-authored changes face the tests of the base"
when = { authorship = ["ai", "ai_assisted"] }
require = { suites = ["core"], base_tests = true }

[[rule]]
name = "What tests cannot see is looked at"
when = { unreached = true }
require = { approvals = 1, groups = ["owners", "qa"], reason = true }

[[rule]]
name = "A large blast radius runs everything"
when = { blast_radius = 30 }
require = { suites = ["everything"], approvals = 2, groups = ["owners", "qa"] }

[[rule]]
name = "Configuration is validated"
when = { kinds = ["configuration"] }
require = { validators = ["json"], reason = true }

[[rule]]
name = "The gate itself is guarded"
when = { kinds = ["policy", "build", "ci"] }
require = { suites = ["everything"], approvals = 1, groups = ["qa"], reason = true }
)toml";

constexpr std::string_view k_tier_1_tests = R"toml([[change]]
name = "a person's change to the service, approved"
authorship = ["human"]
paths = ["src/a.cpp"]
passed = ["core"]
approved = ["owner@example.org"]
expect = "PASSED"

[[change]]
name = "approved by its author only"
authorship = ["human"]
author = "owner@example.org"
paths = ["src/a.cpp"]
passed = ["core"]
approved = ["owner@example.org"]
expect = "REFUSED"
violated = ["Tier 1 needs two people"]

[[change]]
name = "an agent that changed the tests along with the code"
authorship = ["ai"]
paths = ["src/a.cpp", "tests/a_test.cpp"]
passed = ["core"]
approved = ["owner@example.org"]
expect = "REFUSED"
violated = ["AI-authored changes face the tests of the base"]

[[change]]
name = "an agent whose change passes the tests of the base"
authorship = ["ai"]
paths = ["src/a.cpp"]
passed = ["core"]
base_passed = ["core"]
approved = ["second@example.org"]
expect = "PASSED"

[[change]]
name = "configuration that nobody validated, without a reason"
authorship = ["human"]
paths = ["deploy/limits.json"]
passed = ["core"]
expect = "REFUSED"
violated = ["Configuration is validated"]

[[change]]
name = "configuration, validated and explained"
authorship = ["human"]
paths = ["deploy/limits.json"]
message = "Raise the limit\n\nReason: the old one was reached on Monday\n"
passed = ["core"]
validated = ["json"]
expect = "PASSED"

[[change]]
name = "half of all tests are reached and two people said yes"
authorship = ["human"]
paths = ["src/a.cpp"]
blast_radius = 50
passed = ["core", "everything"]
approved = ["owner@example.org", "qa@example.org"]
expect = "PASSED"

[[change]]
name = "the policy is edited without a word"
authorship = ["human"]
paths = ["sluice.policy.toml"]
passed = ["core", "everything"]
expect = "REFUSED"
)toml";

constexpr std::array<PolicyTemplate, 2> k_templates{
  {{"start", k_start_policy, k_start_tests}, {"tier-1", k_tier_1_policy, k_tier_1_tests}}};

} // namespace

const PolicyTemplate* policy_template(std::string_view name)
{
  const auto* found =
    std::find_if(k_templates.begin(), k_templates.end(), [&](const PolicyTemplate& one) { return one.name == name; });
  return found == k_templates.end() ? nullptr : found;
}

} // namespace sluice::cli
