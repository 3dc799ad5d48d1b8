#include "core/umap/umap.h"

#include <algorithm>
#include <optional>

#include "core/umap/fuzzy_graph.h"
#include "core/umap/initialize.h"
#include "core/umap/neighbors.h"
#include "core/umap/optimize_layout.h"

namespace subjrec {
namespace {

LayoutOptions layout_options(const MapOptions& options, int epochs, double learning_rate) {
  return {fit_curve(options.spread, options.min_dist), epochs, static_cast<float>(learning_rate),
          static_cast<uint32_t>(options.negative_sample_rate), static_cast<uint64_t>(options.seed)};
}

/// Directed edges from each placed point to its neighbours on the map.
Graph placement_edges(const Neighbors& neighbors, const std::vector<float>& weights) {
  Graph edges;
  edges.begin.push_back(0);
  for (size_t at = 0; at < weights.size(); ++at) {
    if (neighbors.index[at] != kNoNeighbor) {
      edges.neighbor.push_back(neighbors.index[at]);
      edges.weight.push_back(weights[at]);
    }
    if ((at + 1) % neighbors.k == 0) edges.begin.push_back(edges.neighbor.size());
  }
  return edges;
}

std::vector<float> weighted_means(const Graph& edges, const std::vector<float>& map) {
  std::vector<float> xy;
  for (size_t i = 0; i < edges.n(); ++i) {
    double x = 0;
    double y = 0;
    double total = 0;
    for (size_t at = edges.begin[i]; at < edges.begin[i + 1]; ++at) {
      const double weight = edges.weight[at];
      x += weight * map[2 * edges.neighbor[at]];
      y += weight * map[2 * edges.neighbor[at] + 1];
      total += weight;
    }
    xy.push_back(static_cast<float>(x / total));
    xy.push_back(static_cast<float>(y / total));
  }
  return xy;
}

}  // namespace

struct MapMaker::State {
  explicit State(int threads) : team(threads) {}

  ThreadTeam team;
  int epochs = 0;
  int epoch = 0;
  size_t n = 0;
  Graph graph;
  std::optional<Layout> layout;  // none for one point or less: nothing to lay out
};

MapMaker::MapMaker(std::unique_ptr<State> state) : state_(std::move(state)) {}
MapMaker::~MapMaker() = default;
MapMaker::MapMaker(MapMaker&&) noexcept = default;
MapMaker& MapMaker::operator=(MapMaker&&) noexcept = default;

Result<MapMaker> MapMaker::begin(std::span<const float> embeddings, size_t dim,
                                 const MapOptions& options, Monitor& monitor) {
  SUBJREC_TRY(check_map_options(options));
  SUBJREC_ASSIGN(const Points points, make_points(embeddings, dim, options.metric, monitor));
  auto state = std::make_unique<State>(resolve_threads(options.threads));
  State& s = *state;
  s.n = points.n;
  s.epochs = map_epochs(options, points.n);
  if (points.n <= 1) return MapMaker(std::move(state));
  const auto seed = static_cast<uint64_t>(options.seed);
  const size_t k = std::min<size_t>(static_cast<size_t>(options.n_neighbors), points.n) - 1;
  SUBJREC_ASSIGN(const Neighbors neighbors, map_neighbors(points, k, seed, s.team, monitor));
  SUBJREC_ASSIGN(const std::vector<float> weights, membership_weights(neighbors, s.team, monitor));
  // An edge that would not come up once in all epochs is left out.
  SUBJREC_ASSIGN(s.graph, fuzzy_union(neighbors, weights, 1.0 / s.epochs, monitor));
  SUBJREC_ASSIGN(const std::vector<float> xy,
                 start_layout(points, s.graph, options.init, seed, s.team, monitor));
  SUBJREC_ASSIGN(
      s.layout, Layout::begin(s.graph, layout_options(options, s.epochs, options.learning_rate), xy,
                              monitor));
  return MapMaker(std::move(state));
}

int MapMaker::epochs() const { return state_->epochs; }
int MapMaker::epoch() const { return state_->epoch; }

Status MapMaker::run_epoch(Monitor& monitor) {
  ++state_->epoch;
  return state_->layout ? state_->layout->run_epoch(state_->team, monitor) : Status();
}

Embedding2d MapMaker::map() const {
  if (!state_->layout) return {std::vector<float>(2 * state_->n)};
  return {state_->layout->xy()};
}

Result<Embedding2d> compute_umap(std::span<const float> embeddings, size_t dim,
                                 const MapOptions& options, Monitor& monitor) {
  SUBJREC_ASSIGN(MapMaker maker, MapMaker::begin(embeddings, dim, options, monitor));
  while (!maker.finished()) SUBJREC_TRY(maker.run_epoch(monitor));
  return maker.map();
}

Result<Embedding2d> transform(std::span<const float> embeddings, size_t dim, const Embedding2d& map,
                              std::span<const float> points, const MapOptions& options,
                              Monitor& monitor) {
  SUBJREC_TRY(check_map_options(options));
  SUBJREC_ASSIGN(const Points known, make_points(embeddings, dim, options.metric, monitor));
  SUBJREC_ASSIGN(const Points placed, make_points(points, dim, options.metric, monitor, &known));
  if (known.n == 0 || known.n != map.n()) {
    return Status(Code::kInvalid, "the map has " + std::to_string(map.n()) +
                                      " points and the model " + std::to_string(known.n) +
                                      "; make the map again");
  }
  ThreadTeam team(resolve_threads(options.threads));
  const size_t k = std::min(static_cast<size_t>(options.n_neighbors), known.n);
  SUBJREC_ASSIGN(const Neighbors neighbors,
                 exact_neighbors(placed, known, false, k, team, monitor));
  SUBJREC_ASSIGN(const std::vector<float> weights, membership_weights(neighbors, team, monitor));
  const Graph edges = placement_edges(neighbors, weights);
  Embedding2d result{weighted_means(edges, map.xy)};
  const int epochs = std::max(1, map_epochs(options, known.n) / 3);
  SUBJREC_TRY(optimise_placement(edges, map.xy,
                                 layout_options(options, epochs, options.learning_rate / 4), team,
                                 monitor, &result.xy));
  for (size_t i = 0; i < placed.n; ++i) {
    if (neighbors.distance[i * k] > 0) continue;
    std::copy_n(&map.xy[2 * neighbors.index[i * k]], 2, &result.xy[2 * i]);
  }
  return result;
}

}  // namespace subjrec
