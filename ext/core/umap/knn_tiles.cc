#include "core/umap/knn_tiles.h"

#include <numeric>

namespace subjrec {

Tiles make_tiles(const Points& points, std::span<const uint32_t> ids) {
  Tiles tiles;
  tiles.dim = points.dim;
  const size_t n_tiles = (ids.size() + kTile - 1) / kTile;
  tiles.ids.assign(n_tiles * kTile, kNoNeighbor);
  tiles.data.assign(n_tiles * kTile * points.dim, std::numeric_limits<float>::infinity());
  for (size_t i = 0; i < ids.size(); ++i) {
    tiles.ids[i] = ids[i];
    float* tile = tiles.data.data() + i / kTile * kTile * points.dim + i % kTile;
    const float* row = points.row(ids[i]);
    for (size_t d = 0; d < points.dim; ++d) tile[d * kTile] = row[d];
  }
  return tiles;
}

Tiles make_tiles(const Points& points) {
  std::vector<uint32_t> ids(points.n);
  std::iota(ids.begin(), ids.end(), 0u);
  return make_tiles(points, ids);
}

}  // namespace subjrec
