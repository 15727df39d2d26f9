#include "impact/kept_graph.h"

#include "impact/graph.h"

#include <algorithm>
#include <cstring>

namespace sluice::impact {

namespace {

constexpr std::string_view k_magic = "sluice-graph-001";
constexpr std::size_t k_alignment = 8;

// Arrays one after another: the number of elements, the elements, padding.
class Writer {
public:
  template <class T> void array(std::span<const T> elements)
  {
    const std::uint64_t count = elements.size();
    out.append(reinterpret_cast<const char*>(&count), sizeof count);
    out.append(reinterpret_cast<const char*>(elements.data()), elements.size_bytes());
    out.resize((out.size() + k_alignment - 1) / k_alignment * k_alignment);
  }
  void names(const NameView& names)
  {
    array(names.offsets);
    array(names.bytes);
    array(names.slots);
  }
  // A list of texts, which may be alike.
  template <class Range, class Text> void texts(const Range& range, Text text)
  {
    std::vector<std::uint32_t> ends;
    std::string bytes;
    for (const auto& element : range) {
      bytes += text(element);
      ends.push_back(static_cast<std::uint32_t>(bytes.size()));
    }
    array(std::span<const std::uint32_t>(ends));
    array(std::span<const char>(bytes));
  }

  std::string out{k_magic};
};

// After the first thing that is wrong `ok` is false and everything is empty.
class Reader {
public:
  explicit Reader(std::string_view bytes) : rest_(bytes), ok(bytes.starts_with(k_magic))
  {
    if (ok) rest_.remove_prefix(k_magic.size());
  }
  template <class T> std::span<const T> array()
  {
    std::uint64_t count = 0;
    if (ok && rest_.size() >= sizeof count) std::memcpy(&count, rest_.data(), sizeof count);
    else ok = false;
    ok = ok && count <= rest_.size() / sizeof(T);
    const std::size_t size = sizeof count + static_cast<std::size_t>(count) * sizeof(T);
    const std::size_t padded = (size + k_alignment - 1) / k_alignment * k_alignment;
    if (!ok || padded > rest_.size()) {
      ok = false;
      return {};
    }
    const auto* const first = reinterpret_cast<const T*>(rest_.data() + sizeof count);
    rest_.remove_prefix(padded);
    return {first, static_cast<std::size_t>(count)};
  }
  NameView names()
  {
    NameView view{array<std::uint32_t>(), array<char>(), array<std::uint32_t>()};
    require(are_rows(view.offsets, view.bytes.size()));
    // A look-up ends at an empty slot.
    require(!view.slots.empty() && (view.slots.size() & (view.slots.size() - 1)) == 0);
    require(std::find(view.slots.begin(), view.slots.end(), 0u) != view.slots.end());
    require(std::all_of(view.slots.begin(), view.slots.end(), [&](std::uint32_t slot) { return slot <= view.size(); }));
    return view;
  }
  std::vector<std::string> texts()
  {
    const auto ends = array<std::uint32_t>();
    const auto bytes = array<char>();
    std::vector<std::string> made;
    made.reserve(ends.size());
    std::uint32_t start = 0;
    for (const std::uint32_t end : ends) {
      require(end >= start && end <= bytes.size());
      if (!ok) return {};
      made.emplace_back(bytes.data() + start, end - start);
      start = end;
    }
    return made;
  }
  void require(bool right) { ok = ok && right; }
  bool at_end() const { return rest_.empty(); }

