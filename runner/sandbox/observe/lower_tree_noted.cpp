// The parts of LowerTree that are made for many names at once: tens of thousands in a batch, of which nearly all lie in
// the folder of the one before.
#include "runner/sandbox/observe/lower_tree.h"

#include <algorithm>
#include <utility>

namespace sluice::sandbox {

namespace {

constexpr std::size_t k_most_runs = 64;

// Names come in sorted stretches, more often than not.
template <class Row> void sort_by_stretches(std::vector<Row>& rows)
{
  const auto less = [](const Row& a, const Row& b) { return a.name < b.name; };
  std::vector<typename std::vector<Row>::iterator> ends{rows.begin()};
  while (ends.back() != rows.end()) {
    if (ends.size() > k_most_runs) return std::sort(rows.begin(), rows.end(), less);
    ends.push_back(std::is_sorted_until(ends.back(), rows.end(), less));
  }
  while (ends.size() > 2) {
    std::size_t kept = 1;
    for (std::size_t i = 2; i < ends.size(); i += 2) {
      std::inplace_merge(ends[i - 2], ends[i - 1], ends[i], less);
      ends[kept++] = ends[i];
    }
    if (ends.size() % 2 == 0) ends[kept++] = ends.back();
    ends.resize(kept);
  }
}

} // namespace

// Nothing that the batch is known to have changed lies on the way to it.
bool LowerTree::untouched(std::string_view folder)
{
  for (; !folder.empty(); folder = folder.substr(0, folder.rfind('/')))
    if ((nodes_[node_at(folder)].marks & mark_written) != 0) return false;
  return true;
}

// Finds the folder that the text before the last component leads to. False: it is no single folder.
bool LowerTree::enter_noted(const WalkStart& start, std::string_view text)
{
  if (noted_.known && noted_.text == text && (noted_.start == start.folder || text.starts_with('/'))) return true;
  noted_.known = false;
  NodeId node = 0;
  if (text.empty()) {
    node = node_at(start.folder.empty() ? "/" : start.folder);
  } else {
    const std::vector<NodeId>& ends = walk(start, text, FollowLast::yes);
    if (ends.size() != 1) return false;
    node = ends.front();
  }
  if (nodes_[node].kind != Kind::folder) return false;
  noted_.name = names_[node] == "/" ? "" : names_[node];
  noted_.start = start.folder;
  noted_.text = text;
  noted_.known = true;
  const auto below = [&](const Area& area) {
    return area.inside.size() > noted_.name.size() && area.inside.starts_with(noted_.name) &&
           area.inside[noted_.name.size()] == '/';
  };
  noted_.plain = std::none_of(areas_.begin(), areas_.end(), below);
  // By way of a link it may have gone elsewhere than we: the batch may have put another in its place.
  std::string spelled(text.starts_with('/') ? std::string_view() : start.folder);
  if (!text.starts_with('/') && !text.empty()) spelled += '/';
  spelled += text;
  while (!spelled.empty() && spelled.back() == '/') spelled.pop_back();
  noted_.believed = noted_.plain && spelled == noted_.name && untouched(noted_.name);
  return true;
}

const std::vector<NodeId>& LowerTree::walk_noted(const WalkStart& start, std::string_view name, FollowLast follow,
                                                 std::optional<Kind> seen)
{
  const std::size_t slash = name.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? name : name.substr(slash + 1);
  const std::string_view text = name.substr(0, name.size() - last.size());
  if (!made_links_.empty() || last.empty() || last == "." || last == ".." || !enter_noted(start, text))
    return walk(start, name, follow);
  noted_name_.assign(noted_.name).append("/").append(last);
  if (!noted_.plain) return walk(start, name, follow);
  const PathTable::Found found = names_.add(noted_name_);
  if (found.is_new) {
    nodes_.emplace_back();
    nodes_[found.index].kind = seen && noted_.believed ? *seen : look(noted_name_);
  }
  if (nodes_[found.index].kind == Kind::link && follow == FollowLast::yes) return walk(start, name, follow);
  ends_.clear();
  ends_.push_back(found.index);
  return ends_;
}

void LowerTree::report(Observation& observation) const
{
  struct Row {
    std::string_view name;
    std::uint8_t marks;
  };
  std::vector<Row> rows;
  std::vector<std::string> elsewhere; // names that are other ones on the host
  elsewhere.reserve(nodes_.size());
  for (NodeId node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].marks == 0 || nodes_[node].kind == Kind::own || nodes_[node].kind == Kind::kernel) continue;
    const std::string_view name = names_[node];
    rows.push_back({name, nodes_[node].marks});
    if (view_ && has_other_names_) rows.back().name = elsewhere.emplace_back(host_name(name));
  }
  sort_by_stretches(rows);
  const std::pair<Mark, std::vector<std::string>*> lists[] = {
    {mark_read, &observation.read},     {mark_looked, &observation.looked}, {mark_link, &observation.links},
    {mark_absent, &observation.absent}, {mark_listed, &observation.listed}, {mark_written, &observation.written}};
  for (const Row& row : rows)
    for (const auto& [mark, list] : lists)
      if ((row.marks & mark) != 0 && (list->empty() || list->back() != row.name)) list->emplace_back(row.name);
}

} // namespace sluice::sandbox
