#include "support/trustworthiness.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/umap/knn_tiles.h"
#include "core/umap/neighbors.h"

namespace subjrec {
namespace {

/// By how much the ranks in the embedding of point i's neighbours on the map exceed k.
uint64_t excess(const Points& points, const Tiles& tiles, const Neighbors& on_map, size_t i,
                std::vector<float>* squared) {
  tile_distances(points.row(i), points.dim, tiles.data.data(), tiles.size(), squared->data());
  (*squared)[i] = -1;  // itself has rank 0
  uint64_t sum = 0;
  for (size_t at = i * on_map.k; at < (i + 1) * on_map.k; ++at) {
    const float distance = (*squared)[on_map.index[at]];
    const size_t rank = count_below(squared->data(), points.n, distance);
    if (rank > on_map.k) sum += rank - on_map.k;
  }
  return sum;
}

}  // namespace

Result<double> trustworthiness(std::span<const float> embeddings, size_t dim,
                               const Embedding2d& map, size_t k, const MapOptions& options,
                               Monitor& monitor) {
  SUBJREC_ASSIGN(const Points points, make_points(embeddings, dim, options.metric, monitor));
  SUBJREC_ASSIGN(const Points plane, make_points(map.xy, 2, "euclidean", monitor));
  if (plane.n != points.n || k == 0 || 2 * k >= points.n) {
    return Status(Code::kInvalid, "trustworthiness: k must be from 1 to below half of the " +
                                      std::to_string(points.n) + " points, got " +
                                      std::to_string(k) + ", with a map of " +
                                      std::to_string(plane.n));
  }
  ThreadTeam team(resolve_threads(options.threads));
  SUBJREC_ASSIGN(const Neighbors on_map, exact_neighbors(plane, plane, true, k, team, monitor));
  const Tiles tiles = make_tiles(points);
  constexpr size_t kPiece = 16;
  const size_t pieces = (points.n + kPiece - 1) / kPiece;
  std::vector<uint64_t> sums(pieces);
  const auto piece = [&](size_t p) {
    std::vector<float> squared(tiles.ids.size());
    for (size_t i = p * kPiece; i < std::min(points.n, (p + 1) * kPiece); ++i) {
      sums[p] += excess(points, tiles, on_map, i, &squared);
    }
  };
  SUBJREC_TRY(team.run(pieces, piece, monitor));
  uint64_t total = 0;
  for (const uint64_t sum : sums) total += sum;
  const auto n = static_cast<double>(points.n);
  const auto kk = static_cast<double>(k);
  return 1 - 2 / (n * kk * (2 * n - 3 * kk - 1)) * static_cast<double>(total);
}

}  // namespace subjrec
