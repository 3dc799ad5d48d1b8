// Groups of embeddings, to colour a map by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/monitor.h"
#include "core/base/status.h"
#include "core/plot/map_point.h"

namespace subjrec {

/// Spherical k-means (Dhillon and Modha 2001) of n x dim row-major embeddings: rows are compared by
/// cosine, the first centres come from greedy k-means++ (Arthur and Vassilvitskii 2007), and there
/// are at most 50 rounds. Returns each row's cluster, 0 being the largest; fewer than k where there
/// are fewer distinct directions. Rows of zeros all go with one cluster. The same seed gives the
/// same clusters everywhere.
///
/// kInvalid: k < 1, dim < 1, or a number that is not finite. kInterrupted.
Result<std::vector<uint32_t>> cluster_embeddings(std::span<const float> embeddings, size_t dim,
                                                 size_t k, uint64_t seed, Monitor& monitor);

/// A name for each point's cluster, made of its two best-known points: "Poetry, Love poetry".
/// `clusters` is as long as `points`. What PointColors::categories takes.
std::vector<std::string> cluster_names(const std::vector<uint32_t>& clusters,
                                       const std::vector<MapPoint>& points);

}  // namespace subjrec
