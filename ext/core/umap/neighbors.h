// The nearest neighbours of points: exactly, by a blocked scan, or nearly so, by clusters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/parallel.h"
#include "core/base/status.h"

namespace subjrec {

/// Points as distances want them: for "euclidean" scaled by a power of two so that squares neither
/// overflow nor vanish, for "cosine" divided by their length, so that half of a squared distance is
/// one minus the cosine (a zero vector stays zero, half as far from everything as a right angle).
struct Points {
  size_t n = 0;
  size_t dim = 0;
  bool cosine = false;
  float scale = 1;          // euclidean: what the rows were multiplied with
  std::vector<float> rows;  // n x dim

  const float* row(size_t i) const { return rows.data() + i * dim; }
};

/// `rows` is n x dim. Values that are not finite are an error which names the row. With `like`, the
/// points are scaled as that set is.
Result<Points> make_points(std::span<const float> rows, size_t dim, const std::string& metric,
                           Monitor& monitor, const Points* like = nullptr);

inline constexpr uint32_t kNoNeighbor = std::numeric_limits<uint32_t>::max();

/// n x k, each row by rising distance. Distances are those of the metric (Points' scale included).
/// Rows of fewer than k candidates end in kNoNeighbor.
struct Neighbors {
  size_t k = 0;
  std::vector<uint32_t> index;
  std::vector<float> distance;
};

/// The k nearest `points` of each query, by a scan of all. Of equally distant ones the first come
/// first. `same`: the queries are the points, and none is its own neighbour.
Result<Neighbors> exact_neighbors(const Points& queries, const Points& points, bool same, size_t k,
                                  ThreadTeam& team, Monitor& monitor);

/// The same within `points`, for sets too large to compare every pair: points are clustered
/// (k-means), those of a cluster are compared with the clusters nearest to it, and then four times
/// with the neighbours of their neighbours, as in NN-descent (Dong, Moses and Li 2011).
/// Deterministic. Of 150,000 points in 64 dimensions on a manifold of twelve it finds 0.92 of the
/// 14 nearest, in a quarter of the time of the scan.
Result<Neighbors> approximate_neighbors(const Points& points, size_t k, uint64_t seed,
                                        ThreadTeam& team, Monitor& monitor);

/// exact_neighbors() where that takes a few seconds (150,000 points in 10 dimensions), else
/// approximate_neighbors().
Result<Neighbors> map_neighbors(const Points& points, size_t k, uint64_t seed, ThreadTeam& team,
                                Monitor& monitor);

/// From squared distances in Points to the metric's.
void to_metric(const Points& points, Neighbors* neighbors);

}  // namespace subjrec
