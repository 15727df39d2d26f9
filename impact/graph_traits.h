// Lets Boost.Graph's algorithms walk Rows: an incidence graph and a vertex list, nothing more.
// Private to impact/ and only for .cpp files, since it brings Boost's headers.
#pragma once

#include "impact/graph.h"

#include <boost/graph/graph_traits.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/transform_iterator.hpp>
#include <boost/property_map/property_map.hpp>

#include <utility>

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

template <>
struct graph_traits<sluice::impact::Rows> {
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

inline std::size_t num_vertices(const Rows& rows) { return rows.nodes(); }

inline std::pair<RowsTraits::vertex_iterator, RowsTraits::vertex_iterator> vertices(const Rows& rows)
{
  return {RowsTraits::vertex_iterator(0), RowsTraits::vertex_iterator(static_cast<Node>(rows.nodes()))};
}

inline std::size_t out_degree(Node node, const Rows& rows) { return rows.offsets[node + 1] - rows.offsets[node]; }

inline std::pair<RowsTraits::out_edge_iterator, RowsTraits::out_edge_iterator> out_edges(Node node, const Rows& rows)
{
  using Count = boost::counting_iterator<std::uint32_t>;
  const MakeRowEdge make{node};
  return {{Count(rows.offsets[node]), make}, {Count(rows.offsets[node + 1]), make}};
}

inline Node source(const RowEdge& edge, const Rows&) { return edge.source; }
inline Node target(const RowEdge& edge, const Rows& rows) { return rows.targets[edge.position]; }

} // namespace sluice::impact
