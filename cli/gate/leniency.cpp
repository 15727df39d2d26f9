#include "cli/gate/leniency.h"

#include "cli/gate/base_policy.h"
#include "model/error.h"
#include "model/glob.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace sluice::cli {

namespace {

constexpr std::int64_t k_day = 24 * 60 * 60;

std::string date_of(std::int64_t seconds)
{
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

bool names(const Quarantine& entry, const std::string& test)
{
  return std::any_of(entry.tests.begin(), entry.tests.end(),
                     [&](const std::string& glob) { return name_glob_matches(glob, test); });
}

// Of several that name the test the one that ends first.
const Quarantine* entry_for(const std::vector<Quarantine>& entries, const std::string& test, const std::string& latest)
{
  const Quarantine* found = nullptr;
  for (const Quarantine& entry : entries)
    if (entry.until <= latest && names(entry, test) && (!found || entry.until < found->until)) found = &entry;
  return found;
}

void require_near(const std::vector<Quarantine>& entries, const std::string& latest)
{
  for (const Quarantine& entry : entries)
    if (entry.until > latest)
      throw Error(ErrorKind::configuration,
                  fmt::format("{}:{}: a quarantine until {} is too long", k_config_file, entry.line, entry.until),
                  fmt::format("end it within {} days, by {}, and renew it then", k_longest_quarantine_days, latest));
}

class Quarantines {
public:
  Quarantines(const Config& here, const std::optional<Config>& base, std::int64_t now)
    : here_(here.quarantine), today_(date_of(now)), latest_(date_of(now + k_longest_quarantine_days * k_day)),
      uncounted_(here_.size())
  {
    if (base) base_ = base->quarantine;
    require_near(here_, latest_);
  }

  std::optional<Quarantined> of(const std::string& test)
  {
    const Quarantine* const here = entry_for(here_, test, latest_);
    if (!here) return std::nullopt;
    const Quarantine* const base = entry_for(base_, test, latest_);
    if (!base) {
      std::string& first = uncounted_[static_cast<std::size_t>(here - here_.data())];
      if (first.empty()) first = test;
      return std::nullopt;
    }
    const std::string& until = std::min(here->until, base->until);
    // In the words of the base: those of the change are its author's.
    return Quarantined{until, base->reason, base->ticket, base->owner, until < today_};
  }

  void tell(const Catalogue& catalogue, std::vector<std::string>& notes) const
  {
    for (std::size_t i = 0; i < here_.size(); ++i) {
      const std::string where = fmt::format("{}:{}", k_config_file, here_[i].line);
      for (const std::string& glob : here_[i].tests)
        if (std::none_of(catalogue.tests.begin(), catalogue.tests.end(),
                         [&](const TestCase& test) { return name_glob_matches(glob, test.id.value); }))
          notes.push_back(fmt::format("{}: no test is named \"{}\", which is in quarantine", where, glob));
      if (!uncounted_[i].empty())
        notes.push_back(fmt::format("{}: the quarantine of {} counts when it is in the base's {}, too", where,
                                    uncounted_[i], k_config_file));
    }
  }

private:
  std::vector<Quarantine> here_, base_;
  std::string today_, latest_;
  std::vector<std::string> uncounted_; // by entry of here_: the first test of which the base says nothing
};

} // namespace

Leniency leniency_of(const Project& project, const Options& options, const ChangeSet& change,
                     const Catalogue& catalogue, std::int64_t now)
{
  Leniency leniency;
  leniency.retries = options.retries.value_or(0);
  const Config& here = project.config;
  const bool asks_retries = !options.retries && here.run.retries > 0;
  if (!asks_retries && here.quarantine.empty()) return leniency;
  const std::optional<Config> base = config_of_base(project.repository, change); // absent: nothing is excused
  if (asks_retries) {
    const int allowed = base ? base->run.retries : 0;
    leniency.retries = std::min(here.run.retries, allowed);
    if (allowed < here.run.retries)
      leniency.notes.push_back(fmt::format("{}: retries = {} counts as {}, as in the base's (or say --retries)",
                                           k_config_file, here.run.retries, allowed));
  }
  if (here.quarantine.empty()) return leniency;
  Quarantines quarantines(here, base, now);
  for (const TestCase& test : catalogue.tests) leniency.quarantine.push_back(quarantines.of(test.id.value));
  quarantines.tell(catalogue, leniency.notes);
  return leniency;
}

} // namespace sluice::cli
