#include "adapters/facts/arrivals.h"

#include "adapters/facts/configured_files.h"

#include <algorithm>
#include <optional>
#include <set>

#include <sys/stat.h>

namespace sluice::facts {

namespace {

std::int64_t nanoseconds(const timespec& time)
{
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

struct Times {
  std::int64_t modified = 0;
  std::int64_t arrived = 0; // of a link: whichever of the two came last
};

std::optional<Times> times_of(const std::string& path)
{
  struct stat file {};
  struct stat link {};
  if (::stat(path.c_str(), &file) != 0 || ::lstat(path.c_str(), &link) != 0) return std::nullopt;
  return Times{nanoseconds(file.st_mtim), std::max(nanoseconds(file.st_ctim), nanoseconds(link.st_ctim))};
}

// What came before the output was made was there for it; what is newer than it is seen by everybody.
bool is_overlooked(const Times& input, std::int64_t output)
{
  return input.arrived >= output && input.modified <= output;
}

std::string absolute(const std::string& root, const std::string& name)
{
  return name.starts_with('/') ? name : root + "/" + name;
}

} // namespace

std::vector<std::string> arrived_since_built(const std::string& root, const Facts& facts)
{
  std::vector<std::optional<std::optional<Times>>> known(facts.paths.size());
  const auto times = [&](PathId id) -> const std::optional<Times>& {
    auto& slot = known[static_cast<std::size_t>(id)];
    if (!slot) slot = times_of(absolute(root, facts.name(id)));
    return *slot;
  };
  std::vector<bool> made(facts.paths.size());
  for (const auto& [id, recipe] : facts.recipes) made[static_cast<std::size_t>(id)] = true;
  std::set<std::string> found;
  for (const Facts::Edge& edge : facts.edges) {
    const bool source = !made[static_cast<std::size_t>(edge.input)] && made[static_cast<std::size_t>(edge.output)];
    if (edge.source == FactSource::configure || !source) continue;
    const auto& output = times(edge.output);
    const auto& input = times(edge.input);
    if (output && input && is_overlooked(*input, output->modified)) found.insert(facts.name(edge.input));
  }
  return {found.begin(), found.end()};
}

bool arrived_since_configured(const std::string& root, const std::string& directory,
                              const std::vector<std::string>& inputs)
{
  const auto stamp = times_of(configure_stamp(directory));
  return stamp && std::any_of(inputs.begin(), inputs.end(), [&](const std::string& input) {
           const auto times = times_of(absolute(root, input));
           return times && is_overlooked(*times, stamp->modified);
         });
}

} // namespace sluice::facts
