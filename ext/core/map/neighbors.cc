#include "core/map/neighbors.h"

#include <algorithm>
#include <cmath>

#include "core/map/tiles.h"

namespace subjrec {
namespace {

/// About 10 million multiplications in a piece, which is a few milliseconds.
constexpr size_t kPieceWork = 10'000'000;
/// Tiles that are scanned for one query after the other stay in the first-level cache.
constexpr size_t kCachedFloats = 8192;

/// From squared distances in Points to the metric's.
void finish(const Points& points, Neighbors* neighbors) {
  for (float& distance : neighbors->distance) {
    distance = points.cosine ? 0.5f * distance : std::sqrt(distance);
  }
}

}  // namespace

Result<Neighbors> exact_neighbors(const Points& queries, const Points& points, bool same, size_t k,
                                  ThreadTeam& team, Monitor& monitor) {
  Neighbors found;
  found.k = k;
  found.index.assign(queries.n * k, kNoNeighbor);
  found.distance.assign(queries.n * k, std::numeric_limits<float>::infinity());
  if (k == 0 || points.n == 0) return found;
  const Tiles tiles = make_tiles(points);
  const size_t dim = points.dim;
  const size_t per_piece = std::clamp<size_t>(kPieceWork / (points.n * dim), 1, 64);
  const size_t at_once = std::max<size_t>(1, kCachedFloats / (dim * kTile));
  const auto scan = [&](size_t piece) {
    const size_t end = std::min(queries.n, (piece + 1) * per_piece);
    for (size_t t = 0; t < tiles.size(); t += at_once) {
      const size_t count = std::min(at_once, tiles.size() - t);
      for (size_t q = piece * per_piece; q < end; ++q) {
        const uint32_t self = same ? static_cast<uint32_t>(q) : kNoNeighbor;
        scan_tiles(queries.row(q), dim, tiles.data.data() + t * kTile * dim,
                   tiles.ids.data() + t * kTile, count, self,
                   {k, found.distance.data() + q * k, found.index.data() + q * k});
      }
    }
  };
  SUBJREC_TRY(team.run((queries.n + per_piece - 1) / per_piece, scan, monitor));
  finish(points, &found);
  return found;
}

}  // namespace subjrec
