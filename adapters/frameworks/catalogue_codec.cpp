#include "adapters/frameworks/catalogue_codec.h"

#include "adapters/frameworks/byte_stream.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::frameworks {

namespace {

// Version: raise it with every change of the order or the meaning of what follows, and of the model's enumerations.
constexpr std::string_view k_header = "sluice-listing 3\n";

// Most tests have nothing but names: one number says which of the groups below follow.
enum : std::uint64_t {
  k_has_labels = 1,
  k_has_place = 2,
  k_has_limit = 4,
  k_has_needs = 8,
  k_has_rules = 16,
  k_has_disabled = 32,
  k_all_groups = 63,
};

std::uint64_t groups_of(const TestCase& test)
{
  static const Needs k_no_needs;
  std::uint64_t groups = 0;
  if (!test.labels.empty()) groups |= k_has_labels;
  if (!test.file.empty() || test.line != 0) groups |= k_has_place;
  if (test.time_limit) groups |= k_has_limit;
  if (test.needs != k_no_needs) groups |= k_has_needs;
  if (!test.rules.plain()) groups |= k_has_rules;
  if (!test.disabled.empty()) groups |= k_has_disabled;
  return groups;
}

void write(ByteWriter& out, const Needs& needs)
{
  out.signed_number(needs.processors);
  out.number(needs.alone ? 1 : 0);
  out.texts(needs.locks);
  out.texts(needs.fixtures_setup);
  out.texts(needs.fixtures_cleanup);
  out.texts(needs.fixtures_required);
  out.number(needs.after.size());
  for (const TestId& id : needs.after) out.text(id.value);
  out.real(needs.cost);
}

void write(ByteWriter& out, const ResultRules& rules)
{
  out.texts(rules.pass_patterns);
  out.texts(rules.fail_patterns);
  out.texts(rules.skip_patterns);
  out.number(rules.skip_code ? 1 : 0);
  out.signed_number(rules.skip_code.value_or(0));
  out.number(rules.will_fail ? 1 : 0);
  out.texts(rules.required_files);
  out.number(static_cast<std::uint8_t>(rules.format));
  out.texts(rules.after_match.patterns);
  out.signed_number(rules.after_match.limit.count());
}

void write(ByteWriter& out, const TestCase& test)
{
  const std::uint64_t groups = groups_of(test);
  out.number(groups);
  out.text(test.id.value);
  out.text(test.suite);
  out.text(test.name);
  out.text(test.selector);
  out.number(static_cast<std::uint32_t>(test.program));
  if (groups & k_has_labels) out.texts(test.labels);
  if (groups & k_has_place) {
    out.text(test.file);
    out.signed_number(test.line);
  }
  if (groups & k_has_limit) out.signed_number(test.time_limit->count());
  if (groups & k_has_needs) write(out, test.needs);
  if (groups & k_has_rules) write(out, test.rules);
  if (groups & k_has_disabled) out.text(test.disabled);
}

void write(ByteWriter& out, const Program& program)
{
  out.text(program.name);
  out.texts(program.launch.arguments);
  out.text(program.launch.working_directory);
  out.number(program.launch.environment.size());
  for (const EnvironmentChange& change : program.launch.environment) {
    out.number(change.action == EnvironmentChange::Action::unset ? 1 : 0);
    out.text(change.name);
    out.text(change.value);
  }
  out.number(static_cast<std::uint8_t>(program.framework));
  out.number(static_cast<std::uint8_t>(program.isolation));
  out.texts(program.files);
  out.texts(program.declared_inputs);
  out.number(program.closed ? 1 : 0);
  out.number(program.cases);
}

// A number below `bound`; anything else is damage.
std::uint64_t bounded(ByteReader& in, std::uint64_t bound)
{
  const std::uint64_t value = in.number();
  if (value >= bound) in.fail();
  return value;
}

int small_number(ByteReader& in)
{
  const std::int64_t value = in.signed_number();
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) in.fail();
  return static_cast<int>(value);
}

