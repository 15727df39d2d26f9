#include "cli/usage_words.h"

#include "cli/options.h"
#include "cli/terminal.h"
#include "model/config_tree.h"
#include "model/error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

namespace sluice::cli {

namespace {

// What an option takes, where it is neither a number nor one of a few words.
constexpr auto k_values = std::to_array<std::pair<std::string_view, std::string_view>>({
  {"-C", "FOLDER"},       {"--as", "NAME"},       {"--audit", "FILE"},      {"--base", "REVISION"},
  {"--commit", "COMMIT"}, {"--contains", "HEX"},  {"--event", "FILE"},      {"--evidence", "FILE"},
  {"--filter", "FILTER"}, {"--format", "FORMAT"}, {"--head", "REVISION"},   {"--junit", "FILE"},
  {"--key", "FILE"},      {"--notes", "REF"},     {"--out", "FILE"},        {"--output", "FILE"},
  {"--reason", "TEXT"},   {"--records", "PATH"},  {"--revision", "COMMIT"}, {"--rule", "NAME"},
  {"--target", "BRANCH"}, {"--test", "ID"},       {"--trust", "FILE"},
});

// Of the library's options a page says what they are called, what they take and what excludes them.
class Words : public CLI::Formatter {
public:
  Words()
  {
    label("SUBCOMMAND", "COMMAND");
    label("Positionals", "Arguments");
  }

private:
  std::string make_option_name(const CLI::Option* option, bool positional) const override
  {
    if (positional) return option->get_name(true);
    std::vector<std::string> names;
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return fmt::format("{}", fmt::join(names, ", "));
  }

  std::string make_option_opts(const CLI::Option* option) const override
  {
    if (option->get_positional() || option->get_items_expected_max() == 0) return {};
    return fmt::format(fmt::runtime(option->get_expected_min() == 0 ? " [{}]" : " {}"), option->get_type_name());
  }

  std::string make_option_desc(const CLI::Option* option) const override
  {
    std::string text = option->get_description();
    if (option->get_required() && !option->get_positional()) text += " (required)";
    for (const CLI::Option* other : option->get_excludes()) text += fmt::format(" (not with {})", other->get_name());
    return text;
  }
};

std::vector<std::string> known_words(const CLI::App& app)
{
  std::vector<std::string> words;
  for (const Command& command : commands()) words.emplace_back(command.name);
  for (const CLI::App* each : app.get_subcommands({}))
    for (const CLI::Option* option : each->get_options())
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  return words;
}

// The first option that stands where its value should; nullptr if there is none.
const CLI::Option* without_value(const CLI::App& command, const std::vector<std::string>& words)
{
  for (std::size_t i = 0; i < words.size(); ++i) {
    const CLI::Option* option = words[i].starts_with('-') ? command.get_option_no_throw(words[i]) : nullptr;
    if (!option || option->get_items_expected_min() == 0) continue;
    if (i + 1 == words.size() || words[i + 1].starts_with("--")) return option;
  }
  return nullptr;
}

std::string what_is_wrong(const CLI::App& app, const CLI::Error& error, const std::string& command)
{
  const std::vector<std::string> left = app.remaining(true);
  if (!dynamic_cast<const CLI::ExtrasError*>(&error) || left.empty()) return error.what();
  if (left.front().starts_with('-')) return fmt::format("{} has no option \"{}\"", command, left.front());
  if (command == "sluice") return fmt::format("there is no command \"{}\"", left.front());
  return fmt::format("{} takes no further word, and there is \"{}\"", command, left.front());
}

} // namespace

void allow_words(CLI::Option& option, std::vector<std::string> words)
{
  option.type_name(fmt::format("{}", fmt::join(words, "|")));
  option.check([words = std::move(words)](const std::string& given) {
    if (std::find(words.begin(), words.end(), given) != words.end()) return std::string();
    return fmt::format("\"{}\" is none of {}", given, fmt::join(words, ", "));
  });
}

void allow_numbers(CLI::Option& option, std::uint64_t least, std::uint64_t most)
{
  option.type_name("N");
  option.check([least, most](const std::string& given) {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(given.data(), given.data() + given.size(), number);
    if (fault == std::errc() && end == given.data() + given.size() && number >= least && number <= most)
      return std::string();
    return fmt::format("\"{}\" is no whole number from {} to {}", given, least, most);
  });
}

void lay_out_help(CLI::App& app)
{
  app.formatter(std::make_shared<Words>());
  app.set_help_flag("-h,--help", "Show this help");
}

void name_values(CLI::App& app)
{
  std::vector<CLI::App*> all = app.get_subcommands({});
  all.push_back(&app);
  for (CLI::App* each : all)
    for (const auto& [option, value] : k_values)
      if (CLI::Option* found = each->get_option_no_throw(std::string(option));
          found && found->get_type_name() == "TEXT")
        found->type_name(std::string(value));
}

void fail_usage(const CLI::App& app, const CLI::Error& error, const std::vector<std::string>& words)
{
  const std::vector<std::string> known = known_words(app);
  for (const std::string& word : words) {
    const std::string name = word.substr(0, word.find('='));
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (const std::string meant = nearest(name, known); !meant.empty())
      throw Error(ErrorKind::usage, fmt::format("there is no \"{}\"", name),
                  fmt::format("did you mean \"{}\"?", meant));
  }
  const std::vector<const CLI::App*> called = app.get_subcommands([](const CLI::App* sub) { return sub->parsed(); });
  const CLI::App& command = called.empty() ? app : *called.front();
  const std::string name = called.empty() ? "sluice" : command.get_name();
  if (words.empty() || (words.size() == 1 && !called.empty() && dynamic_cast<const CLI::RequiredError*>(&error)))
    write_out(command.help(called.empty() ? "" : "sluice"));
  if (words.empty()) throw Error(ErrorKind::usage, "a command is missing", "for example: sluice run");
  if (const CLI::Option* option = without_value(command, words);
      option && dynamic_cast<const CLI::ArgumentMismatch*>(&error))
    throw Error(ErrorKind::usage, fmt::format("{} needs a value", option->get_name()),
                fmt::format("{} {}", option->get_name(), option->get_type_name()));
  throw Error(ErrorKind::usage, what_is_wrong(app, error, name),
              fmt::format("see: sluice{} --help", called.empty() ? "" : " " + name));
}

} // namespace sluice::cli
