#include "core/umap/density_clusters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "core/umap/neighbors.h"

namespace subjrec {
namespace {

constexpr uint32_t kNone = kNoCluster;
constexpr int kRoundsOfGrowth = 12;

/// Two points, and how sparse the space is that one has to cross between them.
struct Edge {
  float reach = 0;  // squared mutual reachability
  uint32_t a = 0;
  uint32_t b = 0;

  bool operator<(const Edge& o) const {
    if (reach != o.reach) return reach < o.reach;
    return a != o.a ? a < o.a : b < o.b;
  }
};

/// A node of the condensed tree: a cluster from the density at which it parts from its parent
/// to the one at which it parts itself, or is no more.
struct Node {
  uint32_t parent = kNone;
  size_t size = 0;
  double density_sum = 0;  // of each point, the density at which it leaves
  double peak = 0;         // the density where the cluster is born, going down
  double parting = 0;      // the density at which it parts from its parent
  double stability = 0;    // its own, and then the best of it and those below
  bool chosen = false;
};

/// The condensed tree, built from the densest up: components of fewer than `least` points are
/// lists, those of more are nodes that take them in.
class CondensedTree {
 public:
  CondensedTree(size_t n, size_t least)
      : least_(least),
        up_(n),
        size_(n, 1),
        next_(n, kNone),
        tail_(n),
        node_of_(n, kNone),
        node_(n, kNone) {
    std::iota(up_.begin(), up_.end(), 0u);
    std::iota(tail_.begin(), tail_.end(), 0u);
  }

  void join(const Edge& edge) {
    uint32_t a = root(edge.a);
    uint32_t b = root(edge.b);
    if (a == b) return;
    if (size_[a] < size_[b] || (size_[a] == size_[b] && b < a)) std::swap(a, b);
    const double density = 1.0 / std::max(double{edge.reach}, 1e-30);
    const uint32_t of_a = node_of_[a];
    const uint32_t of_b = node_of_[b];
    if (of_a != kNone && of_b != kNone) {
      merge_nodes(a, of_a, of_b, density);
    } else if (of_a != kNone) {
      take_in(of_a, b, size_[b], density);
    }
    if (of_a == kNone) {
      next_[tail_[a]] = b;
      tail_[a] = tail_[b];
    }
    up_[b] = a;
    size_[a] += size_[b];
    if (of_a == kNone && size_[a] >= least_) {
      node_of_[a] = static_cast<uint32_t>(nodes_.size());
      nodes_.emplace_back();
      nodes_.back().peak = density;
      take_in(node_of_[a], a, size_[a], density);
    }
  }

  /// The chosen cluster of each point; of nested ones that of the greatest excess of mass.
  std::vector<uint32_t> choose(double least_contrast) {
    std::vector<double> below(nodes_.size());
    for (size_t i = 0; i < nodes_.size(); ++i) {  // children come before their parents
      Node& node = nodes_[i];
      const double own = node.stability;
      const bool real = node.parent != kNone && contrast(node) >= least_contrast;
      node.chosen = (real || apart(node)) && own >= below[i];
      node.stability = node.chosen ? own : below[i];
      if (node.parent != kNone) below[node.parent] += node.stability;
    }
    std::vector<uint32_t> top(nodes_.size(), kNone);
    for (size_t i = nodes_.size(); i-- > 0;) {
      const uint32_t parent = nodes_[i].parent;
      if (parent != kNone && top[parent] != kNone) {
        top[i] = top[parent];
      } else if (nodes_[i].chosen) {
        top[i] = static_cast<uint32_t>(i);
      }
    }
    std::vector<uint32_t> clusters(node_.size(), kNone);
    for (size_t i = 0; i < node_.size(); ++i) {
      if (node_[i] != kNone) clusters[i] = top[node_[i]];
    }
    return clusters;
  }

  /// No edge is left: those without a parent part at density 0.
  void close() {
    size_t roots = 0;
    for (Node& node : nodes_) {
      if (node.parent == kNone) ++roots, node.stability = node.density_sum;
    }
    several_ = roots > 1;
  }

 private:
  uint32_t root(uint32_t i) {
    while (up_[i] != i) i = up_[i] = up_[up_[i]];
    return i;
  }

  bool apart(const Node& node) const { return several_ && node.parent == kNone; }
  double contrast(const Node& node) const { return node.peak / node.parting; }

