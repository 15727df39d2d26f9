#include "impact/walk.h"

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/graph_traits.hpp>
#include <boost/graph/two_bit_color_map.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/transform_iterator.hpp>
#include <boost/pending/queue.hpp>
#include <boost/property_map/property_map.hpp>

#include <utility>

// Lets Boost.Graph's algorithms walk Rows: an incidence graph and a vertex list, nothing more.
namespace sluice::impact {

struct RowEdge {
  Node source = 0;
  std::uint32_t position = 0; // in Rows::targets
  friend bool operator==(const RowEdge&, const RowEdge&) = default;
};

struct MakeRowEdge {
  Node source = 0;
  RowEdge operator()(std::uint32_t position) const { return {source, position}; }
};

struct RowsCategory : public virtual boost::incidence_graph_tag, public virtual boost::vertex_list_graph_tag {};

} // namespace sluice::impact

namespace boost {

template <> struct graph_traits<sluice::impact::Rows> {
  using vertex_descriptor = sluice::impact::Node;
  using edge_descriptor = sluice::impact::RowEdge;
  using directed_category = directed_tag;
  using edge_parallel_category = allow_parallel_edge_tag;
  using traversal_category = sluice::impact::RowsCategory;
  using vertices_size_type = std::size_t;
  using edges_size_type = std::size_t;
  using degree_size_type = std::size_t;
  using vertex_iterator = counting_iterator<sluice::impact::Node>;
  using out_edge_iterator = transform_iterator<sluice::impact::MakeRowEdge, counting_iterator<std::uint32_t>,
                                               sluice::impact::RowEdge, sluice::impact::RowEdge>;
  static vertex_descriptor null_vertex() { return sluice::impact::k_no_node; }
};

} // namespace boost

namespace sluice::impact {

using RowsTraits = boost::graph_traits<Rows>;

inline std::size_t num_vertices(const Rows& rows)
{
  return rows.nodes();
}

inline std::pair<RowsTraits::vertex_iterator, RowsTraits::vertex_iterator> vertices(const Rows& rows)
{
  return {RowsTraits::vertex_iterator(0), RowsTraits::vertex_iterator(static_cast<Node>(rows.nodes()))};
}

inline std::size_t out_degree(Node node, const Rows& rows)
{
  return rows.offsets[node + 1] - rows.offsets[node];
}

inline std::pair<RowsTraits::out_edge_iterator, RowsTraits::out_edge_iterator> out_edges(Node node, const Rows& rows)
{
  using Count = boost::counting_iterator<std::uint32_t>;
  const MakeRowEdge make{node};
  return {{Count(rows.offsets[node]), make}, {Count(rows.offsets[node + 1]), make}};
}

inline Node source(const RowEdge& edge, const Rows&)
{
  return edge.source;
}
inline Node target(const RowEdge& edge, const Rows& rows)
{
  return rows.targets[edge.position];
}

namespace {

// Remembers by which edge each node was reached first: with several sources at once this is a shortest way from the
// nearest of them.
class RecordArrival : public boost::default_bfs_visitor {
public:
  RecordArrival(std::vector<Arrival>& arrivals, std::vector<Node>& reached) : arrivals_(&arrivals), reached_(&reached)
  {
  }

  void tree_edge(const RowEdge& edge, const Rows& rows)
  {
    (*arrivals_)[rows.targets[edge.position]] = {edge.source, rows.sources[edge.position]};
  }
  void discover_vertex(Node node, const Rows&) { reached_->push_back(node); }

private:
  std::vector<Arrival>* arrivals_;
  std::vector<Node>* reached_;
};

} // namespace

Walk walk(const Rows& rows, const std::vector<Node>& sources)
{
  Walk result;
  result.arrivals.resize(rows.nodes());
  if (sources.empty()) return result;
  boost::two_bit_color_map<> colors(rows.nodes());
  boost::queue<Node> queue;
  boost::breadth_first_visit(rows, sources.begin(), sources.end(), queue,
                             RecordArrival(result.arrivals, result.reached), colors);
  return result;
}

} // namespace sluice::impact
