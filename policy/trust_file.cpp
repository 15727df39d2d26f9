#include "policy/trust_file.h"

#include <fmt/format.h>

#include <limits>

namespace sluice::policy {

Trust read_trust(const ConfigNode& root, const std::string& file)
{
  constexpr std::int64_t k_version = 1;
  TableReader table(file, root, "the file");
  Trust trust;
  const auto version = table.integer("version", 1, std::numeric_limits<std::int32_t>::max());
  trust.threshold = static_cast<int>(table.integer("threshold", 1, 16).value_or(1));
  trust.min_version = table.string("min_version").value_or("");
  if (const auto age = table.duration("max_age")) trust.max_age = age->count() / 1'000;
  trust.accept_overridden = table.boolean("accept_overridden").value_or(true);
  trust.accept_excused = table.boolean("accept_excused").value_or(true);
  const auto keys = table.tables("key");
  table.finish();
  if (version.value_or(0) != k_version)
    table.fail(table.position("version"), "a trust file of version 1 is needed: version = 1");
  for (const ConfigNode* node : keys) {
    TableReader key(file, *node, "[[key]]");
    Trust::Key entry;
    entry.public_pem = key.string("public").value_or("");
    entry.not_after = key.integer("not_after", 0, std::numeric_limits<std::int64_t>::max()).value_or(0);
    (void)key.string("name");
    key.finish();
    if (entry.public_pem.empty()) key.fail(node->position, "a key needs its \"public\" part, in PEM form");
    trust.keys.push_back(std::move(entry));
  }
  if (trust.keys.size() < static_cast<std::size_t>(trust.threshold))
    table.fail({1, 0}, fmt::format("{} keys cannot make {} signatures", trust.keys.size(), trust.threshold));
  return trust;
}

} // namespace sluice::policy