  void take_in(uint32_t node, uint32_t list, size_t count, double density) {
    for (uint32_t i = list; i != kNone; i = next_[i]) node_[i] = node;
    nodes_[node].size += count;
    nodes_[node].density_sum += density * static_cast<double>(count);
  }

  void merge_nodes(uint32_t a, uint32_t of_a, uint32_t of_b, double density) {
    const auto parent = static_cast<uint32_t>(nodes_.size());
    Node node;
    for (const uint32_t child : {of_a, of_b}) {
      Node& c = nodes_[child];
      c.parent = parent;
      c.parting = density;
      c.stability = c.density_sum - density * static_cast<double>(c.size);
      node.size += c.size;
      node.peak = std::max(node.peak, c.peak);
    }
    node.density_sum = density * static_cast<double>(node.size);
    nodes_.push_back(node);
    node_of_[a] = parent;
  }

  size_t least_;
  bool several_ = false;
  std::vector<uint32_t> up_;    // union-find
  std::vector<uint32_t> size_;  // of a root
  std::vector<uint32_t> next_;  // of small components: their points as a list
  std::vector<uint32_t> tail_;
  std::vector<uint32_t> node_of_;  // the node of a root
  std::vector<uint32_t> node_;     // the node that took a point in
  std::vector<Node> nodes_;
};

/// The places of the points from left to right: an order that the caller's does not change.
std::vector<uint32_t> left_to_right(std::span<const float> map) {
  std::vector<uint32_t> order(map.size() / 2);
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    if (map[2 * a] != map[2 * b]) return map[2 * a] < map[2 * b];
    return map[2 * a + 1] < map[2 * b + 1];
  });
  return order;
}

/// The squared distance of each point to its neighbour of rank `rank`.
std::vector<float> core_distances(const Neighbors& neighbors, size_t rank) {
  std::vector<float> core;
  for (size_t at = rank - 1; at < neighbors.distance.size(); at += neighbors.k) {
    core.push_back(neighbors.distance[at]);
  }
  return core;
}

Result<std::vector<Edge>> reachability_edges(const Neighbors& neighbors,
                                             const std::vector<float>& core, Monitor& monitor) {
  const size_t k = neighbors.k;
  const size_t n = core.size();
  std::vector<Edge> edges;
  edges.reserve(n * k);
  Poll poll(monitor, 4096);
  for (uint32_t i = 0; i < n; ++i) {
    for (size_t at = i * k; at < (i + 1) * k; ++at) {
      const uint32_t j = neighbors.index[at];
      if (j == kNoNeighbor) break;
      const float reach = std::max({neighbors.distance[at], core[i], core[j]});
      edges.push_back({reach, std::min(i, j), std::max(i, j)});
    }
    if (poll.stop()) return Status::interrupted();
  }
  SUBJREC_TRY(stoppable_sort(edges.begin(), edges.end(), std::less<Edge>(), monitor));
  return edges;
}

/// The cluster of most of a point's neighbours, if that is more than half of them.
uint32_t majority(const Neighbors& neighbors, const std::vector<uint32_t>& clusters, size_t i) {
  uint32_t best = kNone;
  size_t most = neighbors.k / 2;
  for (size_t at = i * neighbors.k; at < (i + 1) * neighbors.k; ++at) {
    if (neighbors.index[at] == kNoNeighbor) break;
    const uint32_t c = clusters[neighbors.index[at]];
    if (c == kNone || c == best) continue;
    size_t votes = 0;
    for (size_t other = i * neighbors.k; other < (i + 1) * neighbors.k; ++other) {
      const uint32_t j = neighbors.index[other];
      votes += j != kNoNeighbor && clusters[j] == c;
    }
    if (votes > most) {
      best = c;
      most = votes;
    }
  }
  return best;
}

/// Of each cluster, how sparse a point may be to be taken in: four times the median.
std::vector<float> sparsest(const std::vector<float>& core, const std::vector<uint32_t>& clusters) {
  std::vector<std::vector<float>> of(clusters.size());
  for (size_t i = 0; i < clusters.size(); ++i) {
    if (clusters[i] != kNone) of[clusters[i]].push_back(core[i]);
  }
  std::vector<float> limits(clusters.size());
  for (size_t c = 0; c < of.size(); ++c) {
    if (of[c].empty()) continue;
    const auto middle = of[c].begin() + static_cast<std::ptrdiff_t>(of[c].size() / 2);
    std::nth_element(of[c].begin(), middle, of[c].end());
    limits[c] = 4 * *middle;
  }
  return limits;
}