void read(ByteReader& in, Needs& needs)
{
  needs.processors = small_number(in);
  needs.alone = bounded(in, 2) != 0;
  in.texts(needs.locks);
  in.texts(needs.fixtures_setup);
  in.texts(needs.fixtures_cleanup);
  in.texts(needs.fixtures_required);
  const std::size_t after = in.count();
  needs.after.reserve(after);
  for (std::size_t i = 0; i < after; ++i) needs.after.push_back(TestId{std::string(in.text())});
  needs.cost = in.real();
  if (!std::isfinite(needs.cost)) in.fail();
}

void read(ByteReader& in, ResultRules& rules)
{
  in.texts(rules.pass_patterns);
  in.texts(rules.fail_patterns);
  in.texts(rules.skip_patterns);
  const bool has_code = bounded(in, 2) != 0;
  const int code = small_number(in);
  if (has_code) rules.skip_code = code;
  rules.will_fail = bounded(in, 2) != 0;
  in.texts(rules.required_files);
  rules.format = static_cast<ResultFormat>(bounded(in, 3));
  in.texts(rules.after_match.patterns);
  rules.after_match.limit = Millis(in.signed_number());
}

void read(ByteReader& in, TestCase& test, std::size_t programs)
{
  const std::uint64_t groups = bounded(in, k_all_groups + 1);
  test.id.value = in.text();
  test.suite = in.text();
  test.name = in.text();
  test.selector = in.text();
  test.program = static_cast<ProgramId>(bounded(in, programs));
  if (groups & k_has_labels) in.texts(test.labels);
  if (groups & k_has_place) {
    test.file = in.text();
    test.line = small_number(in);
  }
  if (groups & k_has_limit) test.time_limit = Millis(in.signed_number());
  if (groups & k_has_needs) read(in, test.needs);
  if (groups & k_has_rules) read(in, test.rules);
  if (groups & k_has_disabled) test.disabled = in.text();
  if (test.suite.empty() || test.name.empty()) in.fail();
}

void read(ByteReader& in, Program& program)
{
  program.name = in.text();
  in.texts(program.launch.arguments);
  program.launch.working_directory = in.text();
  const std::size_t changes = in.count();
  for (std::size_t i = 0; i < changes && in.good(); ++i) {
    EnvironmentChange& change = program.launch.environment.emplace_back();
    if (bounded(in, 2) != 0) change.action = EnvironmentChange::Action::unset;
    change.name = in.text();
    change.value = in.text();
  }
  program.framework = static_cast<FrameworkKind>(bounded(in, 3));
  program.isolation = static_cast<Isolation>(bounded(in, 2));
  in.texts(program.files);
  in.texts(program.declared_inputs);
  program.closed = bounded(in, 2) != 0;
  program.cases = static_cast<std::uint32_t>(bounded(in, std::uint64_t{1} << 32));
  if (program.launch.arguments.empty()) in.fail();
}

// What find() and the rest of the program rely on.
bool sorted_by_id(const std::vector<TestCase>& tests)
{
  return std::adjacent_find(tests.begin(), tests.end(), [](const TestCase& one, const TestCase& next) {
           return !(one.id < next.id);
         }) == tests.end();
}

} // namespace

std::string encode_listing(const Listing& listing)
{
  ByteWriter out;
  out.number(listing.catalogue.programs.size());
  for (const Program& program : listing.catalogue.programs) write(out, program);
  out.number(listing.catalogue.tests.size());
  for (const TestCase& test : listing.catalogue.tests) write(out, test);
  out.texts(listing.not_built);
  return out.finish(k_header);
}

std::optional<Listing> decode_listing(std::string_view bytes)
{
  ByteReader in(bytes, k_header);
  Listing listing;
  const std::size_t programs = in.count();
  listing.catalogue.programs.reserve(programs);
  for (std::size_t i = 0; i < programs && in.good(); ++i) read(in, listing.catalogue.programs.emplace_back());
  const std::size_t tests = in.count();
  listing.catalogue.tests.reserve(tests);
  for (std::size_t i = 0; i < tests && in.good(); ++i) read(in, listing.catalogue.tests.emplace_back(), programs);
  in.texts(listing.not_built);
  if (!in.at_end() || !sorted_by_id(listing.catalogue.tests)) return std::nullopt;
  return listing;
}

} // namespace sluice::frameworks
