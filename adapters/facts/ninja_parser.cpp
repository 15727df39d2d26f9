// The statements of ninja's language. The grammar is at https://ninja-build.org/manual.html#ref_ninja_file.
#include "adapters/facts/ninja_manifest.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::facts {

namespace {

// Ninja itself would run out of stack or never end; these only stop files that are made to do that.
constexpr std::size_t k_deepest_include = 64;
constexpr std::size_t k_most_files = 20'000;
constexpr std::size_t k_most_bytes = std::size_t{2} << 30; // of all files together
constexpr std::size_t k_most_bindings = 1'000;
constexpr std::size_t k_longest_value = 16u << 20;
constexpr std::size_t k_most_expanded = 256u << 20; // bytes of all values that had to be expanded

} // namespace

class NinjaParser {
public:
  NinjaParser(NinjaManifest& manifest, const FileSource& source) : manifest_(manifest), source_(source) {}

  void run(const std::string& file, NinjaDialect dialect);

private:
  using Text = NinjaManifest::Text;

  // The paths of one build statement before its bindings, which they may use, are known.
  struct PendingPaths {
    std::vector<TextPiece> pieces;
    std::vector<std::size_t> ends; // one for each path: the end of its pieces
    std::size_t size() const { return ends.size(); }
    void clear()
    {
      pieces.clear();
      ends.clear();
    }
  };

  bool file(const std::string& name, std::uint32_t scope);
  bool statements(NinjaLexer& lexer, std::uint32_t scope);
  bool statement(NinjaLexer& lexer, std::uint32_t scope);
  bool variable(NinjaLexer& lexer, std::uint32_t scope, std::string_view name);
  bool rule(NinjaLexer& lexer, std::uint32_t scope);
  bool pool(NinjaLexer& lexer);
  bool defaults(NinjaLexer& lexer, std::uint32_t scope);
  bool include(NinjaLexer& lexer, std::uint32_t scope, bool own_scope);
  bool build(NinjaLexer& lexer, std::uint32_t scope);
  bool build_paths(NinjaLexer& lexer, std::uint32_t scope, BuildStatement& statement);
  bool build_bindings(NinjaLexer& lexer, BuildStatement& statement);
  bool build_nodes(NinjaLexer& lexer, BuildStatement& statement);
  bool paths(NinjaLexer& lexer, std::uint32_t& count);
  bool binding_name(NinjaLexer& lexer, std::string_view& name);
  bool expect(NinjaLexer& lexer, NinjaToken found, NinjaToken wanted, std::string_view what);
  bool fail(const NinjaLexer& lexer, std::string_view what);

  std::optional<std::string_view> evaluate(const std::vector<TextPiece>& pieces, std::uint32_t scope);
  bool append(const TextPiece& piece, const BuildStatement& statement, std::string& text) const;
  std::optional<std::uint32_t> find_rule(std::uint32_t scope, std::string_view name) const;
  NodeId intern(std::string_view path, bool stable);
  std::string_view keep(std::string text);

  NinjaManifest& manifest_;
  const FileSource& source_;
  std::vector<std::string> open_; // files being read now, outermost first
  std::unordered_map<std::string_view, NodeId> node_ids_;
  PendingPaths pending_;
  std::vector<TextPiece> pieces_;
  std::string scratch_;
  std::size_t expanded_ = 0;
  std::size_t read_ = 0;
};

void NinjaParser::run(const std::string& name, NinjaDialect dialect)
{
  manifest_.scopes_.emplace_back();
  manifest_.rules_.push_back({"phony", {}});
  manifest_.scopes_[0].rules.emplace("phony", NinjaManifest::k_phony);
  if (dialect == NinjaDialect::dyndep) {
    manifest_.rules_.push_back({"dyndep", {}});
    manifest_.scopes_[0].rules.emplace("dyndep", 1);
  }
  file(name, 0);
}

