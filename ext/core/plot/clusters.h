// The names and colours of the clusters of a map.
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

/// How typical each embedding (n x dim) is of its cluster, against the rest: the cosine to the mean
/// of its cluster's less that to the mean of all, and 0 where that is negative or the cluster is
/// none. Clusters that are none are greater than any other.
Result<std::vector<double>> typicality(std::span<const float> embeddings, size_t dim,
                                       const std::vector<uint32_t>& clusters, uint32_t none,
                                       Monitor& monitor);

/// Terms that a point stands under: (point, label of the broader term).
using BroaderTerms = std::vector<std::pair<uint32_t, std::string>>;

/// A name for each cluster 0, 1, ...: the one or two terms that are typical of it, "Cooking, Home
/// economics". Terms are labels, what several labels of the cluster begin with ("Authors" of
/// "Authors, English"), and broader terms; each counts by how well known and how typical its points
/// are, and is weighted against the rest (class-based TF-IDF; Grootendorst 2022, "BERTopic").
/// `typical` is as long as `points`; `none` is the cluster of those in none.
Result<std::vector<std::string>> cluster_names(const std::vector<uint32_t>& clusters, uint32_t none,
                                               const std::vector<MapPoint>& points,
                                               const std::vector<double>& typical,
                                               const BroaderTerms& broader, Monitor& monitor);

/// The clusters as colours of a map: neighbouring ones differ, points in none are grey. The names
/// stand in the middle of their points.
PointColors cluster_colors(const std::vector<uint32_t>& clusters,
                           const std::vector<std::string>& names,
                           const std::vector<MapPoint>& points);

}  // namespace subjrec
