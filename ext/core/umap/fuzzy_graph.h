// The fuzzy graph of neighbourhoods: what a map tries to keep.
//
// McInnes, Healy and Melville 2018, "UMAP: Uniform Manifold Approximation and Projection", sections
// 3.1 and 4.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/umap/neighbors.h"

namespace subjrec {

/// A symmetric weighted graph: row i is neighbour[begin[i] .. begin[i + 1]), by rising neighbour,
/// no loops. Weights are in (0, 1].
struct Graph {
  std::vector<size_t> begin;  // n + 1
  std::vector<uint32_t> neighbor;
  std::vector<float> weight;

  size_t n() const { return begin.empty() ? 0 : begin.size() - 1; }
};

/// The weight of each neighbour seen from its point alone, n x k.
Result<std::vector<float>> membership_weights(const Neighbors& neighbors, ThreadTeam& team,
                                              Monitor& monitor);

/// The union of both sights of each pair, a + b - ab; weights below `least` times the largest are
/// left out.
Result<Graph> fuzzy_union(const Neighbors& neighbors, const std::vector<float>& weights,
                          double least, Monitor& monitor);

/// The connected component of each point, numbered from 0 by their first points.
struct Components {
  size_t count = 0;
  std::vector<uint32_t> of;
};
Result<Components> connected_components(const Graph& graph, Monitor& monitor);

}  // namespace subjrec
