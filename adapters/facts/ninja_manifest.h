// build.ninja as values: build statements with their paths, and the variables by which commands are made.
// It reads ninja's language as ninja 1.11 does (scopes, include and subninja, rule variables expanded late, paths
// canonicalised by their text) and knows nothing of logs, disks or facts: files come through a function, so that it can
// be fuzzed. A mistake stops the reading; what stood before it is kept and `problems` says so.
#pragma once

#include "adapters/facts/ninja_text.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::facts {

// Index into NinjaManifest::nodes.
using NodeId = std::uint32_t;

// One "build" block. Its nodes lie one after the other in the order of the counts.
struct BuildStatement {
  std::uint32_t rule = 0;
  std::uint32_t scope = 0;
  std::uint32_t first_binding = 0;
  std::uint32_t bindings = 0;
  std::uint32_t first_node = 0;
  std::uint32_t explicit_outputs = 0;
  std::uint32_t implicit_outputs = 0;
  std::uint32_t explicit_inputs = 0;
  std::uint32_t implicit_inputs = 0;
  std::uint32_t order_only_inputs = 0; // decide when, never what: no content flows
  bool own_scope = false;              // has indented bindings, which are looked up before the rule's
};

enum class Quoting {
  none,
  shell, // $in and $out as a POSIX shell needs them
};

class NinjaManifest {
public:
  static constexpr std::uint32_t k_phony = 0; // the rule number of "phony"

  NinjaManifest() = default;
  NinjaManifest(NinjaManifest&&) = default; // a copy's views would look into the original
  NinjaManifest& operator=(NinjaManifest&&) = default;

  std::vector<std::string_view> nodes; // as ninja spells them: relative to the build folder, or absolute
  std::vector<BuildStatement> statements;
  std::vector<NodeId> defaults;   // what is made when nothing is asked for by name; empty: everything
  std::vector<std::string> files; // every manifest read, as spelled by who includes it; the first is the top
  std::vector<std::string> problems;

  std::span<const NodeId> outputs(const BuildStatement& statement) const;
  std::span<const NodeId> explicit_outputs(const BuildStatement& statement) const;
  std::span<const NodeId> content_inputs(const BuildStatement& statement) const; // explicit, then implicit
  std::span<const NodeId> all_inputs(const BuildStatement& statement) const;     // and order-only
  std::span<const NodeId> explicit_inputs(const BuildStatement& statement) const;
  std::string_view rule_name(const BuildStatement& statement) const { return rules_[statement.rule].name; }

  // A variable of a statement ("command", "depfile", "deps" ...) as ninja would expand it, replacing `value`.
  // False when it is circular or longer than any real one; `value` then holds a part.
  bool expand(const BuildStatement& statement, std::string_view variable, Quoting quoting, std::string& value) const;

  // A variable of the top file; empty if it is not set.
  std::string_view top_variable(std::string_view name) const;

private:
  friend class NinjaParser;

  using Text = std::vector<TextPiece>;
  struct Rule {
    std::string_view name;
    std::vector<std::pair<std::string_view, Text>> bindings;
  };
  struct Scope {
    std::optional<std::uint32_t> parent;
    std::unordered_map<std::string_view, std::string_view> variables;
    std::unordered_map<std::string_view, std::uint32_t> rules;
  };
  struct Expansion;

  bool expand_variable(Expansion& expansion, std::string_view name) const;
  void append_paths(std::span<const NodeId> paths, char separator, Quoting quoting, std::string& text) const;
  std::string_view lookup(std::uint32_t scope, std::string_view name) const;
  const Text* rule_binding(const BuildStatement& statement, std::string_view name) const;
  const std::string_view* own_binding(const BuildStatement& statement, std::string_view name) const;

  std::vector<NodeId> statement_nodes_;
  std::vector<std::pair<std::string_view, std::string_view>> bindings_;
  std::vector<Rule> rules_;
  std::vector<Scope> scopes_;
  std::deque<std::string> texts_; // owns every view that is no part of another
};

// Gives the bytes of a manifest file named as ninja would open it; nullopt when it cannot be read.
using FileSource = std::function<std::optional<std::string>(const std::string&)>;

enum class NinjaDialect {
  manifest,
  dyndep, // a file named by a `dyndep` binding: "build OUT | MORE_OUTS: dyndep | MORE_INS"
};

// Never throws on any bytes; time and memory are bounded by the size of the files.
NinjaManifest read_ninja_manifest(const std::string& file, const FileSource& source,
                                  NinjaDialect dialect = NinjaDialect::manifest);

// Lexical, as ninja does it: "./a//b/../c" becomes "a/c", leading ".." stay, "" stays.
void canonicalize_ninja_path(std::string& path);

} // namespace sluice::facts