/// Takes points beside a cluster into it, round by round. `core` is the squared distance of each
/// point to its neighbour of that rank.
Status grow(const Neighbors& neighbors, const std::vector<float>& core,
            std::vector<uint32_t>* clusters, Monitor& monitor) {
  const std::vector<float> limits = sparsest(core, *clusters);
  for (int round = 0; round < kRoundsOfGrowth; ++round) {
    std::vector<uint32_t> next = *clusters;
    Poll poll(monitor, 4096);
    for (size_t i = 0; i < next.size(); ++i) {
      if (poll.stop()) return Status::interrupted();
      if (next[i] != kNone) continue;
      const uint32_t c = majority(neighbors, *clusters, i);
      if (c != kNone && core[i] <= limits[c]) next[i] = c;
    }
    if (next == *clusters) break;
    *clusters = std::move(next);
  }
  return {};
}

/// One cluster that holds most points groups nothing.
void drop_lone_cluster(std::vector<uint32_t>* clusters) {
  if (clusters->empty()) return;
  const uint32_t most = *std::min_element(clusters->begin(), clusters->end());
  size_t held = 0;
  for (const uint32_t c : *clusters) {
    if (c != kNone && c != most) return;
    held += c == most;
  }
  if (2 * held > clusters->size()) std::fill(clusters->begin(), clusters->end(), kNone);
}

/// Numbers the clusters anew by their size, the largest 0; of equals the leftmost first.
void number_by_size(std::vector<uint32_t>* clusters) {
  std::vector<std::array<size_t, 3>> found;  // -size, first point, old number
  std::vector<uint32_t> number(clusters->size(), kNone);
  for (size_t i = 0; i < clusters->size(); ++i) {
    const uint32_t c = (*clusters)[i];
    if (c == kNone) continue;
    if (number[c] == kNone) {
      number[c] = static_cast<uint32_t>(found.size());
      found.push_back({clusters->size(), i, c});
    }
    --found[number[c]][0];
  }
  std::sort(found.begin(), found.end());
  for (uint32_t rank = 0; rank < found.size(); ++rank) number[found[rank][2]] = rank;
  for (uint32_t& c : *clusters) c = c == kNone ? kNone : number[c];
}

size_t least_size(const DensityOptions& options, size_t n) {
  if (options.least_size > 0) return std::max<size_t>(2, options.least_size);
  const double root = std::sqrt(static_cast<double>(n));
  return std::max<size_t>(8, static_cast<size_t>(root / 5));
}

}  // namespace

Result<std::vector<uint32_t>> density_clusters(std::span<const float> map,
                                               const DensityOptions& options, Monitor& monitor) {
  if (options.n_neighbors < 1 || options.core_neighbors < 1) {
    return Status(Code::kInvalid, "clusters of a map: want at least 1 neighbour, got 0");
  }
  const std::vector<uint32_t> order = left_to_right(map);
  const size_t n = order.size();
  std::vector<uint32_t> clusters(n, kNone);
  if (n < 2) return clusters;
  std::vector<float> sorted(2 * n);
  for (size_t i = 0; i < n; ++i) std::copy_n(&map[2 * order[i]], 2, &sorted[2 * i]);
  SUBJREC_ASSIGN(const Points points, make_points(sorted, 2, "euclidean", monitor));
  ThreadTeam team(resolve_threads(options.threads));
  const size_t k = std::min(options.n_neighbors, n - 1);
  SUBJREC_ASSIGN(const Neighbors neighbors, map_neighbors(points, k, 1, team, monitor));
  const std::vector<float> core = core_distances(neighbors, std::min(options.core_neighbors, k));
  SUBJREC_ASSIGN(const std::vector<Edge> edges, reachability_edges(neighbors, core, monitor));
  CondensedTree tree(n, least_size(options, n));
  Poll poll(monitor, 1 << 14);
  for (const Edge& edge : edges) {
    tree.join(edge);
    if (poll.stop()) return Status::interrupted();
  }
  tree.close();
  std::vector<uint32_t> found = tree.choose(options.least_contrast);
  SUBJREC_TRY(grow(neighbors, core, &found, monitor));
  drop_lone_cluster(&found);
  number_by_size(&found);
  for (size_t i = 0; i < n; ++i) clusters[order[i]] = found[i];
  return clusters;
}

}  // namespace subjrec
