#include "core/umap/fuzzy_graph.h"

#include <algorithm>

#include "core/base/portable_math.h"
#include "core/umap/knn_tiles.h"

namespace subjrec {
namespace {

/// Rows between two questions to the monitor.
constexpr size_t kPollRows = 4096;

/// One direction of the graph: sparse rows by rising neighbour.
Result<Graph> directed(const Neighbors& neighbors, const std::vector<float>& weights,
                       Monitor& monitor) {
  Graph graph;
  const size_t k = neighbors.k;
  const size_t n = k == 0 ? 0 : neighbors.index.size() / k;
  graph.begin.push_back(0);
  std::vector<std::pair<uint32_t, float>> row;
  for (size_t i = 0; i < n; ++i) {
    if (i % kPollRows == 0 && monitor.stop()) return Status::interrupted();
    row.clear();
    for (size_t at = i * k; at < (i + 1) * k; ++at) {
      if (neighbors.index[at] != kNoNeighbor) row.emplace_back(neighbors.index[at], weights[at]);
    }
    std::sort(row.begin(), row.end());
    for (const auto& [neighbor, weight] : row) {
      graph.neighbor.push_back(neighbor);
      graph.weight.push_back(weight);
    }
    graph.begin.push_back(graph.neighbor.size());
  }
  return graph;
}

Result<Graph> transpose(const Graph& graph, Monitor& monitor) {
  Graph turned;
  turned.begin.assign(graph.n() + 1, 0);
  turned.neighbor.resize(graph.neighbor.size());
  turned.weight.resize(graph.weight.size());
  for (const uint32_t j : graph.neighbor) ++turned.begin[j + 1];
  for (size_t i = 0; i < graph.n(); ++i) turned.begin[i + 1] += turned.begin[i];
  std::vector<size_t> next(turned.begin.begin(), turned.begin.end() - 1);
  for (size_t i = 0; i < graph.n(); ++i) {
    if (i % kPollRows == 0 && monitor.stop()) return Status::interrupted();
    for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      const size_t to = next[graph.neighbor[at]]++;
      turned.neighbor[to] = static_cast<uint32_t>(i);
      turned.weight[to] = graph.weight[at];
    }
  }
  return turned;
}

/// The union of row i of both, which are sorted, appended to `graph`.
void merge_row(const Graph& out, const Graph& in, size_t i, Graph* graph) {
  size_t a = out.begin[i];
  size_t b = in.begin[i];
  while (a < out.begin[i + 1] || b < in.begin[i + 1]) {
    const uint32_t from = a < out.begin[i + 1] ? out.neighbor[a] : kNoNeighbor;
    const uint32_t to = b < in.begin[i + 1] ? in.neighbor[b] : kNoNeighbor;
    const float w = from <= to ? out.weight[a++] : 0;
    const float v = to <= from ? in.weight[b++] : 0;
    graph->neighbor.push_back(std::min(from, to));
    graph->weight.push_back(w + v - w * v);
  }
  graph->begin.push_back(graph->neighbor.size());
}

Result<Graph> without_weak(const Graph& graph, float least, Monitor& monitor) {
  Graph kept;
  kept.begin.push_back(0);
  for (size_t i = 0; i < graph.n(); ++i) {
    if (i % kPollRows == 0 && monitor.stop()) return Status::interrupted();
    for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      if (graph.weight[at] < least) continue;
      kept.neighbor.push_back(graph.neighbor[at]);
      kept.weight.push_back(graph.weight[at]);
    }
    kept.begin.push_back(kept.neighbor.size());
  }
  return kept;
}

}  // namespace

Result<std::vector<float>> membership_weights(const Neighbors& neighbors, ThreadTeam& team,
                                              Monitor& monitor) {
  std::vector<float> weights(neighbors.distance.size());
  if (weights.empty()) return weights;
  double sum = 0;
  size_t present = 0;
  for (size_t at = 0; at < weights.size(); ++at) {
    if (neighbors.index[at] == kNoNeighbor) continue;
    sum += neighbors.distance[at];
    ++present;
  }
  const size_t k = neighbors.k;
  const size_t n = weights.size() / k;
  const auto mean = static_cast<float>(present == 0 ? 0 : sum / static_cast<double>(present));
  const auto target =
      static_cast<float>(portable_log(static_cast<double>(k + 1)) / portable_log(2.0));
  const size_t per_piece = k > 100 ? 16 : 256;
  const auto smooth = [&](size_t piece) {
    const size_t first = piece * per_piece;
    std::vector<float> scratch(16 * k);
    smooth_weights(neighbors.distance.data() + first * k, std::min(per_piece, n - first), k, target,
                   mean, scratch.data(), weights.data() + first * k);
  };
  SUBJREC_TRY(team.run((n + per_piece - 1) / per_piece, smooth, monitor));
  return weights;
}

Result<Graph> fuzzy_union(const Neighbors& neighbors, const std::vector<float>& weights,
                          double least, Monitor& monitor) {
  SUBJREC_ASSIGN(const Graph out, directed(neighbors, weights, monitor));
  SUBJREC_ASSIGN(const Graph in, transpose(out, monitor));
  Graph graph;
  graph.begin.push_back(0);
  for (size_t i = 0; i < out.n(); ++i) {
    if (i % kPollRows == 0 && monitor.stop()) return Status::interrupted();
    merge_row(out, in, i, &graph);
  }
  float most = 0;
  for (const float weight : graph.weight) most = std::max(most, weight);
  return without_weak(graph, static_cast<float>(most * least), monitor);
}

Result<Components> connected_components(const Graph& graph, Monitor& monitor) {
  Components components;
  components.of.assign(graph.n(), kNoNeighbor);
  std::vector<uint32_t> reached;
  size_t visited = 0;
  for (size_t start = 0; start < graph.n(); ++start) {
    if (components.of[start] != kNoNeighbor) continue;
    const auto number = static_cast<uint32_t>(components.count++);
    components.of[start] = number;
    reached.assign(1, static_cast<uint32_t>(start));
    while (!reached.empty()) {
      if (++visited % kPollRows == 0 && monitor.stop()) return Status::interrupted();
      const uint32_t i = reached.back();
      reached.pop_back();
      for (size_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
        uint32_t& of = components.of[graph.neighbor[at]];
        if (of != kNoNeighbor) continue;
        of = number;
        reached.push_back(graph.neighbor[at]);
      }
    }
  }
  return components;
}

}  // namespace subjrec