bool NinjaParser::file(const std::string& name, std::uint32_t scope)
{
  const auto refuse = [&](std::string_view why) {
    manifest_.problems.push_back(fmt::format("{}: {}", name, why));
    return false;
  };
  if (std::find(open_.begin(), open_.end(), name) != open_.end()) return refuse("the file includes itself");
  if (open_.size() >= k_deepest_include) return refuse("files are included too deeply");
  if (manifest_.files.size() >= k_most_files) return refuse("too many files are included");
  std::optional<std::string> bytes = source_(name);
  if (!bytes) return refuse("the file cannot be read");
  read_ += bytes->size();
  if (read_ > k_most_bytes) return refuse("the files are too large in sum");

  manifest_.files.push_back(name);
  manifest_.texts_.push_back(std::move(*bytes));
  open_.push_back(name);
  NinjaLexer lexer(manifest_.texts_.back());
  const bool good = statements(lexer, scope);
  open_.pop_back();
  return good;
}

bool NinjaParser::statements(NinjaLexer& lexer, std::uint32_t scope)
{
  while (true) {
    const NinjaToken start = lexer.line_start();
    if (start == NinjaToken::end) return true;
    if (start == NinjaToken::indent) return fail(lexer, "unexpected indentation");
    if (!statement(lexer, scope)) return false;
  }
}

bool NinjaParser::statement(NinjaLexer& lexer, std::uint32_t scope)
{
  if (!expect(lexer, lexer.next(), NinjaToken::name, "a statement")) return false;
  const std::string_view word = lexer.name();
  if (word == "build") return build(lexer, scope);
  if (word == "rule") return rule(lexer, scope);
  if (word == "pool") return pool(lexer);
  if (word == "default") return defaults(lexer, scope);
  if (word == "include") return include(lexer, scope, false);
  if (word == "subninja") return include(lexer, scope, true);
  return variable(lexer, scope, word);
}

bool NinjaParser::variable(NinjaLexer& lexer, std::uint32_t scope, std::string_view name)
{
  if (!expect(lexer, lexer.next(), NinjaToken::equals, "'='")) return false;
  pieces_.clear();
  if (!lexer.read(TextKind::value, pieces_)) return fail(lexer, "");
  const auto value = evaluate(pieces_, scope);
  if (!value) return fail(lexer, "a value is too long");
  manifest_.scopes_[scope].variables[name] = *value;
  return true;
}

bool NinjaParser::binding_name(NinjaLexer& lexer, std::string_view& name)
{
  if (!expect(lexer, lexer.next(), NinjaToken::name, "a variable name")) return false;
  name = lexer.name();
  return expect(lexer, lexer.next(), NinjaToken::equals, "'='");
}

bool NinjaParser::rule(NinjaLexer& lexer, std::uint32_t scope)
{
  if (!expect(lexer, lexer.next(), NinjaToken::name, "a rule name")) return false;
  NinjaManifest::Rule made{lexer.name(), {}};
  if (!expect(lexer, lexer.next(), NinjaToken::newline, "a new line")) return false;
  while (lexer.line_start() == NinjaToken::indent) {
    if (made.bindings.size() >= k_most_bindings) return fail(lexer, "a rule with too many variables");
    auto& binding = made.bindings.emplace_back();
    if (!binding_name(lexer, binding.first)) return false;
    if (!lexer.read(TextKind::value, binding.second)) return fail(lexer, "");
  }
  const auto number = static_cast<std::uint32_t>(manifest_.rules_.size());
  if (!manifest_.scopes_[scope].rules.emplace(made.name, number).second) return fail(lexer, "duplicate rule");
  manifest_.rules_.push_back(std::move(made));
  return true;
}

bool NinjaParser::pool(NinjaLexer& lexer)
{
  if (!expect(lexer, lexer.next(), NinjaToken::name, "a pool name")) return false;
  if (!expect(lexer, lexer.next(), NinjaToken::newline, "a new line")) return false;
  while (lexer.line_start() == NinjaToken::indent) {
    std::string_view name;
    pieces_.clear();
    if (!binding_name(lexer, name)) return false;
    if (!lexer.read(TextKind::value, pieces_)) return fail(lexer, "");
  }
  return true;
}