  static bool are_rows(std::span<const std::uint32_t> offsets, std::size_t elements)
  {
    return !offsets.empty() && offsets.front() == 0 && offsets.back() == elements &&
           std::is_sorted(offsets.begin(), offsets.end());
  }

private:
  std::string_view rest_;

public:
  bool ok;
};

template <class T> bool all_below(std::span<const T> numbers, std::size_t limit)
{
  return std::all_of(numbers.begin(), numbers.end(),
                     [&](T number) { return static_cast<std::size_t>(number) < limit; });
}

Catalogue read_catalogue(Reader& reader)
{
  Catalogue catalogue;
  std::vector<std::string> names = reader.texts(), ids = reader.texts();
  catalogue.programs.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) catalogue.programs[i].name = std::move(names[i]);
  catalogue.tests.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) catalogue.tests[i].id.value = std::move(ids[i]);
  const auto programs = reader.array<ProgramId>();
  reader.require(programs.size() == catalogue.tests.size() && all_below(programs, catalogue.programs.size()));
  if (!reader.ok) return {};
  for (std::size_t i = 0; i < programs.size(); ++i) catalogue.tests[i].program = programs[i];
  return catalogue;
}

void read_declarations(Reader& reader, std::size_t tests, ImpactGraph::Impl& graph)
{
  for (std::string& glob : reader.texts()) graph.declared.push_back({std::move(glob), {}});
  for (ImpactGraph::Impl::Declaration& declaration : graph.declared) {
    const auto declared = reader.array<TestIndex>();
    reader.require(all_below(declared, tests));
    declaration.tests.assign(declared.begin(), declared.end());
  }
}

} // namespace

std::string encode(const ImpactGraph& impact, const Catalogue& catalogue, const std::vector<std::string>& on_demand)
{
  const ImpactGraph::Impl& graph = impact.impl();
  Writer writer;
  writer.texts(catalogue.programs, [](const Program& program) { return program.name; });
  writer.texts(catalogue.tests, [](const TestCase& test) { return test.id.value; });
  std::vector<ProgramId> programs;
  for (const TestCase& test : catalogue.tests) programs.push_back(test.program);
  writer.array(std::span<const ProgramId>(programs));
  writer.texts(on_demand, [](const std::string& path) { return path; });
  writer.names(graph.names);
  writer.array(graph.rows.offsets);
  writer.array(graph.rows.targets);
  writer.array(graph.rows.sources);
  writer.array(graph.marks);
  writer.array(std::span<const TestIndex>(graph.opaque));
  writer.texts(graph.declared, [](const ImpactGraph::Impl::Declaration& declaration) { return declaration.glob; });
  for (const auto& declaration : graph.declared) writer.array(std::span<const TestIndex>(declaration.tests));
  return std::move(writer.out);
}

std::optional<KeptGraph> decode(std::shared_ptr<const void> owner, std::string_view bytes)
{
  Reader reader(bytes);
  KeptGraph kept;
  kept.catalogue = read_catalogue(reader);
  kept.on_demand = reader.texts();
  const std::size_t tests = kept.catalogue.tests.size();
  auto graph = std::make_unique<ImpactGraph::Impl>();
  graph->names = reader.names();
  graph->first_test = static_cast<Node>(graph->names.size());
  graph->rows = {reader.array<std::uint32_t>(), reader.array<Node>(), reader.array<FactSource>()};
  graph->marks = reader.array<std::uint8_t>();
  const auto opaque = reader.array<TestIndex>();
  const std::size_t nodes = graph->names.size() + tests;
  reader.require(graph->rows.nodes() == nodes && graph->marks.size() == nodes);
  reader.require(Reader::are_rows(graph->rows.offsets, graph->rows.targets.size()));
  reader.require(graph->rows.sources.size() == graph->rows.targets.size() && all_below(graph->rows.targets, nodes));
  reader.require(all_below(graph->rows.sources, static_cast<std::size_t>(FactSource::launched) + 1));
  reader.require(all_below(opaque, tests));
  read_declarations(reader, tests, *graph);
  if (!reader.ok || !reader.at_end()) return std::nullopt;
  graph->opaque.assign(opaque.begin(), opaque.end());
  graph->owner = std::move(owner);
  kept.graph = ImpactGraph(std::move(graph));
  return kept;
}

} // namespace sluice::impact
