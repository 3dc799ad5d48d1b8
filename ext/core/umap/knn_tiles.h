// Points laid out for scans: 64 at a time, dimension-major.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/simd/isa.h"
#include "core/umap/neighbors.h"

namespace subjrec {

/// Points per tile: four vectors of sixteen.
inline constexpr size_t kTile = 64;

/// `data` is n_tiles x dim x kTile. The last tile is filled up with points at infinity, whose id is
/// kNoNeighbor.
struct Tiles {
  size_t dim = 0;
  std::vector<float> data;
  std::vector<uint32_t> ids;  // n_tiles x kTile

  size_t size() const { return ids.size() / kTile; }
};

/// The points with these ids; all of them in order.
Tiles make_tiles(const Points& points, std::span<const uint32_t> ids);
Tiles make_tiles(const Points& points);

/// The k best candidates of one query so far, by rising squared distance: arrays of k.
struct Best {
  size_t k;
  float* squared;
  uint32_t* ids;
};

/// Offers every point of `n_tiles` tiles but `self` to `best`; what is not strictly nearer than the
/// k-th is not taken.
SUBJREC_MULTIVERSION(void, scan_tiles,
                     (const float* query, size_t dim, const float* tiles, const uint32_t* ids,
                      size_t n_tiles, uint32_t self, Best best),
                     (query, dim, tiles, ids, n_tiles, self, best))

/// The squared distances from the query to every point of the tiles: n_tiles x kTile.
SUBJREC_MULTIVERSION(void, tile_distances,
                     (const float* query, size_t dim, const float* tiles, size_t n_tiles,
                      float* squared),
                     (query, dim, tiles, n_tiles, squared))

/// How many of the first n values are below `bound`.
SUBJREC_MULTIVERSION(size_t, count_below, (const float* values, size_t n, float bound),
                     (values, n, bound))

/// The squared distance of two rows of `padded` values, a multiple of sixteen.
SUBJREC_MULTIVERSION(float, row_distance, (const float* a, const float* b, size_t padded),
                     (a, b, padded))

/// For each of n points with k neighbour distances by rising order: the weight of each neighbour,
/// exp(-max(0, distance - rho) / sigma), where rho is the least distance above zero and sigma such
/// that the weights add up to `target`, but not below 1/1000 of the row's mean distance (of
/// `overall_mean` where rho is 0). Distances of absent neighbours are infinite: weight 0.
/// `weights` may be `distances`; `scratch` holds 16 x k values.
SUBJREC_MULTIVERSION(void, smooth_weights,
                     (const float* distances, size_t n, size_t k, float target, float overall_mean,
                      float* scratch, float* weights),
                     (distances, n, k, target, overall_mean, scratch, weights))

}  // namespace subjrec