bool NinjaParser::defaults(NinjaLexer& lexer, std::uint32_t scope)
{
  while (true) {
    pieces_.clear();
    if (!lexer.read(TextKind::path, pieces_)) return fail(lexer, "");
    if (pieces_.empty()) return expect(lexer, lexer.next(), NinjaToken::newline, "a new line");
    const auto path = evaluate(pieces_, scope);
    if (!path) return fail(lexer, "a value is too long");
    manifest_.defaults.push_back(intern(*path, false));
  }
}

bool NinjaParser::include(NinjaLexer& lexer, std::uint32_t scope, bool own_scope)
{
  pieces_.clear();
  if (!lexer.read(TextKind::path, pieces_)) return fail(lexer, "");
  const auto name = evaluate(pieces_, scope);
  if (!name) return fail(lexer, "a value is too long");
  if (!expect(lexer, lexer.next(), NinjaToken::newline, "a new line")) return false;
  if (!own_scope) return file(std::string(*name), scope);
  const auto inner = static_cast<std::uint32_t>(manifest_.scopes_.size());
  manifest_.scopes_.emplace_back().parent = scope;
  return file(std::string(*name), inner);
}

bool NinjaParser::build(NinjaLexer& lexer, std::uint32_t scope)
{
  BuildStatement made;
  made.scope = scope;
  made.first_binding = static_cast<std::uint32_t>(manifest_.bindings_.size());
  made.first_node = static_cast<std::uint32_t>(manifest_.statement_nodes_.size());
  pending_.clear();
  if (!build_paths(lexer, scope, made) || !build_bindings(lexer, made) || !build_nodes(lexer, made)) return false;
  manifest_.statements.push_back(made);
  return true;
}

bool NinjaParser::build_paths(NinjaLexer& lexer, std::uint32_t scope, BuildStatement& statement)
{
  if (!paths(lexer, statement.explicit_outputs)) return false;
  NinjaToken token = lexer.next();
  if (token == NinjaToken::bar) {
    if (!paths(lexer, statement.implicit_outputs)) return false;
    token = lexer.next();
  }
  if (statement.explicit_outputs + statement.implicit_outputs == 0) return fail(lexer, "a build without outputs");
  if (!expect(lexer, token, NinjaToken::colon, "':'")) return false;
  if (!expect(lexer, lexer.next(), NinjaToken::name, "a rule name")) return false;
  const auto number = find_rule(scope, lexer.name());
  if (!number) return fail(lexer, fmt::format("unknown rule '{}'", lexer.name()));
  statement.rule = *number;

  if (!paths(lexer, statement.explicit_inputs)) return false;
  token = lexer.next();
  if (token == NinjaToken::bar) {
    if (!paths(lexer, statement.implicit_inputs)) return false;
    token = lexer.next();
  }
  if (token == NinjaToken::double_bar) {
    if (!paths(lexer, statement.order_only_inputs)) return false;
    token = lexer.next();
  }
  std::uint32_t validations = 0; // built alongside; nothing flows from them
  if (token == NinjaToken::bar_at) {
    if (!paths(lexer, validations)) return false;
    token = lexer.next();
    pending_.ends.resize(pending_.ends.size() - validations);
  }
  return expect(lexer, token, NinjaToken::newline, "a new line");
}

bool NinjaParser::build_bindings(NinjaLexer& lexer, BuildStatement& statement)
{
  while (lexer.line_start() == NinjaToken::indent) {
    std::string_view name;
    if (!binding_name(lexer, name)) return false;
    pieces_.clear();
    if (!lexer.read(TextKind::value, pieces_)) return fail(lexer, "");
    const auto value = evaluate(pieces_, statement.scope);
    if (!value) return fail(lexer, "a value is too long");
    manifest_.bindings_.emplace_back(name, *value);
    if (++statement.bindings > k_most_bindings) return fail(lexer, "a build with too many variables");
  }
  statement.own_scope = statement.bindings > 0;
  return true;
}

