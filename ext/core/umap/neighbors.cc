#include "core/umap/neighbors.h"

#include <algorithm>
#include <cmath>

#include "core/umap/knn_tiles.h"

namespace subjrec {
namespace {

/// About 10 million multiplications in a piece, which is a few milliseconds.
constexpr size_t kPieceWork = 10'000'000;
constexpr size_t kPieceQueries = 64;
/// Tiles that are scanned for one query after the other stay in the first-level cache.
constexpr size_t kCachedFloats = 8192;

/// Pairs of points times dimensions: five seconds or so with two threads and AVX-512.
constexpr double kExactWork = 2.5e11;

}  // namespace

void to_metric(const Points& points, Neighbors* neighbors) {
  for (float& distance : neighbors->distance) {
    distance = points.cosine ? 0.5f * distance : std::sqrt(distance);
  }
}

Result<Neighbors> exact_neighbors(const Points& queries, const Points& points, bool same, size_t k,
                                  ThreadTeam& team, Monitor& monitor) {
  Neighbors found;
  found.k = k;
  found.index.assign(queries.n * k, kNoNeighbor);
  found.distance.assign(queries.n * k, std::numeric_limits<float>::infinity());
  if (k == 0 || points.n == 0) return found;
  const Tiles tiles = make_tiles(points);
  const size_t dim = points.dim;
  const size_t cached = std::max<size_t>(1, kCachedFloats / (dim * kTile));
  // A range of tiles at a time for all queries, so that a piece is short however many points there
  // are; within it, what fits the cache for one query of the piece after the other.
  const size_t range = std::max<size_t>(1, kPieceWork / (kPieceQueries * dim * kTile));
  for (size_t first = 0; first < tiles.size(); first += range) {
    const size_t last = std::min(tiles.size(), first + range);
    const auto scan = [&](size_t piece) {
      const size_t end = std::min(queries.n, (piece + 1) * kPieceQueries);
      for (size_t t = first; t < last; t += cached) {
        for (size_t q = piece * kPieceQueries; q < end; ++q) {
          const uint32_t self = same ? static_cast<uint32_t>(q) : kNoNeighbor;
          scan_tiles(queries.row(q), dim, tiles.data.data() + t * kTile * dim,
                     tiles.ids.data() + t * kTile, std::min(cached, last - t), self,
                     {k, found.distance.data() + q * k, found.index.data() + q * k});
        }
      }
    };
    SUBJREC_TRY(team.run((queries.n + kPieceQueries - 1) / kPieceQueries, scan, monitor));
  }
  to_metric(points, &found);
  return found;
}

Result<Neighbors> map_neighbors(const Points& points, size_t k, uint64_t seed, ThreadTeam& team,
                                Monitor& monitor) {
  const auto n = static_cast<double>(points.n);
  if (n * n * static_cast<double>(points.dim) <= kExactWork) {
    return exact_neighbors(points, points, true, k, team, monitor);
  }
  return approximate_neighbors(points, k, seed, team, monitor);
}

}  // namespace subjrec
