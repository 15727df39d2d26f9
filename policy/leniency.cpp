#include "policy/leniency.h"

#include "model/error.h"
#include "model/glob.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>

namespace sluice::policy {

namespace {

constexpr std::string_view k_config_file = "sluice.toml";
constexpr std::int64_t k_day = 24 * 60 * 60;

std::string date_of(std::int64_t seconds)
{
  const std::chrono::sys_seconds moment{std::chrono::seconds(seconds)};
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(moment));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string latest_end(std::int64_t now)
{
  return date_of(now + k_longest_quarantine_days * k_day);
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

class Quarantines {
public:
  Quarantines(const Config& here, const std::optional<Config>& base, std::int64_t now)
    : here_(here.quarantine), today_(date_of(now)), latest_(latest_end(now)), uncounted_(here_.size())
  {
    if (base) base_ = base->quarantine;
    require_short_quarantines(here, now);
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

void require_short_quarantines(const Config& config, std::int64_t now)
{
  const std::string latest = latest_end(now);
  for (const Quarantine& entry : config.quarantine)
    if (entry.until > latest)
      throw Error(ErrorKind::configuration,
                  fmt::format("{}:{}: a quarantine until {} is too long", k_config_file, entry.line, entry.until),
                  fmt::format("end it within {} days, by {}, and renew it then", k_longest_quarantine_days, latest));
}

bool asks_for_leniency(const Config& here, std::optional<int> retries)
{
  return (!retries && here.run.retries > 0) || !here.quarantine.empty();
}

Leniency leniency_of(const Config& here, const std::optional<Config>& base, std::optional<int> retries,
                     const Catalogue& catalogue, std::int64_t now)
{
  Leniency leniency;
  const int allowed = base ? base->run.retries : 0;
  leniency.retries = retries.value_or(std::min(here.run.retries, allowed));
  if (!retries && allowed < here.run.retries)
    leniency.notes.push_back(fmt::format("{}: retries = {} counts as {}, as in the base's (or say --retries)",
                                         k_config_file, here.run.retries, allowed));
  if (here.quarantine.empty()) return leniency;
  Quarantines quarantines(here, base, now);
  for (const TestCase& test : catalogue.tests) leniency.quarantine.push_back(quarantines.of(test.id.value));
  quarantines.tell(catalogue, leniency.notes);
  return leniency;
}

} // namespace sluice::policy