// Paths may use the statement's own bindings, which stand after them.
bool NinjaParser::build_nodes(NinjaLexer& lexer, BuildStatement& statement)
{
  std::size_t begin = 0;
  for (const std::size_t end : pending_.ends) {
    if (end == begin + 1 && !pending_.pieces[begin].variable) {
      manifest_.statement_nodes_.push_back(intern(pending_.pieces[begin].text, true));
    } else {
      scratch_.clear();
      for (std::size_t i = begin; i < end; ++i) {
        if (!append(pending_.pieces[i], statement, scratch_)) return fail(lexer, "a path is too long");
      }
      if (scratch_.empty()) return fail(lexer, "an empty path");
      expanded_ += scratch_.size();
      if (expanded_ > k_most_expanded) return fail(lexer, "the values are too long in sum");
      manifest_.statement_nodes_.push_back(intern(scratch_, false));
    }
    begin = end;
  }
  return true;
}

bool NinjaParser::paths(NinjaLexer& lexer, std::uint32_t& count)
{
  while (true) {
    const std::size_t before = pending_.pieces.size();
    if (!lexer.read(TextKind::path, pending_.pieces)) return fail(lexer, "");
    if (pending_.pieces.size() == before) return true;
    pending_.ends.push_back(pending_.pieces.size());
    ++count;
  }
}

bool NinjaParser::append(const TextPiece& piece, const BuildStatement& statement, std::string& text) const
{
  if (!piece.variable) {
    text += piece.text;
  } else {
    const std::string_view* own = statement.own_scope ? manifest_.own_binding(statement, piece.text) : nullptr;
    text += own ? *own : manifest_.lookup(statement.scope, piece.text);
  }
  return text.size() <= k_longest_value;
}

std::optional<std::string_view> NinjaParser::evaluate(const std::vector<TextPiece>& pieces, std::uint32_t scope)
{
  if (pieces.empty()) return std::string_view();
  if (pieces.size() == 1) {
    return pieces[0].variable ? manifest_.lookup(scope, pieces[0].text) : pieces[0].text;
  }
  BuildStatement in_scope;
  in_scope.scope = scope;
  scratch_.clear();
  for (const TextPiece& piece : pieces) {
    if (!append(piece, in_scope, scratch_)) return std::nullopt;
  }
  expanded_ += scratch_.size();
  if (expanded_ > k_most_expanded) return std::nullopt;
  return keep(scratch_);
}

std::optional<std::uint32_t> NinjaParser::find_rule(std::uint32_t scope, std::string_view name) const
{
  for (std::optional<std::uint32_t> current = scope; current; current = manifest_.scopes_[*current].parent) {
    const auto& rules = manifest_.scopes_[*current].rules;
    if (const auto found = rules.find(name); found != rules.end()) return found->second;
  }
  return std::nullopt;
}

// `stable`: the bytes of `path` live as long as the manifest.
NodeId NinjaParser::intern(std::string_view path, bool stable)
{
  if (const auto found = node_ids_.find(path); found != node_ids_.end()) return found->second;
  std::string canonical(path);
  canonicalize_ninja_path(canonical);
  const bool same = canonical == path;
  if (!same) {
    if (const auto found = node_ids_.find(canonical); found != node_ids_.end()) return found->second;
  }
  const std::string_view name = stable && same ? path : keep(std::move(canonical));
  const auto id = static_cast<NodeId>(manifest_.nodes.size());
  manifest_.nodes.push_back(name);
  node_ids_.emplace(name, id);
  return id;
}

std::string_view NinjaParser::keep(std::string text)
{
  manifest_.texts_.push_back(std::move(text));
  return manifest_.texts_.back();
}

bool NinjaParser::expect(NinjaLexer& lexer, NinjaToken found, NinjaToken wanted, std::string_view what)
{
  return found == wanted || fail(lexer, fmt::format("expected {}", what));
}

bool NinjaParser::fail(const NinjaLexer& lexer, std::string_view what)
{
  const std::string_view told = lexer.problem().empty() ? what : std::string_view(lexer.problem());
  manifest_.problems.push_back(fmt::format("{}:{}: {}", open_.empty() ? "" : open_.back(), lexer.line(), told));
  return false;
}

NinjaManifest read_ninja_manifest(const std::string& file, const FileSource& source, NinjaDialect dialect)
{
  NinjaManifest manifest;
  NinjaParser(manifest, source).run(file, dialect);
  return manifest;
}

} // namespace sluice::facts
